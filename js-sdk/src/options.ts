import { ValidationError } from "./errors.js";
import type { Delivery } from "./host.js";
import { stringify } from "./primordials.js";
import type { Signal } from "./signal.js";
import { isItems } from "./stream.js";

/** Texts by name. */
export type Texts = Readonly<Record<string, string>>;

/** How to request. */
export interface RequestOptions {
  /** How long the answer may take, in ms. Default: the node's `requestTimeout`. */
  readonly timeout?: number;
  /**
   * Carried to the action and to the requests and events it makes; there `ctx.meta`. At most 64
   * entries and 16,384 characters.
   */
  readonly meta?: Texts;
  /** Carried to the action and no further; there `ctx.headers`. Bounded as `meta` is. */
  readonly headers?: Texts;
  /**
   * Told once, just before the answer, what the handler has put into `ctx.replyMeta`; not called
   * if that is nothing.
   */
  readonly onMeta?: (meta: Texts) => void;
  /**
   * Gives the request up when it aborts: the caller gets a `CancelledError` whose `cause` is the
   * signal's reason, the handler's `ctx.signal` aborts.
   */
  readonly signal?: Signal;
  /**
   * Items for an action that `takesStream`, there `ctx.input`; read as fast as the action reads
   * them, with at most 64 ahead.
   */
  readonly input?: AsyncIterable<unknown> | Iterable<unknown>;
}

/** How to ask for a stream. */
export interface StreamOptions extends Omit<RequestOptions, "timeout"> {
  /**
   * How long to wait for each item, in ms, the first included; then a `TimeoutError`. A slow
   * consumer has all the time it wants. Default: the node's `requestTimeout`. For a bound on the
   * whole give a `signal`.
   */
  readonly timeout?: number;
  /** By how many items the action may be ahead of its consumer, from 1 to 10,000. Default 64. */
  readonly readAhead?: number;
}

/** How to publish. */
export interface PublishOptions {
  /**
   * When the receipt comes: `queued`, as soon as every matching handler has taken or refused the
   * event; `handled`, when every handler that took it has finished. Default `queued`.
   */
  readonly ack?: "queued" | "handled";
  /** How long later subscribers with `includePast` still get the event, in ms. Default 0. */
  readonly retainFor?: number;
  /** Carried to the handlers and to the requests and events they make; there `ctx.meta`. */
  readonly meta?: Texts;
}

/** How to wait for an event. */
export interface WaitOptions {
  /** How long to wait, in ms; then a `TimeoutError`. Default 5,000. */
  readonly timeout?: number;
  /** A retained event that matches counts. Default false. */
  readonly includePast?: boolean;
}

/** What a publisher is told: who takes the event, and who could not. */
export interface PublishReceipt {
  /** The event's id, unique within the node's life. */
  readonly id: number;
  /** Handlers whose pattern matched; always `queued + refused`. */
  readonly matched: number;
  /** Handlers that will run, each exactly once. */
  readonly queued: number;
  /** Handlers that could not take it; see `refusals`. */
  readonly refused: number;
  /** Subscribed client sessions the event was handed to. */
  readonly clients: number;
  /** With `ack: "handled"`: handlers that finished without an error. */
  readonly handled: number;
  /** With `ack: "handled"`: handlers that threw. */
  readonly failed: number;
  /** One entry for each refusal, at most 100. */
  readonly refusals: readonly {
    readonly pattern: string;
    readonly reason: Exclude<Delivery, "QUEUED">;
  }[];
}

/** As far ahead as a producer may be. */
export const MAX_READ_AHEAD = 10_000;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

type Check = (value: unknown) => string | null;

const duration: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER
    ? null
    : "a number of milliseconds";
const timeout: Check = (value) => (value === 0 ? "more than 0 milliseconds" : duration(value));
const flag: Check = (value) => (typeof value === "boolean" ? null : "true or false");
const texts: Check = (value) =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((text) => typeof text === "string")
    ? null
    : "an object of strings";
const signal: Check = (value) =>
  isObject(value) && typeof value["aborted"] === "boolean" && isFunction(value["addEventListener"])
    ? null
    : "an AbortSignal";
const items: Check = (value) => (isItems(value) ? null : "an async iterable");
const readAhead: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_READ_AHEAD
    ? null
    : `a whole number from 1 to ${MAX_READ_AHEAD}`;
const callback: Check = (value) => (typeof value === "function" ? null : "a function");
const ack: Check = (value) =>
  value === "queued" || value === "handled" ? null : '"queued" or "handled"';

/** What stays on this side. */
const OWN: Readonly<Record<string, undefined>> = {
  onMeta: undefined,
  signal: undefined,
  input: undefined,
};

/** The known options of each operation. A type error here means that one was forgotten. */
const CHECKS: {
  readonly request: Readonly<Record<keyof RequestOptions, Check>>;
  readonly stream: Readonly<Record<keyof StreamOptions, Check>>;
  readonly publish: Readonly<Record<keyof PublishOptions, Check>>;
  readonly on: Readonly<Record<keyof WaitOptions, Check>>;
} = {
  request: { timeout, meta: texts, headers: texts, onMeta: callback, signal, input: items },
  stream: {
    timeout,
    meta: texts,
    headers: texts,
    onMeta: callback,
    signal,
    input: items,
    readAhead,
  },
  publish: { ack, retainFor: duration, meta: texts },
  on: { timeout, includePast: flag },
};

/**
 * The options as the host takes them; null for none.
 *
 * @throws ValidationError for an unknown option or a wrong value
 */
export function optionsJson(
  operation: keyof typeof CHECKS,
  options: object | undefined,
): string | null {
  if (options === undefined) {
    return null;
  }
  if (typeof options !== "object" || options === null) {
    throw new ValidationError(`the options of ${operation} are not an object`);
  }
  const checks: Readonly<Record<string, Check>> = CHECKS[operation];
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      throw new ValidationError(
        `${operation} has no option ${name}; it has ${Object.keys(checks).join(", ")}`,
      );
    }
    const wanted = value === undefined ? null : check(value);
    if (wanted !== null) {
      throw new ValidationError(`option ${name} of ${operation} must be ${wanted}`);
    }
  }
  return stringify({ ...options, ...OWN });
}
