import type { EventHandler } from "./context.js";
import { ValidationError } from "./errors.js";
import { suggestion } from "./suggestion.js";

/** How often and when a failed handling is tried again. */
export interface EventRetry {
  /** How often in all, the first time included. Default 3. */
  readonly attempts?: number;
  /** How long until the second attempt, in ms; then twice as long each time. Default 100. */
  readonly backoff?: number;
  /** The longest time between two attempts, in ms. Default 5,000. */
  readonly maxBackoff?: number;
  /** From 0 to 1: the part of that time which is left to chance. Default 0.5. */
  readonly jitter?: number;
}

/**
 * How to subscribe: the same options for a handler of a service ({@link event}) and for one of
 * none (`node.subscribe`). Whatever is chosen, each event that a receipt counts as queued is
 * handled, or has failed and is counted, exactly once.
 */
export interface SubscribeOptions {
  /**
   * Retained events come first, in order: those no older than so many ms, or `true` for all.
   * Default `false`: live events only.
   */
  readonly replay?: number | boolean;
  /** The same as `replay: true`. */
  readonly includePast?: boolean;
  /**
   * Of all subscriptions of one group whose pattern matches, in whatever script or service, exactly
   * one gets each event: the one with the fewest events waiting, and of equally busy ones each in
   * turn. One that refuses is passed over. A receipt counts the group as one match.
   */
  readonly group?: string;
  /**
   * `concurrent`: handlers begin in order, and what one awaits does not hold up the next.
   * `serial`: the next event only when the one before is handled or has finally failed, retries
   * included. In a service with `instances` each instance has an order of its own, so that events
   * of one `key` wait for each other and others do not. Default `concurrent`.
   */
  readonly order?: "concurrent" | "serial";
  /**
   * `auto`: handled when the handler has returned and its promise is fulfilled. `manual`: handled
   * when `ctx.ack()` is called, failed by `ctx.nack(reason)`, by a throw, and when neither comes
   * within `timeout`. Default `auto`.
   */
  readonly ack?: "auto" | "manual";
  /**
   * How long one handling may take, in ms, before it has failed with `TIMEOUT`. The handler is not
   * stopped, but what it says later counts no more. Default: as long as it takes; with
   * `ack: "manual"` the node's `requestTimeout`.
   */
  readonly timeout?: number;
  /**
   * When a failed handling is tried again, whatever it failed with; a number is that many
   * attempts. `ctx.attempt` says which one runs. Default: never.
   */
  readonly retry?: EventRetry | number;
  /**
   * The topic to which an event is published when its last attempt has failed: `{ id, topic,
   * payload, error: { code, name, message }, attempts, subscription }`. Without one, or when nobody
   * takes it there, it is kept among the node's dead letters.
   */
  readonly deadLetter?: string;
  /**
   * What becomes of an event when `maxWaiting` are waiting. `refuse`: the publisher's receipt says
   * `FULL`. `drop-oldest`: the oldest one that was never begun fails with `OVERLOADED`.
   * `keep-latest`: at any time only the newest event of each topic waits, and the one before fails
   * with `OVERLOADED`; `maxWaiting` bounds the topics. Default `refuse`.
   */
  readonly overflow?: "refuse" | "drop-oldest" | "keep-latest";
  /**
   * How many events may wait: those not begun, and those to be tried again. Default: the node's
   * `limits.queuedCallbacks`.
   */
  readonly maxWaiting?: number;
}

/** An event handler with more to say than its function; made by {@link event}. */
export interface EventDefinition<Payload = unknown> extends SubscribeOptions {
  readonly kind: "event";
  readonly handler: EventHandler<Payload>;
}

/**
 * An event handler with options, for a service's `events`.
 *
 * @example
 * ```ts
 * events: {
 *   "order/placed": event({
 *     order: "serial",
 *     retry: { attempts: 5, backoff: 200 },
 *     deadLetter: "order/unhandled",
 *     handler: async (order: Order) => store.save(order),
 *   }),
 * }
 * ```
 */
export function event<Payload = unknown>(
  definition: SubscribeOptions & { readonly handler: EventHandler<Payload> },
): EventDefinition<Payload> {
  return { ...definition, kind: "event" };
}

/** What a value must be; null: it is. */
type Check = (value: unknown) => string | null;

const milliseconds: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER
    ? null
    : "a number of milliseconds";
const count: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2_000_000_000
    ? null
    : "a whole number of at least 1";
const text: Check = (value) => (typeof value === "string" && value !== "" ? null : "a text");
const part: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? null : "a number from 0 to 1";
const flag: Check = (value) => (typeof value === "boolean" ? null : "true or false");
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? null : words.map((word) => `"${word}"`).join(" or ");

/** Known keys. A type error here means that one was forgotten. */
const RETRY_CHECKS: Readonly<Record<keyof EventRetry, Check>> = {
  attempts: count,
  backoff: milliseconds,
  maxBackoff: milliseconds,
  jitter: part,
};

const CHECKS: Readonly<Record<keyof SubscribeOptions, Check>> = {
  replay: (value) =>
    typeof value === "boolean" || milliseconds(value) === null
      ? null
      : "true, false or a number of milliseconds",
  includePast: flag,
  group: text,
  order: oneOf("concurrent", "serial"),
  ack: oneOf("auto", "manual"),
  timeout: milliseconds,
  retry: (value) =>
    typeof value === "object" && value !== null ? null : orNumber(count(value), value),
  deadLetter: text,
  overflow: oneOf("refuse", "drop-oldest", "keep-latest"),
  maxWaiting: count,
};

function orNumber(wanted: string | null, value: unknown): string | null {
  return wanted !== null && typeof value !== "number"
    ? "an object or a number of attempts"
    : wanted;
}

/**
 * The options of a subscription as the host takes them.
 *
 * @param what whose they are, for the error
 * @throws ValidationError for an unknown key or a wrong value, with its path
 */
export function subscriptionOf(options: object, what: string): object {
  checkKeys(options, CHECKS, what, "");
  const { retry, replay, includePast, ...rest } = options as SubscribeOptions;
  if (retry !== undefined && typeof retry === "object") {
    checkKeys(retry, RETRY_CHECKS, what, "retry.");
  }
  const past = replay ?? includePast;
  return {
    ...rest,
    ...(retry === undefined
      ? {}
      : { retry: { attempts: 3, ...(typeof retry === "number" ? { attempts: retry } : retry) } }),
    ...(past === undefined ? {} : { replay: past }),
  };
}

function checkKeys(
  values: object,
  checks: Readonly<Record<string, Check>>,
  what: string,
  path: string,
): void {
  for (const [key, value] of Object.entries(values)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check === undefined) {
      const known = Object.keys(checks);
      throw new ValidationError(
        `${what} has no option ${path}${key}; it has ${known.join(", ")}${suggestion(key, known)}`,
      );
    }
    const wanted = value === undefined ? null : check(value);
    if (wanted !== null) {
      throw new ValidationError(`option ${path}${key} of ${what} must be ${wanted}`);
    }
  }
}
