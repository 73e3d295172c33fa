import type { Context, EventHandler, LifecycleContext } from "./context.js";
import type { RunarError } from "./errors.js";
import type { EventDefinition } from "./event.js";
import type { ServiceHooks } from "./hooks.js";
import type { HttpRoute } from "./http-route.js";
import type { Schema } from "./schema.js";
import type { Session } from "./session.js";

/** What a service says of a topic that it writes on. */
export interface TopicDeclaration {
  /** One sentence for people. */
  readonly description?: string;
  /** Packets in a second, about. */
  readonly rate?: number;
}

/**
 * A service: actions that answer requests, handlers that take events, sockets that talk to
 * clients. `this` in a handler is the object the handler stands in.
 */
export interface ServiceDefinition {
  /** What people read. */
  readonly name: string;
  /** Where the service lives: the first segment of its paths. */
  readonly path: string;
  /**
   * Such as `1.0.0`. Several versions of one path may run side by side: `math@2/add` or
   * `math@^1.2/add` asks for one, `math/add` means the highest release that runs.
   */
  readonly version?: string;
  /** One sentence. */
  readonly description?: string;
  /** The network the service belongs to; default: the node's. */
  readonly networkId?: string;
  /**
   * How many script contexts the service lives in, each with a thread of its own; default: the
   * script's. The script runs anew in each of them up to `node.start()`, and of what it defines
   * only this service counts there. Each request, event and connection goes to one instance.
   */
  readonly instances?: number;
  /**
   * The parameter, or the field of the input or of an event's payload, whose value chooses the
   * instance: the same value always goes to the same one, in order. What does not have it goes to
   * any, an event by its topic.
   */
  readonly key?: string;
  /**
   * Services that must run before this one starts: their paths, with versions where they matter,
   * as in `["db", "auth@^2"]`. It waits for them at most `dependencyTimeout`, then it is in error.
   * Neither `addService` nor `start()` waits with it.
   */
  readonly dependsOn?: readonly string[];
  /** What answers `path/name`: a function of named parameters, an {@link action} or a {@link stream}. */
  readonly actions?: Readonly<
    Record<
      string,
      ActionFunction | ActionDefinition<never, unknown> | StreamDefinition<never, unknown>
    >
  >;
  /**
   * What takes events, by topic or pattern (`*` one segment, `>` the rest): a function, or an
   * {@link event} with options.
   */
  readonly events?: Readonly<Record<string, EventHandler<never> | EventDefinition<never>>>;
  /** Handlers of raw WebSocket connections by URL path, such as `/live`; see {@link socket}. */
  readonly sockets?: Readonly<Record<string, SocketHandler | SocketDefinition>>;
  /**
   * Topics that the service writes on, such as `eeg_voltage`, whole and not relative to it: clients
   * find them in the list of topics while the service runs, whether or not somebody subscribes.
   */
  readonly topics?: Readonly<Record<string, TopicDeclaration>>;
  /** Functions before and after each action, and for its errors. */
  readonly hooks?: ServiceHooks;
  /** At `addService`, before anything can reach the service. A throw refuses the service. */
  readonly init?: (ctx: LifecycleContext) => unknown;
  /** When the node runs: other services can be requested. A throw puts the service into error. */
  readonly start?: (ctx: LifecycleContext) => unknown;
  /** Before the node ends, in the reverse order of start. */
  readonly stop?: (ctx: LifecycleContext) => unknown;
  /** When it has been paused: no request or event reaches it now. A throw lets it run on. */
  readonly pause?: (ctx: LifecycleContext) => unknown;
  /** Before requests and events reach it again. A throw leaves it paused. */
  readonly resume?: (ctx: LifecycleContext) => unknown;
  /**
   * How it is, asked every few seconds, by `$health` and for `/ready`. What it returns is shown
   * there. It is not ready when this throws, takes longer than 5 s, or returns `false` or an object
   * whose `ready` is false.
   */
  readonly health?: (ctx: LifecycleContext) => unknown;
  /** What a new version of the service begins with, when the script is loaded anew. */
  readonly state?: StateHandler<never>;
}

/**
 * How a service hands its data on to the version of itself that takes over from it. The data
 * crosses as any value does, so the new version gets a copy.
 *
 * @example
 * ```ts
 * state: {
 *   save: () => ({ count }),
 *   restore: (saved: { count: number }) => { count = saved.count; },
 * }
 * ```
 */
export interface StateHandler<Data> {
  /** In the old version, after its last callback; within 5 s. `undefined`: there is none. */
  readonly save: () => unknown;
  /**
   * In the new version, after `init` and before `start` and every callback. Not called when there
   * was no old version, or it saved nothing. A throw keeps the old version running.
   */
  readonly restore: (data: Data) => unknown;
}

/**
 * An action as a plain function of data parameters and, last, the context: `(a, b, ctx) => …`. An
 * array as input maps by position, an object by name, a scalar to the only parameter. The names
 * are read once, at registration; what cannot be known for sure is refused there.
 */
export type ActionFunction = (...args: never[]) => unknown;

/** What an {@link action} and a {@link stream} can say alike. */
export interface CommonOptions<Input> {
  /** One sentence. */
  readonly description?: string;
  /**
   * What the input must look like; what does not is refused with `INVALID_INPUT`, and `data.issues`
   * says where. A JSON Schema is checked by the node before the call reaches the script, a Standard
   * Schema validator runs in the script and may change the value.
   */
  readonly input?: Schema<Input>;
  /**
   * The field of the input whose value chooses the instance, in place of the service's `key`; it
   * must be there, else `INVALID_INPUT`.
   */
  readonly key?: string;
  /** How many calls run at a time, over all instances. Default: as many as come. */
  readonly concurrency?: number | BulkheadOptions;
  /** When calls are refused because too many of the last ones failed. Default: never. */
  readonly breaker?: BreakerOptions;
  /**
   * The errors the action is known to fail with, made by `defineError`. They are answers: not
   * retried, not counted by the breaker, not replaced by the fallback.
   */
  readonly errors?: readonly (ErrorClass | DeclaredError)[];
  /**
   * Who may call it: `public` (default) anybody, `internal` services and the program, `private` the
   * service's own handlers by their `ctx`. To clients of the port what is not public does not exist.
   */
  readonly visibility?: "public" | "internal" | "private";
  /** Where HTTP clients reach it, as in `GET /users/{id}`. Default: nowhere. */
  readonly http?: HttpRoute;
  /**
   * Its callers may send items beside the input: `ctx.input`. It goes with neither `cache` nor
   * `retry`, since what is sent is read once; a `fallback` can read `ctx.input` if the handler has
   * not begun to, else reading fails with `INVALID_INPUT`.
   */
  readonly takesStream?: boolean;
}

/** What {@link action} takes. */
export interface ActionOptions<Input, Output> extends CommonOptions<Input> {
  /** What the result must look like; what does not fails with `HANDLER_FAILED`. */
  readonly output?: Schema<Output>;
  /**
   * How long the action may take, in ms: the timeout of a caller who names none, and the most that
   * one can ask for. Default: the node's `requestTimeout`, and whatever the caller asks for.
   */
  readonly timeout?: number;
  /** When a call that failed is tried again; a number: how often in all. Default: never. */
  readonly retry?: number | RetryOptions;
  /**
   * Running it twice does what running it once does, so that it may be retried after it has begun.
   * Default false: then only what never began is.
   */
  readonly idempotent?: boolean;
  /** Which results are kept for how long. Default: none. */
  readonly cache?: CacheOptions;
  /**
   * Answers in place of a call that failed, was refused by the breaker or by `concurrency`, or ran
   * out of attempts; not in place of one of the `errors`, nor after the caller's deadline.
   */
  readonly fallback?: (
    input: Input,
    error: RunarError,
    ctx: Context,
  ) => NoInfer<Output> | Promise<NoInfer<Output>>;
  /** Answers a request; takes the input as a whole, and the context. */
  readonly handler: (input: Input, ctx: Context) => Output | Promise<Output>;
}

/**
 * When a call is tried again: after `backoff`, then after twice as long, and so on. Only a failure
 * that may pass is worth it: `OVERLOADED`, `NOT_RUNNING`, `CONTEXT_GONE` and `TIMEOUT`. Never
 * beyond the caller's deadline.
 */
export interface RetryOptions {
  /** How often in all, the first included, from 1 to 100. */
  readonly attempts: number;
  /** The first pause, in ms. Default 100. */
  readonly backoff?: number;
  /** The longest pause, in ms. Default 5,000. */
  readonly maxBackoff?: number;
  /** How much of each pause is left to chance, from 0 to 1. Default 0.5. */
  readonly jitter?: number;
}

/**
 * Which results are kept. Calls for the same that come while the first one runs wait for it. Errors
 * are not kept.
 */
export interface CacheOptions {
  /** How long a result is given to callers, in ms. */
  readonly ttl: number;
  /** How many are kept; the least useful goes first. Default 1,000. */
  readonly maxEntries?: number;
  /** The fields of the input that a result depends on. Default: all of it. */
  readonly keys?: readonly string[];
  /** The keys of the caller's meta that a result depends on. Default: none. */
  readonly meta?: readonly string[];
  /** Topics and patterns whose events empty the cache; one segment is the service's own topic. */
  readonly invalidatedBy?: readonly string[];
}

/** How many calls run at a time; the others wait in order, and above that are `OVERLOADED`. */
export interface BulkheadOptions {
  readonly max: number;
  /** How many wait. Default 1,000; 0: none. */
  readonly queue?: number;
}

/** Refuses calls with `OVERLOADED` once too many have failed. */
export interface BreakerOptions {
  /** The part of the window that must have failed, more than 0 and at most 1. Default 0.5. */
  readonly failureRate?: number;
  /** How many of the last calls are looked at; it must be full. Default 20. */
  readonly window?: number;
  /** How long calls are refused, in ms. Default 10,000. */
  readonly openFor?: number;
  /** How many are then let through to see whether it is better. Default 3. */
  readonly trials?: number;
}

/** An error of an action, as other languages and documents see it. */
export interface DeclaredError {
  /** Its class name. */
  readonly name: string;
  /** One sentence. */
  readonly description?: string;
  /** What it carries. */
  readonly data?: Schema<unknown>;
}

/** A class of errors, such as `defineError` makes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** What {@link stream} takes. */
export interface StreamActionOptions<Input, Item> extends CommonOptions<Input> {
  /**
   * What each item must look like. The first that does not fit ends the stream with
   * `HANDLER_FAILED`, behind the items before it; `data` has its `index` and the `issues`.
   */
  readonly output?: Schema<Item>;
  /**
   * How long an item may take, in ms: the timeout of a caller who names none, and the most that one
   * can ask for.
   */
  readonly timeout?: number;
  /** Answers a request with items: an async generator function, or one that returns an iterable. */
  readonly handler: (
    input: Input,
    ctx: Context,
  ) => AsyncIterable<Item> | Iterable<Item> | Promise<AsyncIterable<Item> | Iterable<Item>>;
}

/** What definitions of actions and of streams have in common: schemas without their types. */
export interface CommonDefinition extends CommonOptions<unknown> {
  readonly output?: Schema<unknown>;
  readonly timeout?: number;
}

/** An action that answers with items; made by {@link stream}. */
export interface StreamDefinition<Input, Item> extends CommonDefinition {
  readonly kind: "stream";
  readonly handler: StreamActionOptions<Input, Item>["handler"];
}

/** An action with more to say than its function; made by {@link action}. */
export interface ActionDefinition<Input, Output> extends CommonDefinition {
  readonly kind: "action";
  readonly retry?: number | RetryOptions;
  readonly idempotent?: boolean;
  readonly cache?: CacheOptions;
  readonly fallback?: (input: Input, error: RunarError, ctx: Context) => unknown;
  readonly handler: (input: Input, ctx: Context) => Output | Promise<Output>;
}

/** What a client says as it wants to connect to a raw WebSocket path. */
export interface SocketRequest {
  /** Of the URL. */
  readonly path: string;
  /** The parameters of the URL; the first value of each. */
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name; of several of one name the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** Host and port of the connection's other end, which may be a proxy. */
  readonly remoteAddress: string;
  /** The subprotocols that it offers, in its order. */
  readonly protocols: readonly string[];
}

/**
 * The clients of one raw WebSocket path: open once, messages in order, close once; before it,
 * `accept` may let them in or not.
 */
export interface SocketHandler<Identity = unknown> {
  readonly kind?: undefined;
  /**
   * A client wants to connect: its handshake waits for this, and nothing is read of it meanwhile.
   * What it returns is `session.identity`: any value but bytes, at most 16 KiB. An error refuses
   * the client before there is a session: a `RunarError` whose `data.status` is from 400 to 499
   * with that status, a `PermissionError` or one of `defineError` with 403, a `ValidationError`
   * with 400, any other with 500. Later than `server.handshakeTimeout` it is 503.
   */
  readonly accept?: (request: SocketRequest) => Identity | Promise<Identity>;
  /** A client has connected. */
  readonly open?: (session: Session<NoInfer<Identity>>) => unknown;
  /** A client has sent a message: a string for text, bytes for a binary one. */
  readonly message: (session: Session<NoInfer<Identity>>, data: string | Uint8Array) => unknown;
  /** The client is gone. `code` is the WebSocket close code, 1006 for a lost connection. */
  readonly close?: (session: Session<NoInfer<Identity>>, code: number, reason: string) => unknown;
}

/** What {@link socket} makes: its sessions have identities of a type of their own. */
export interface SocketDefinition {
  readonly kind: "socket";
  readonly accept?: (request: SocketRequest) => unknown;
  readonly open?: (session: Session<never>) => unknown;
  readonly message: (session: Session<never>, data: string | Uint8Array) => unknown;
  readonly close?: (session: Session<never>, code: number, reason: string) => unknown;
}

/**
 * Gives a service its type, so that mistakes show in the editor. Returns what it was given.
 *
 * @example
 * ```ts
 * export const math = defineService({
 *   name: "math-service",
 *   path: "math",
 *   actions: { add: (a: number, b: number) => a + b },
 * });
 * ```
 */
export function defineService<const S extends ServiceDefinition>(service: S): S {
  return service;
}

/**
 * An action that takes its input as a whole, with schemas, a description, a timeout. The input's
 * type comes from the schema where it has one, else from the handler.
 *
 * @example
 * ```ts
 * const area = action({
 *   description: "The area of a rectangle",
 *   input: z.object({ width: z.number(), height: z.number() }),
 *   handler: ({ width, height }) => width * height,
 * });
 * ```
 */
export function action<Input, Output>(
  options: ActionOptions<Input, Output>,
): ActionDefinition<Input, Output> {
  return { ...options, kind: "action" };
}

/**
 * An action that answers with items, as long as its caller reads them. The caller's end, of whatever
 * kind, aborts `ctx.signal` and runs the handler's `finally`.
 *
 * @example
 * ```ts
 * const count = stream({
 *   handler: async function* ({ to }: { to: number }) {
 *     for (let n = 1; n <= to; n++) yield n;
 *   },
 * });
 * ```
 */
export function stream<Input, Item>(
  options: StreamActionOptions<Input, Item>,
): StreamDefinition<Input, Item> {
  return { ...options, kind: "stream" };
}

/**
 * A raw WebSocket path whose sessions know who they are: `session.identity` is of the type that
 * `accept` returns.
 *
 * @example
 * ```ts
 * const live = socket({
 *   accept: async ({ query }) => await userOf(query.token), // throws for a wrong one
 *   message: (session, data) => session.send(`${session.identity.name}: ${data}`),
 * });
 * ```
 */
export function socket<Identity>(handler: Omit<SocketHandler<Identity>, "kind">): SocketDefinition {
  return { ...handler, kind: "socket" };
}
