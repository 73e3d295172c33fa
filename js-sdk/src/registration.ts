import { mustBeHandler } from "./calls.js";
import { decode } from "./decode.js";
import { ValidationError } from "./errors.js";
import { subscriptionOf } from "./event.js";
import type { ActionCallback, EventCallback, HostHandlers, SocketCallbacks } from "./host.js";
import { parametersOf } from "./parameters.js";
import { apply, stringify } from "./primordials.js";
import { isStandard, type Schema, validated } from "./schema.js";
import { LifecycleScope, RequestScope, Scope } from "./scopes.js";
import type {
  ActionDefinition,
  ActionFunction,
  ServiceDefinition,
  SocketHandler,
} from "./service.js";
import { Session } from "./session.js";

/** A service in the host's terms. */
export interface Registration {
  readonly definitionJson: string;
  readonly handlers: HostHandlers;
}

/** What the node learns of one action. */
interface ActionMetadata {
  readonly name: string;
  readonly description: string;
  readonly params: readonly string[] | null;
  readonly input?: object;
  readonly output?: object;
  readonly timeout?: number;
  readonly key?: string;
}

/** As many contexts as a node may have, and more; the node has the last word. */
const MAX_INSTANCES = 100_000;

const KEYS: Readonly<Record<keyof ServiceDefinition, string>> = {
  name: "string",
  path: "string",
  version: "string",
  description: "string",
  networkId: "string",
  instances: "number",
  key: "string",
  actions: "object",
  events: "object",
  sockets: "object",
  init: "function",
  start: "function",
  stop: "function",
  state: "object",
};

const ACTION_KEYS: ReadonlySet<string> = new Set<keyof ActionDefinition<never, unknown>>([
  "kind",
  "description",
  "input",
  "output",
  "timeout",
  "key",
  "handler",
]);

/**
 * Checks a service and wraps its handlers for the host.
 *
 * @throws ValidationError naming what is wrong and where
 */
export function registrationOf(service: ServiceDefinition, nodeNetwork: string): Registration {
  checkShape(service);
  const networkId = service.networkId ?? "";
  const scope = new Scope(networkId || nodeNetwork, nodeNetwork, service.path);
  const where = `service ${service.path}`;
  const actions: ActionMetadata[] = [];
  const callbacks = dictionary<ActionCallback>();
  for (const [name, given] of Object.entries(service.actions ?? {})) {
    const what = `action ${service.path}/${name}`;
    const registered = isDefinition(given)
      ? definedAction(given, scope, what)
      : plainAction(given, service.actions, scope, what);
    actions.push({ name, ...registered.metadata });
    callbacks[name] = registered.callback;
  }
  const { events, listeners } = registeredEvents(service, scope, where);
  const sockets = dictionary<SocketCallbacks>();
  for (const [path, handler] of Object.entries(service.sockets ?? {})) {
    sockets[path] = socketCallbacks(handler, `${where}: socket ${path}`);
  }
  return {
    definitionJson: stringify({
      name: service.name,
      path: service.path,
      version: service.version ?? "0.0.0",
      description: service.description ?? "",
      networkId,
      ...(service.instances === undefined ? {} : { instances: service.instances }),
      ...(service.key === undefined ? {} : { key: service.key }),
      actions,
      events: listeners,
      sockets: Object.keys(sockets),
    }),
    handlers: { actions: callbacks, events, sockets, ...lifecycle(service, scope) },
  };
}

function checkShape(service: unknown): asserts service is ServiceDefinition {
  if (typeof service !== "object" || service === null) {
    throw new ValidationError("a service is an object: { name, path, actions … }");
  }
  const known: Readonly<Record<string, string>> = KEYS;
  const values = service as Readonly<Record<string, unknown>>;
  const where = `service ${typeof values["path"] === "string" ? values["path"] : "without a path"}`;
  for (const key of Object.keys(values)) {
    const wanted = Object.hasOwn(known, key) ? known[key] : undefined;
    if (wanted === undefined) {
      throw new ValidationError(
        `${where} has an unknown key ${key}; it may have ${Object.keys(known).join(", ")}`,
      );
    }
  }
  for (const [key, wanted] of Object.entries(known)) {
    const value = values[key];
    const isRequired = key === "name" || key === "path";
    if (value === undefined ? isRequired : typeof value !== wanted || value === null) {
      const is = value === undefined ? "is missing" : `is not of type ${wanted}`;
      throw new ValidationError(`${where}: ${key} ${is}`);
    }
  }
  const instances = values["instances"] as number | undefined;
  if (
    instances !== undefined &&
    !(Number.isInteger(instances) && instances >= 1 && instances <= MAX_INSTANCES)
  ) {
    throw new ValidationError(
      `${where}: instances must be a whole number from 1 to ${MAX_INSTANCES}, it is ${instances}`,
    );
  }
}

function isDefinition(given: unknown): given is ActionDefinition<never, unknown> {
  return typeof given === "object" && given !== null && "handler" in given;
}

interface RegisteredAction {
  readonly metadata: Omit<ActionMetadata, "name">;
  readonly callback: ActionCallback;
}

/** Positional: the host maps the input to the names; the context comes behind them. */
function plainAction(
  handler: ActionFunction,
  self: unknown,
  scope: Scope,
  what: string,
): RegisteredAction {
  mustBeHandler(handler, what);
  const { names } = parametersOf(handler, what);
  const count = names === null ? 1 : names.length;
  return {
    metadata: { description: "", params: names },
    callback: (call, ...args) => {
      args.length = count; // the context has a fixed place, whatever was passed
      args[count] = new RequestScope(scope, call);
      return apply(handler, self, args);
    },
  };
}

/** The input as a whole, checked by validators that run in the script. */
function definedAction(
  definition: ActionDefinition<never, unknown>,
  scope: Scope,
  what: string,
): RegisteredAction {
  const { description = "", input, output, timeout, key, handler } = definition;
  const unknown = Object.keys(definition).find((key) => !ACTION_KEYS.has(key));
  if (unknown !== undefined) {
    throw new ValidationError(`${what} has an unknown key ${unknown}`);
  }
  mustBeHandler(handler, `the handler of ${what}`);
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    throw new ValidationError(`the timeout of ${what} must be more than 0 milliseconds`);
  }
  if (key !== undefined && !(typeof key === "string" && key !== "")) {
    throw new ValidationError(`the key of ${what} must be the name of a field`);
  }
  const run = (value: unknown, call: Parameters<ActionCallback>[0]): unknown =>
    apply(handler, definition, [value, new RequestScope(scope, call)]);
  const checksInput = isStandard(input);
  const checksOutput = isStandard(output);
  return {
    metadata: {
      description,
      params: null,
      ...(timeout === undefined ? {} : { timeout }),
      ...(key === undefined ? {} : { key }),
      ...jsonSchema("input", input),
      ...jsonSchema("output", output),
    },
    callback:
      checksInput || checksOutput
        ? async (call, value) => {
            const taken = checksInput
              ? await validated(input, value, "INVALID_INPUT", `the input of ${what} does not fit`)
              : value;
            const result = await run(taken, call);
            return checksOutput
              ? validated(output, result, "HANDLER_FAILED", `the result of ${what} does not fit`)
              : result;
          }
        : (call, value) => run(value, call),
  };
}

interface RegisteredEvents {
  readonly events: Readonly<Record<string, EventCallback>>;
  /** What the node learns of each: its pattern and its options. */
  readonly listeners: readonly object[];
}

function registeredEvents(
  service: ServiceDefinition,
  scope: Scope,
  where: string,
): RegisteredEvents {
  const events = dictionary<EventCallback>();
  const listeners: object[] = [];
  for (const [pattern, given] of Object.entries(service.events ?? {})) {
    const what = `${where}: event ${pattern}`;
    if (typeof given === "object" && given !== null) {
      const { kind: _, handler, ...options } = given;
      listeners.push({ pattern, options: subscriptionOf(options, what) });
      events[pattern] = scope.eventCallback(handler, `${what}: handler`, given);
    } else {
      listeners.push({ pattern });
      events[pattern] = scope.eventCallback(given, what, service.events);
    }
  }
  return { events, listeners };
}

function jsonSchema(key: "input" | "output", schema: Schema<unknown> | undefined): object {
  return schema === undefined || "~standard" in schema ? {} : { [key]: schema };
}

/** One Session object for each connection, so that handlers can tell sessions apart by `===`. */
function socketCallbacks(handler: SocketHandler, what: string): SocketCallbacks {
  if (typeof handler !== "object" || handler === null) {
    throw new ValidationError(`${what} is not an object: { open, message, close }`);
  }
  mustBeHandler(handler.message, `${what}: message`);
  for (const key of ["open", "close"] as const) {
    if (handler[key] !== undefined) {
      mustBeHandler(handler[key], `${what}: ${key}`);
    }
  }
  const sessions = new Map<string, Session>(); // the node bounds how many there are
  return {
    open: (hostSession) => {
      const session = new Session(hostSession);
      sessions.set(session.id, session);
      return handler.open?.(session);
    },
    message: (hostSession, kind, data) =>
      handler.message(
        sessions.get(hostSession.id()) ?? new Session(hostSession),
        decode(kind, data) as string | Uint8Array,
      ),
    close: (hostSession, code, reason) => {
      const session = sessions.get(hostSession.id()) ?? new Session(hostSession);
      sessions.delete(session.id);
      return handler.close?.(session, code, reason);
    },
  };
}

function lifecycle(service: ServiceDefinition, scope: Scope): Partial<HostHandlers> {
  const hooks: { -readonly [K in "init" | "start" | "stop"]?: () => unknown } = {};
  for (const key of ["init", "start", "stop"] as const) {
    const hook = service[key];
    if (hook !== undefined) {
      hooks[key] = () => apply(hook, service, [new LifecycleScope(scope)]);
    }
  }
  return { ...hooks, ...stateHooks(service) };
}

function stateHooks(service: ServiceDefinition): Partial<HostHandlers> {
  const state = service.state;
  if (state === undefined) {
    return {};
  }
  for (const key of ["save", "restore"] as const) {
    mustBeHandler(state[key] as unknown, `service ${service.path}: state.${key}`);
  }
  return {
    save: () => apply(state.save, state, []),
    restore: (data) => apply(state.restore, state, [data as never]),
  };
}

/** An object without inherited names: an action may be called `constructor`. */
function dictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
