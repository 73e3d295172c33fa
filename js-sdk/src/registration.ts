import { mustBeHandler } from "./calls.js";
import { errorOfJson } from "./codec.js";
import { decode } from "./decode.js";
import { actionOptions, checkAction } from "./definition-action.js";
import { unknownKey } from "./definition-check.js";
import { ValidationError } from "./errors.js";
import type { ActionCallback, HostHandlers, SocketCallbacks } from "./host.js";
import { parametersOf } from "./parameters.js";
import { apply, stringify } from "./primordials.js";
import { isStandard, validated } from "./schema.js";
import { LifecycleScope, RequestScope, Scope } from "./scopes.js";
import type {
  ActionDefinition,
  ActionFunction,
  ServiceDefinition,
  SocketHandler,
  StreamDefinition,
} from "./service.js";
import { Session } from "./session.js";
import { isAsyncGenerator, mustAnswerOnce, streaming } from "./stream-action.js";

/** A service in the host's terms. */
export interface Registration {
  readonly definitionJson: string;
  readonly handlers: HostHandlers;
}

type Definition = ActionDefinition<never, unknown> | StreamDefinition<never, unknown>;

/** What the node learns of one action, its options beside. */
interface ActionMetadata {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly string[] | null;
  readonly fallback?: true;
  readonly stream?: true;
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
  const fallbacks = dictionary<ActionCallback>();
  for (const [name, given] of Object.entries(service.actions ?? {})) {
    const what = `action ${service.path}/${name}`;
    const registered = isDefinition(given)
      ? definedAction(given, scope, what, `${where}: action ${name}`)
      : plainAction(given, service.actions, scope, what);
    actions.push({ name, ...registered.metadata });
    callbacks[name] = registered.callback;
    if (registered.fallback !== undefined) {
      fallbacks[name] = registered.fallback;
    }
  }
  const events = dictionary<HostHandlers["events"][string]>();
  for (const [pattern, handler] of Object.entries(service.events ?? {})) {
    events[pattern] = scope.eventCallback(handler, `${where}: event ${pattern}`, service.events);
  }
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
      events: Object.keys(events),
      sockets: Object.keys(sockets),
    }),
    handlers: { actions: callbacks, fallbacks, events, sockets, ...lifecycle(service, scope) },
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
      throw unknownKey({ where, path: key }, key, Object.keys(known));
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

/** Also one that has no handler, which is then said. */
function isDefinition(given: unknown): given is Definition {
  return typeof given === "object" && given !== null;
}

interface RegisteredAction {
  readonly metadata: Omit<ActionMetadata, "name">;
  readonly callback: ActionCallback;
  /** Answers when the callback has failed. */
  readonly fallback?: ActionCallback;
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
  const callback: ActionCallback = (call, ...args) => {
    args.length = count; // the context has a fixed place, whatever was passed
    args[count] = new RequestScope(scope, call);
    return apply(handler, self, args);
  };
  return isAsyncGenerator(handler)
    ? {
        metadata: { description: "", params: names, stream: true },
        callback: streaming(callback, what),
      }
    : { metadata: { description: "", params: names }, callback };
}

/** The input as a whole, checked by validators that run in the script. */
function definedAction(
  definition: Definition,
  scope: Scope,
  what: string,
  where: string,
): RegisteredAction {
  checkAction(definition, { where, path: "" });
  const { input, output, handler } = definition;
  const isStream = definition.kind === "stream";
  const fallback = isStream ? undefined : definition.fallback;
  if (!isStream) {
    mustAnswerOnce(handler, `the handler of ${what}`);
  }
  const run = (value: unknown, call: Parameters<ActionCallback>[0]): unknown =>
    apply(handler, definition, [value, new RequestScope(scope, call)]);
  const checksInput = isStandard(input);
  const checksOutput = isStandard(output);
  const taken = (value: unknown): Promise<unknown> =>
    checksInput
      ? validated(input, value, "INVALID_INPUT", `the input of ${what} does not fit`)
      : Promise.resolve(value);
  return {
    metadata: {
      ...actionOptions(definition),
      params: null,
      ...(isStream ? { stream: true } : {}),
      ...(fallback === undefined ? {} : { fallback: true }),
    },
    ...(fallback === undefined
      ? {}
      : {
          fallback: (call, value) =>
            apply(fallback, definition, [
              value as never,
              errorOfJson(call.failureJson()),
              new RequestScope(scope, call),
            ]),
        }),
    callback: isStream
      ? streaming(
          checksInput
            ? async (call, value) => run(await taken(value), call)
            : (call, value) => run(value, call),
          what,
          checksOutput
            ? (item) => validated(output, item, "HANDLER_FAILED", `an item of ${what} does not fit`)
            : undefined,
        )
      : checksInput || checksOutput
        ? async (call, value) => {
            const result = await run(checksInput ? await taken(value) : value, call);
            return checksOutput
              ? validated(output, result, "HANDLER_FAILED", `the result of ${what} does not fit`)
              : result;
          }
        : (call, value) => run(value, call),
  };
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
