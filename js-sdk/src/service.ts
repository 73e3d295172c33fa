import type { Context, EventHandler, LifecycleContext } from "./context.js";
import type { EventDefinition } from "./event.js";
import type { Schema } from "./schema.js";
import type { Session } from "./session.js";

/**
 * A service: actions that answer requests, handlers that take events, sockets that talk to
 * clients. `this` in a handler is the object the handler stands in.
 */
export interface ServiceDefinition {
  /** What people read. */
  readonly name: string;
  /** Where the service lives: the first segment of its paths. One service for each path. */
  readonly path: string;
  /** Such as `1.0.0`. */
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
  /** What answers `path/name`: a function of named parameters, or an {@link action}. */
  readonly actions?: Readonly<Record<string, ActionFunction | ActionDefinition<never, unknown>>>;
  /**
   * What takes events, by topic or pattern (`*` one segment, `>` the rest): a function, or an
   * {@link event} with options.
   */
  readonly events?: Readonly<Record<string, EventHandler<never> | EventDefinition<never>>>;
  /** Handlers of raw WebSocket connections by URL path, such as `/live`. */
  readonly sockets?: Readonly<Record<string, SocketHandler>>;
  /** At `addService`, before anything can reach the service. A throw refuses the service. */
  readonly init?: (ctx: LifecycleContext) => unknown;
  /** When the node runs: other services can be requested. A throw puts the service into error. */
  readonly start?: (ctx: LifecycleContext) => unknown;
  /** Before the node ends, in the reverse order of start. */
  readonly stop?: (ctx: LifecycleContext) => unknown;
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

/** What {@link action} takes. */
export interface ActionOptions<Input, Output> {
  /** One sentence. */
  readonly description?: string;
  /**
   * What the input must look like. A Standard Schema validator refuses what does not with
   * `INVALID_INPUT`; a JSON Schema only describes.
   */
  readonly input?: Schema<Input>;
  /**
   * What the result must look like. With a Standard Schema validator what does not fails with
   * `HANDLER_FAILED`; a JSON Schema only describes.
   */
  readonly output?: Schema<Output>;
  /**
   * How long the action may take, in ms: the timeout of a caller who names none, and the most that
   * one can ask for. Default: the node's `requestTimeout`, and whatever the caller asks for.
   */
  readonly timeout?: number;
  /**
   * The field of the input whose value chooses the instance, in place of the service's `key`; it
   * must be there, else `INVALID_INPUT`.
   */
  readonly key?: string;
  /** Answers a request; takes the input as a whole, and the context. */
  readonly handler: (input: Input, ctx: Context) => Output | Promise<Output>;
}

/** An action with more to say than its function; made by {@link action}. */
export interface ActionDefinition<Input, Output> {
  readonly kind: "action";
  readonly description?: string;
  readonly input?: Schema<unknown>;
  readonly output?: Schema<unknown>;
  readonly timeout?: number;
  readonly key?: string;
  readonly handler: (input: Input, ctx: Context) => Output | Promise<Output>;
}

/** The clients of one raw WebSocket path: open once, messages in order, close once. */
export interface SocketHandler {
  /** A client has connected. */
  readonly open?: (session: Session) => unknown;
  /** A client has sent a message: a string for text, bytes for a binary one. */
  readonly message: (session: Session, data: string | Uint8Array) => unknown;
  /** The client is gone. `code` is the WebSocket close code, 1006 for a lost connection. */
  readonly close?: (session: Session, code: number, reason: string) => unknown;
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
