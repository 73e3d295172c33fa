import { codec } from "../codec.js";
import { ContextGoneError, OverloadError, type RunarError } from "../errors.js";
import type { ActionCallback } from "../host.js";
import { argumentsOf } from "../mapping.js";
import { callOf, type Pending } from "./call.js";
import type { VirtualClock } from "./clock.js";
import { copied, crossed } from "./crossing.js";
import type { Random } from "./random.js";
import type { Entry, RegisteredAction } from "./registry.js";
import type { Task } from "./scheduler.js";
import { checkFits, named } from "./schema-value.js";
import type { Attempt, Job, Outcome, Step } from "./stage.js";
import { ResultCache } from "./stage-cache.js";
import { breaker, bulkhead } from "./stage-limits.js";
import { Answers, retrying, withFallback } from "./stage-retry.js";

/** What runs handlers. */
export interface Script {
  /** Queues a callback of a service; false when its queue is full. */
  offer(task: Task): boolean;
  /** Runs a handler on behalf of a service. */
  enter(entry: Entry, task: string, run: () => unknown): unknown;
}

/** An action with all that its options put around it. */
interface Staged {
  readonly step: Step;
  readonly cache: ResultCache | undefined;
}

/** Takes requests to handlers through what their actions ask for, in the order of the node. */
export class Actions {
  readonly #staged = new WeakMap<RegisteredAction, Staged>();
  readonly #ofCall = new WeakMap<object, Pending>();
  readonly #script: Script;
  readonly #clock: VirtualClock;
  readonly #random: Random;

  constructor(script: Script, clock: VirtualClock, random: Random) {
    this.#script = script;
    this.#clock = clock;
    this.#random = random;
  }

  /** The request whose handler has this call. */
  pendingOf(call: object): Pending | undefined {
    return this.#ofCall.get(call);
  }

  begin(job: Job, payload: Attempt["payload"]): void {
    const attempt: Attempt = { job, payload, number: 1, hasBegun: false, failure: undefined };
    this.#stagesOf(job).step(attempt, job.pending.settle);
  }

  /** Empties the cache of an action. */
  invalidate(entry: Entry, action: RegisteredAction): void {
    this.#stagesOf({ pending: { entry }, action }).cache?.clear();
  }

  #stagesOf({
    pending,
    action,
  }: {
    pending: { readonly entry: Entry };
    action: RegisteredAction;
  }): Staged {
    const known = this.#staged.get(action);
    const staged = known ?? this.#stage(pending.entry.definition.path, action);
    this.#staged.set(action, staged);
    return staged;
  }

  #stage(service: string, action: RegisteredAction): Staged {
    const what = `action ${service}/${action.name}`;
    const clock = this.#clock;
    const answers = new Answers(action.errors ?? []);
    let step: Step = (attempt, done) =>
      this.#offer(attempt, ({ handlers }) => handlers.actions[action.name], done);
    if (action.bulkhead !== undefined) {
      step = bulkhead(what, action.bulkhead, step, clock);
    }
    if (action.breaker !== undefined) {
      step = breaker(what, action.breaker, answers, step, clock);
    }
    const { retry, idempotent = false } = action;
    if (retry !== undefined && retry.attempts > 1) {
      step = retrying({ retry, idempotent, answers }, step, clock, this.#random);
    }
    if (action.fallback === true) {
      const second: Step = (attempt, done) =>
        this.#offer(attempt, ({ handlers }) => handlers.fallbacks?.[action.name], done);
      step = withFallback(second, answers, step);
    }
    const cache =
      action.cache === undefined ? undefined : new ResultCache(action.cache, step, clock);
    return { step: checked(what, action, cache?.step ?? step), cache };
  }

  #offer(
    attempt: Attempt,
    callback: (entry: Entry) => ActionCallback | undefined,
    done: (outcome: Outcome) => void,
  ): void {
    const { pending, path, sender } = attempt.job;
    const { entry } = pending;
    if (entry.away !== "") {
      done(new ContextGoneError(`service "${entry.definition.path}" is away: ${entry.away}`));
      return;
    }
    let isDone = false;
    const finish = (outcome: Outcome): void => {
      if (!isDone) {
        isDone = true;
        pending.running.delete(finish);
        done(outcome);
      }
    };
    pending.running.add(finish);
    pending.generation = entry.generation;
    const wasTaken = this.#script.offer({
      what: `request ${path}`,
      sender,
      receiver: entry.id,
      isReserved: false,
      run: () => {
        if (!pending.isSettled) {
          this.#run(attempt, callback(entry), finish); // else it timed out while it waited
        }
      },
      abandon: finish,
    });
    if (!wasTaken) {
      finish(new OverloadError(`the queue of ${path} is full; try again later`));
    }
  }

  #run(
    attempt: Attempt,
    handler: ActionCallback | undefined,
    done: (outcome: Outcome) => void,
  ): void {
    const { pending, path, params, about, action } = attempt.job;
    const { entry } = pending;
    const { generation } = entry;
    const fail = (error: unknown): void => {
      if (generation === entry.generation) {
        done(crossed(error));
      }
    };
    const succeed = (result: unknown): void => {
      try {
        const encoded = codec.encode(result);
        if (action.stream !== true) {
          const what = `the result of action ${entry.definition.path}/${action.name}`;
          checkFits(action.output, codec.decode(...copied(encoded)), "HANDLER_FAILED", what);
        }
        if (generation === entry.generation) {
          done(copied(encoded));
        }
      } catch (error) {
        fail(error);
      }
    };
    try {
      const input = codec.decode(...copied(attempt.payload));
      const values =
        action.params === null ? [input] : argumentsOf(() => path, action.params, input);
      const call = callOf(pending, path, params, { ...about, ...attempt }, this.#clock);
      this.#ofCall.set(call, pending);
      attempt.hasBegun = true;
      const result = this.#script.enter(entry, path, () => handler?.(call, ...values));
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
        Promise.resolve(result).then(succeed, fail);
      } else {
        succeed(result);
      }
    } catch (error) {
      fail(error);
    }
  }
}

/** Lets only input through that fits the action's JSON Schema, by its names. */
function checked(what: string, { input }: RegisteredAction, next: Step): Step {
  if (input === undefined) {
    return next;
  }
  return (attempt, done) => {
    const value = named(input, codec.decode(...copied(attempt.payload)));
    try {
      checkFits(input, value, "INVALID_INPUT", `the input of ${what}`);
    } catch (error) {
      done(error as RunarError);
      return;
    }
    next({ ...attempt, payload: codec.encode(value) }, done);
  };
}
