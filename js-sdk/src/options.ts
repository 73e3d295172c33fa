import { ValidationError } from "./errors.js";
import type { Delivery } from "./host.js";
import { stringify } from "./primordials.js";

/** How to request. */
export interface RequestOptions {
  /** How long the answer may take, in ms. Default: the node's `requestTimeout`. */
  readonly timeout?: number;
  /** Carried to the action and to the requests it makes. */
  readonly meta?: Readonly<Record<string, string>>;
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
const ack: Check = (value) =>
  value === "queued" || value === "handled" ? null : '"queued" or "handled"';

/** The known options of each operation. A type error here means that one was forgotten. */
const CHECKS: {
  readonly request: Readonly<Record<keyof RequestOptions, Check>>;
  readonly publish: Readonly<Record<keyof PublishOptions, Check>>;
  readonly on: Readonly<Record<keyof WaitOptions, Check>>;
} = {
  request: { timeout, meta: texts },
  publish: { ack, retainFor: duration },
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
  return stringify(options);
}
