import { mustBeHandler } from "./calls.js";
import { decode } from "./decode.js";
import { unknownKey } from "./definition-check.js";
import { ValidationError } from "./errors.js";
import { subscriptionOf } from "./event.js";
import { Hooks } from "./hooks.js";
import type {
  ActionCallback,
  EventCallback,
  HostHandlers,
  LifecycleCallback,
  SocketCallbacks,
} from "./host.js";
import { Pipeline } from "./middleware.js";
import { apply, dictionary, parse, stringify } from "./primordials.js";
import { type ActionMetadata, registeredAction } from "./registered-action.js";
import { LifecycleScope, Scope } from "./scopes.js";
import type {
  ServiceDefinition,
  SocketDefinition,
  SocketHandler,
  SocketRequest,
  TopicDeclaration,
} from "./service.js";
import { Session } from "./session.js";

/** A service in the host's terms. */
export interface Registration {
  readonly definitionJson: string;
  readonly handlers: HostHandlers;
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
  topics: "object",
  hooks: "object",
  init: "function",
  start: "function",
  stop: "function",
  pause: "function",
  resume: "function",
  health: "function",
  state: "object",
};

/** Topics as the host takes them. */
function declared(topics: Readonly<Record<string, TopicDeclaration>>, where: string): unknown[] {
  return Object.entries(topics).map(([topic, { description, rate, ...rest }]) => {
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) {
      throw new ValidationError(`${where}: topic ${topic}: unknown key "${unknown}"`);
    }
    if (rate !== undefined && !(rate > 0 && rate < Number.POSITIVE_INFINITY)) {
      throw new ValidationError(`${where}: topic ${topic}: rate must be a number above 0`);
    }
    return { topic, description: description ?? "", rate: rate ?? 0 };
  });
}

const LIFECYCLE_HOOKS = ["init", "start", "pause", "resume", "stop", "health"] as const;
type LifecycleHook = (typeof LIFECYCLE_HOOKS)[number];

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
  const fallbacks = dictionary<ActionCallback>();
  for (const [name, given] of Object.entries(service.actions ?? {})) {
    const what = `action ${service.path}/${name}`;
    const names = { what, where: `${where}: action ${name}` };
    const registered = registeredAction(given, service.actions, scope, names, (answer) =>
      hooks.around(name, answer),
    );
    actions.push({ name, ...registered.metadata });
    callbacks[name] = registered.callback;
    if (registered.fallback !== undefined) {
      fallbacks[name] = registered.fallback;
    }
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
      ...(service.topics === undefined ? {} : { topics: declared(service.topics, where) }),
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

/** One Session object for each connection, so that handlers can tell sessions apart by `===`. */
function socketCallbacks(given: SocketHandler | SocketDefinition, what: string): SocketCallbacks {
  if (typeof given !== "object" || given === null) {
    throw new ValidationError(`${what} is not an object: { accept, open, message, close }`);
  }
  const handler = given as SocketHandler; // what its sessions are is what its accept has returned
  mustBeHandler(handler.message, `${what}: message`);
  for (const key of ["accept", "open", "close"] as const) {
    if (handler[key] !== undefined) {
      mustBeHandler(handler[key], `${what}: ${key}`);
    }
  }
  const sessions = new Map<string, Session>(); // the node bounds how many there are
  const accept = handler.accept;
  return {
    ...(accept === undefined
      ? {}
      : {
          accept: (requestJson: string) =>
            apply(accept, handler, [parse(requestJson) as SocketRequest]),
        }),
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
  const hooks: { -readonly [K in LifecycleHook]?: LifecycleCallback } = {};
  for (const key of LIFECYCLE_HOOKS) {
    const hook = service[key];
    if (hook !== undefined) {
      hooks[key] = (life) => apply(hook, service, [new LifecycleScope(scope, life)]);
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
