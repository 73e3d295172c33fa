import type { ErrorCode, RunarError } from "../errors.js";
import type { VirtualClock } from "./clock.js";
import type { Random } from "./random.js";
import type { Retry } from "./registry.js";
import { type Attempt, isFailure, type Outcome, type Step, watched } from "./stage.js";

const OF_THE_REQUEST: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "CANCELLED",
  "DUPLICATE",
  "INVALID_INPUT",
  "INVALID_PATH",
  "NOT_FOUND",
  "PERMISSION_DENIED",
  "TOO_LARGE",
  "UNSUPPORTED_VALUE",
]);

const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "CONTEXT_GONE",
  "NOT_RUNNING",
  "OVERLOADED",
  "TIMEOUT",
]);

/** Which failures of an action are answers to its caller, by the rules of the node. */
export class Answers {
  readonly #declared: ReadonlySet<string>;

  constructor(errors: readonly { readonly name: string }[]) {
    this.#declared = new Set(errors.map(({ name }) => name));
  }

  isAnswer(failure: RunarError): boolean {
    return OF_THE_REQUEST.has(failure.code) || this.#declared.has(failure.name);
  }

  /** Whether another attempt may end better, and does no harm. */
  isRetryable(failure: RunarError, hasBegun: boolean, isIdempotent: boolean): boolean {
    return !this.isAnswer(failure) && (!hasBegun || isIdempotent) && PASSING.has(failure.code);
  }
}

/** How long until the attempt after so many: twice as long each time, less a random part. */
export function pauseAfter(attempts: number, retry: Retry, random: Random): number {
  const whole = Math.min(retry.maxBackoff, retry.backoff * 2 ** (attempts - 1));
  return whole * (1 - retry.jitter * random.next());
}

/** Tries a call again that has failed for a reason that may pass. */
export function retrying(
  options: { readonly retry: Retry; readonly idempotent: boolean; readonly answers: Answers },
  next: Step,
  clock: VirtualClock,
  random: Random,
): Step {
  const { retry, idempotent, answers } = options;
  const attempt = (given: Attempt, number: number, done: (outcome: Outcome) => void): void => {
    const { pending } = given.job;
    const one = { ...given, number, hasBegun: false };
    watched(next, one, {
      done: (outcome) => {
        given.hasBegun ||= one.hasBegun;
        const again =
          isFailure(outcome) &&
          number < retry.attempts &&
          answers.isRetryable(outcome, one.hasBegun, idempotent);
        const pause = again ? pauseAfter(number, retry, random) : 0;
        if (!again || clock.now + pause >= pending.deadline) {
          done(outcome);
          return;
        }
        const timer = clock.after(pause, () => {
          forget();
          attempt(given, number + 1, done);
        });
        const forget = pending.whenCancelled(() => clock.cancel(timer));
      },
      cancelled: () => {},
    });
  };
  return (given, done) => attempt(given, 1, done);
}

/** Asks another handler when a call has failed, unless that is an answer. */
export function withFallback(fallback: Step, answers: Answers, next: Step): Step {
  return (attempt, done) =>
    next(attempt, (outcome) => {
      if (!isFailure(outcome) || attempt.job.pending.isSettled || answers.isAnswer(outcome)) {
        done(outcome);
      } else {
        fallback({ ...attempt, failure: outcome }, (second) =>
          done(isFailure(second) ? outcome : second),
        );
      }
    });
}
