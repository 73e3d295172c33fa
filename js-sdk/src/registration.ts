import { mustBeHandler } from "./calls.js";
import { decode } from "./decode.js";
import { ValidationError } from "./errors.js";
import { subscriptionOf } from "./event.js";
import { type Answer, Hooks } from "./hooks.js";
import type { ActionCallback, EventCallback, HostHandlers, SocketCallbacks } from "./host.js";
import { type HttpRouteOptions, httpRouteOf } from "./http-route.js";
import { type ActionRun, Pipeline } from "./middleware.js";
import { parametersOf } from "./parameters.js";
import { apply, stringify } from "./primordials.js";
import { isStandard, type Schema, validated } from "./schema.js";
import { ActionScope, LifecycleScope, RequestScope, Scope } from "./scopes.js";
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

/** What the node learns of one action. */
interface ActionMetadata {
  readonly name: string;
  readonly description: string;
  readonly params: readonly string[] | null;
  readonly input?: object;
  readonly output?: object;
  readonly timeout?: number;
  readonly key?: string;
  readonly http?: HttpRouteOptions;
  readonly stream?: boolean;
  readonly takesStream?: boolean;
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
  dependsOn: "object",
  actions: "object",
  events: "object",
  sockets: "object",
  hooks: "object",
  init: "function",
  start: "function",
  stop: "function",
  pause: "function",
  resume: "function",
  health: "function",
  state: "object",
};

const LIFECYCLE_HOOKS = ["init", "start", "pause", "resume", "stop", "health"] as const;
type LifecycleHook = (typeof LIFECYCLE_HOOKS)[number];

const ACTION_KEYS: ReadonlySet<string> = new Set<keyof ActionDefinition<never, unknown>>([
  "kind",
  "description",
  "input",
  "output",
  "timeout",
  "key",
  "http",
  "takesStream",
  "handler",
]);

/**
 * Checks a service and wraps its handlers for the host.
 *
 * @throws ValidationError naming what is wrong and where
 */
export function registrationOf(
  given: ServiceDefinition,
  nodeNetwork: string,
  pipeline: Pipeline = new Pipeline(),
): Registration {
  checkShape(given);
  const service = pipeline.service(given);
  checkShape(service);
  const networkId = service.networkId ?? "";
  const scope = new Scope(
    networkId || nodeNetwork,
    nodeNetwork,
    service.path,
    service.version,
    pipeline,
  );
  const hooks = new Hooks(service.hooks, Object.keys(service.actions ?? {}), service);
  const where = `service ${service.path}`;
  const actions: ActionMetadata[] = [];
  const callbacks = dictionary<ActionCallback>();
  for (const [name, given] of Object.entries(service.actions ?? {})) {
    const what = `action ${service.path}/${name}`;
    const registered = isDefinition(given)
      ? definedAction(given, scope, what, (answer) => hooks.around(name, answer))
      : plainAction(given, service.actions, scope, what, (answer) => hooks.around(name, answer));
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
      ...(service.dependsOn === undefined ? {} : { dependsOn: service.dependsOn }),
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
  checkDependsOn(values["dependsOn"], where);
}

function checkDependsOn(given: unknown, where: string): void {
  const isList =
    given === undefined ||
    (Array.isArray(given) && given.every((each) => typeof each === "string" && each !== ""));
  if (!isList) {
    throw new ValidationError(
      `${where}: dependsOn must be a list of service paths, as in ["db", "auth@^2"]`,
    );
  }
}

function isDefinition(given: unknown): given is Definition {
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
  hooked: (answer: Answer) => Answer,
): RegisteredAction {
  mustBeHandler(handler, what);
  const { names } = parametersOf(handler, what);
  const count = names === null ? 1 : names.length;
  const answer: Answer = (input, ctx) =>
    apply(handler, self, [...positions(names, input, what), ctx] as never[]);
  const withHooks = hooked(answer);
  const run =
    withHooks !== answer || scope.pipeline.hasAction ? around(withHooks, scope) : undefined;
  const callback: ActionCallback = (call, ...args) => {
    if (run !== undefined) {
      return run(names === null ? args[0] : byName(names, args), call);
    }
    args.length = count; // the context has a fixed place, whatever was passed
    args[count] = new RequestScope(scope, call);
    return apply(handler, self, args as never[]);
  };
  return isAsyncGenerator(handler)
    ? {
        metadata: { description: "", params: names, stream: true },
        callback: streaming(callback, what),
      }
    : { metadata: { description: "", params: names }, callback };
}

/** The answer with the script's middleware around it. */
function around(answer: Answer, scope: Scope): ActionRun {
  return scope.pipeline.action(
    (input, call) => answer(input, new RequestScope(scope, call)),
    (call, input) => new ActionScope(scope, call, input),
  );
}

/** The input of a positional action as hooks and middleware see it. */
function byName(names: readonly string[], args: readonly unknown[]): Record<string, unknown> {
  const input = dictionary<unknown>();
  for (let i = 0; i < names.length; i++) {
    if (args[i] !== undefined) {
      input[names[i] as string] = args[i];
    }
  }
  return input;
}

function positions(names: readonly string[] | null, input: unknown, what: string): unknown[] {
  if (names === null) {
    return [input];
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new ValidationError(
      `${what} takes (${names.join(", ")}): a hook or middleware must give it an object with these`,
    );
  }
  return names.map((name) => (Object.hasOwn(input, name) ? input[name as never] : undefined));
}

/** The input as a whole, checked by validators that run in the script. */
function definedAction(
  definition: Definition,
  scope: Scope,
  what: string,
  hooked: (answer: Answer) => Answer,
): RegisteredAction {
  const { description = "", input, output, timeout, key, http, takesStream, handler } = definition;
  const isStream = definition.kind === "stream";
  const unknown = Object.keys(definition).find((key) => !ACTION_KEYS.has(key));
  if (unknown !== undefined) {
    throw new ValidationError(`${what} has an unknown key ${unknown}`);
  }
  mustBeHandler(handler, `the handler of ${what}`);
  if (!isStream) {
    mustAnswerOnce(handler, `the handler of ${what}`);
  }
  if (takesStream !== undefined && typeof takesStream !== "boolean") {
    throw new ValidationError(`takesStream of ${what} must be true or false`);
  }
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    throw new ValidationError(`the timeout of ${what} must be more than 0 milliseconds`);
  }
  if (key !== undefined && !(typeof key === "string" && key !== "")) {
    throw new ValidationError(`the key of ${what} must be the name of a field`);
  }
  const answer = hooked((value, ctx) => apply(handler, definition, [value as never, ctx]));
  const checksInput = isStandard(input);
  const checksOutput = isStandard(output);
  const checked: Answer = checksInput
    ? async (value, ctx) =>
        answer(
          await validated(input, value, "INVALID_INPUT", `the input of ${what} does not fit`),
          ctx,
        )
    : answer;
  return {
    metadata: {
      description,
      params: null,
      ...(timeout === undefined ? {} : { timeout }),
      ...(key === undefined ? {} : { key }),
      ...(http === undefined ? {} : { http: httpRouteOf(http, what) }),
      ...(isStream ? { stream: true } : {}),
      ...(takesStream === undefined ? {} : { takesStream }),
      ...jsonSchema("input", input),
      ...jsonSchema("output", output),
    },
    callback: isStream
      ? streaming(
          swapped(around(checked, scope)),
          what,
          checksOutput
            ? (item) => validated(output, item, "HANDLER_FAILED", `an item of ${what} does not fit`)
            : undefined,
        )
      : swapped(
          around(
            checksOutput
              ? async (value, ctx) =>
                  validated(
                    output,
                    await checked(value, ctx),
                    "HANDLER_FAILED",
                    `the result of ${what} does not fit`,
                  )
              : checked,
            scope,
          ),
        ),
  };
}

function swapped(run: ActionRun): ActionCallback {
  return (call, value) => run(value, call);
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
  const hooks: { -readonly [K in LifecycleHook]?: () => unknown } = {};
  for (const key of LIFECYCLE_HOOKS) {
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
