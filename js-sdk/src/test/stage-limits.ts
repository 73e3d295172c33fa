import { OverloadError } from "../errors.js";
import type { VirtualClock } from "./clock.js";
import type { Breaker, Bulkhead } from "./registry.js";
import { type Attempt, isFailure, type Outcome, type Step, watched } from "./stage.js";
import type { Answers } from "./stage-retry.js";

interface Waiting {
  readonly attempt: Attempt;
  readonly done: (outcome: Outcome) => void;
  readonly forget: () => void;
}

/** Lets so many calls run at a time; so many more wait in order, others are refused. */
export function bulkhead(what: string, options: Bulkhead, next: Step, clock: VirtualClock): Step {
  const { max, queue: places } = options;
  let queue: Waiting[] = []; // at most `places`
  let running = 0;
  const run = (attempt: Attempt, done: (outcome: Outcome) => void): void => {
    const began = clock.now;
    let hasLeft = false;
    let timer = -1;
    const leave = (): void => {
      if (!hasLeft) {
        hasLeft = true;
        clock.cancel(timer);
        running--;
        const first = running < max ? queue.shift() : undefined;
        if (first !== undefined) {
          running++;
          first.forget();
          run(first.attempt, first.done);
        }
      }
    };
    watched(next, attempt, {
      done: (outcome) => {
        leave();
        done(outcome);
      },
      cancelled: () => {
        if (attempt.hasBegun) {
          const { deadline } = attempt.job.pending;
          const patience = Math.max(1, deadline - began);
          timer = Number.isFinite(patience) ? clock.after(patience, leave) : -1;
        } else {
          leave();
        }
      },
      late: leave,
    });
  };
  return (attempt, done) => {
    if (running < max) {
      running++;
      run(attempt, done);
    } else if (queue.length < places) {
      const forget = attempt.job.pending.whenCancelled(() => {
        queue = queue.filter((one) => one !== waiting);
      });
      const waiting: Waiting = { attempt, done, forget };
      queue.push(waiting);
    } else {
      done(
        new OverloadError(
          `${what} runs ${max} calls at a time, and ${places} wait; try again later`,
        ),
      );
    }
  };
}

/** Refuses calls while too many of the last ones have failed. */
export function breaker(
  what: string,
  options: Breaker,
  answers: Answers,
  next: Step,
  clock: VirtualClock,
): Step {
  const { failureRate, window, openFor, trials } = options;
  let state: "closed" | "open" | "trying" = "closed";
  let results: boolean[] = []; // of the last `window` calls, whether they failed
  let openUntil = 0;
  let permits = 0;
  const isPermitted = (): boolean => {
    if (state === "open" && clock.now >= openUntil) {
      state = "trying";
      results = [];
      permits = trials;
    }
    if (state === "trying" && permits > 0) {
      permits--;
      return true;
    }
    return state === "closed";
  };
  const record = (hasFailed: boolean): void => {
    const size = state === "trying" ? trials : window;
    results = [...results, hasFailed].slice(-size);
    if (state === "open" || results.length < size) {
      return;
    }
    if (results.filter(Boolean).length / size >= failureRate) {
      state = "open";
      openUntil = clock.now + openFor;
      results = [];
    } else if (state === "trying") {
      state = "closed";
      results = [];
    }
  };
  return (attempt, done) => {
    if (!isPermitted()) {
      const rate = Math.round(failureRate * 100);
      done(
        new OverloadError(
          `the breaker of ${what} is open: ${rate} % or more of the last ${window} calls failed; ` +
            `calls are refused for ${openFor} ms, then ${trials} may try`,
        ),
      );
      return;
    }
    watched(next, attempt, {
      done: (outcome) => {
        record(isFailure(outcome) && !answers.isAnswer(outcome));
        done(outcome);
      },
      cancelled: () => {
        if (clock.now >= attempt.job.pending.deadline) {
          record(true);
        } else if (state === "trying") {
          permits++;
        }
      },
    });
  };
}
