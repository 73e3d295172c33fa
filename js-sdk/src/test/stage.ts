import type { RunarError } from "../errors.js";
import type { Encoded } from "../host.js";
import type { About, Pending } from "./call.js";
import type { RegisteredAction } from "./registry.js";

/** A request as the stages around its action see it. */
export interface Job {
  readonly pending: Pending;
  readonly path: string;
  readonly sender: string;
  readonly action: RegisteredAction;
  readonly params: Readonly<Record<string, string>>;
  readonly about: About;
}

/** One try of a request. */
export interface Attempt {
  readonly job: Job;
  readonly payload: Encoded;
  readonly number: number;
  /** Whether its handler was called. */
  hasBegun: boolean;
  /** What a fallback stands in for. */
  readonly failure: RunarError | undefined;
}

export type Outcome = Encoded | RunarError;

/** Takes an attempt to its outcome, by another step or by the handler. */
export type Step = (attempt: Attempt, done: (outcome: Outcome) => void) => void;

export function isFailure(outcome: Outcome): outcome is RunarError {
  return outcome instanceof Error;
}

/** Takes the next step; of `done` and `cancelled` one is called, once, and `late` perhaps after. */
export function watched(
  next: Step,
  attempt: Attempt,
  on: { done(outcome: Outcome): void; cancelled(): void; late?(): void },
): void {
  let isOver = false;
  const forget = attempt.job.pending.whenCancelled(() => {
    isOver = true;
    on.cancelled();
  });
  next(attempt, (outcome) => {
    if (isOver) {
      on.late?.();
    } else {
      isOver = true;
      forget();
      on.done(outcome);
    }
  });
}
