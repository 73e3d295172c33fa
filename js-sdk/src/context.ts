import type { Client, ClientOptions } from "./client.js";
import type { ErrorCode, RunarErrorOptions } from "./errors.js";
import type { SubscribeOptions } from "./event.js";
import type { HttpContext } from "./http.js";
import type { Logger } from "./logger.js";
import type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  StreamOptions,
  Texts,
  WaitOptions,
} from "./options.js";
import { RequestScope } from "./request-scope.js";
import { EventScope, LifecycleScope } from "./scopes.js";
import type { ServiceDefinition } from "./service.js";
import type { Signal } from "./signal.js";

/**
 * Takes one event: always exactly two arguments, never an absent payload for a published one. A
 * throw is reported and counted; the next event still arrives.
 */
export type EventHandler<Payload = unknown> = (payload: Payload, ctx: EventContext) => unknown;

/** A place in a distributed trace, as W3C Trace Context has it. */
export interface Trace {
  /** 32 hexadecimal digits; the same for everything that one request or event has led to. */
  readonly traceId: string;
  /** 16 hexadecimal digits; this operation's own. */
  readonly spanId: string;
  /** The header of that name, to send to services that are not of this network. */
  readonly traceparent: string;
  /** The header of that name; empty: there is none. */
  readonly tracestate: string;
}

/** What a handler gives its caller beside the result; see {@link Context.replyMeta}. */
export interface ReplyMeta {
  /**
   * Puts one text; the last one of a name counts. What is put after the answer is lost.
   *
   * @throws TooLargeError beyond 64 entries or 16,384 characters
   */
  set(name: string, value: string): this;
}

/** An event that was waited for. */
export interface Event<Payload = unknown> {
  /** Unique within the node's life. */
  readonly id: number;
  /** The real topic, never the pattern. */
  readonly topic: string;
  readonly payload: Payload;
  /** When it was published, milliseconds since 1970. */
  readonly timestamp: number;
}

/**
 * What a handler may do with its node. A path or topic of one segment belongs to the handler's own
 * service: in the service `math`, `value` is `math/value`.
 */
export interface ServiceContext {
  /** The network the service belongs to. */
  readonly networkId: string;
  /** The path of the service whose handler runs. */
  readonly servicePath: string;
  /** The log, under the service's path. */
  readonly logger: Logger;

  /** Calls an action; see {@link Node.request}. */
  request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result>;

  /** The items that an action answers with; see {@link Node.stream}. */
  stream<Item = unknown>(
    path: string,
    payload?: unknown,
    options?: StreamOptions,
  ): AsyncIterableIterator<Item>;

  /** Publishes an event; see {@link Node.publish}. */
  publish(topic: string, payload?: unknown, options?: PublishOptions): Promise<PublishReceipt>;

  /** Subscribes until {@link unsubscribe} or the end of the node; see {@link Node.subscribe}. */
  subscribe<Payload = unknown>(
    pattern: string,
    handler: EventHandler<Payload>,
    options?: SubscribeOptions,
  ): Promise<number>;

  /** Ends a subscription; resolves to whether there was one. */
  unsubscribe(id: number): Promise<boolean>;

  /** Waits for one event; see {@link Node.on}. */
  on<Payload = unknown>(pattern: string, options?: WaitOptions): Promise<Event<Payload>>;

  /** The actions of a service as typed functions; see {@link Node.client}. */
  client<S extends ServiceDefinition>(service: S, options?: ClientOptions): Client<S>;
  client<S extends ServiceDefinition>(path: S["path"], options?: ClientOptions): Client<S>;
  client<Actions extends object>(
    path: Actions extends ServiceDefinition ? never : string,
    options?: ClientOptions,
  ): Actions;

  /** Short for `logger.debug`. */
  debug(...parts: unknown[]): void;
  /** Short for `logger.info`. */
  info(...parts: unknown[]): void;
  /** Short for `logger.warn`. */
  warn(...parts: unknown[]): void;
  /** Short for `logger.error`. */
  error(...parts: unknown[]): void;
}

/**
 * The context of one request: who asked, until when, and how to reach the node. The last argument
 * of every action.
 *
 * @example
 * ```ts
 * add(a: number, b: number, ctx: Context) {
 *   ctx.logger.debug("adding", a, b);
 *   return a + b;
 * }
 * ```
 */
export interface Context extends ServiceContext {
  /** Unique within the node's life. */
  readonly requestId: number;
  /** The full path that was requested. */
  readonly path: string;
  /** The values of the path's `{name}` segments. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** What the caller sent along; carried on to the requests and events made from here. */
  readonly meta: Texts;
  /** What the caller sent to this action only. */
  readonly headers: Texts;
  /** Meta on its way back: the caller's `onMeta` gets it, just before the answer. */
  readonly replyMeta: ReplyMeta;
  /** This request in its trace; requests and events made from here are parts of it. */
  readonly trace: Trace;
  /** Who asks: the path of an action, `session 12`, `script app.ts`; empty: not said. */
  readonly caller: string;
  /**
   * For whom, as a border of the node has made sure of: an HTTP gateway, middleware, the embedding
   * program. Carried on to the requests made from here. Undefined: nobody has.
   */
  readonly identity: unknown;
  /** The how manyth try this is, from 1. */
  readonly attempt: number;
  /** When the caller gives up. */
  readonly deadline: Date;
  /** Aborts when the caller gives up or the deadline passes. */
  readonly signal: Signal;

  /** The HTTP request that this answers; undefined when the caller is no HTTP client. */
  readonly http: HttpContext | undefined;
  /**
   * What the caller sends beside the payload, if the action `takesStream`: once, in order, as fast
   * as it is read. Nothing if the caller sends nothing.
   */
  readonly input: AsyncIterable<unknown>;

  /**
   * Milliseconds until the deadline; never negative. For a stream: until its consumer gives up
   * waiting for the next item; infinite while it does not wait.
   */
  remaining(): number;

  /**
   * Ends the request with an error that reaches the caller with this code.
   *
   * @throws RunarError always
   */
  fail(
    code: ErrorCode,
    message: string,
    data?: unknown,
    options?: Pick<RunarErrorOptions, "cause">,
  ): never;
}

/** The context of one event. The second argument of every event handler. */
export interface EventContext extends ServiceContext {
  /** The event's id, unique within the node's life. */
  readonly id: number;
  /** The real topic, never the pattern. */
  readonly topic: string;
  /** The values of the pattern's `{name}` segments. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** When it was published, milliseconds since 1970. */
  readonly timestamp: number;
  /** What the publisher sent along; carried on to the requests and events made from here. */
  readonly meta: Texts;
  /** The publication in its trace; requests and events made from here are parts of it. */
  readonly trace: Trace;
  /** How often it has been tried, this time included: 1 for the first time. */
  readonly attempt: number;

  /**
   * The event is handled; for a subscription with `ack: "manual"`. Repeatable; nothing after
   * {@link nack} or the timeout.
   *
   * @throws ValidationError if the subscription acknowledges by itself
   */
  ack(): void;

  /**
   * The event was not handled: it is tried again, or has failed; for a subscription with
   * `ack: "manual"`.
   *
   * @param reason an error, or a text, for the dead letter and for `runar trace`
   * @throws ValidationError if the subscription acknowledges by itself
   */
  nack(reason?: unknown): void;
}

/** The context of `init`, `start` and `stop` of a service. */
export type LifecycleContext = ServiceContext;

// A context's type is also a value, its class: an import of it survives type stripping, and
// `instanceof` works. Only the SDK makes contexts.
type ContextClass<T> = abstract new (...madeByTheSdk: never) => T;

export const Context: ContextClass<Context> = RequestScope;
export const EventContext: ContextClass<EventContext> = EventScope;
export const LifecycleContext: ContextClass<LifecycleContext> = LifecycleScope;
