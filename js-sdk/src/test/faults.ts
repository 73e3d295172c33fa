/**
 * What goes wrong, and how often. Probabilities are from 0 to 1; what happens when is decided by
 * the seed. Nothing goes wrong before `start()` has resolved.
 */
export interface FaultPlan {
  /** A callback comes late: with this probability, by up to `max` ms of the virtual clock. */
  readonly delay?: { readonly probability: number; readonly max: number };
  /**
   * Callbacks overtake each other where the node may: what one sender sends to one service stays
   * in order.
   */
  readonly reorder?: boolean;
  /** A queue is full: requests fail with `OVERLOADED`, events are refused in the receipt. */
  readonly full?: number;
  /**
   * The script of a service ends when it should run a callback: what waits for it fails with
   * `CONTEXT_GONE`, and the service comes back after `restartAfter`.
   */
  readonly death?: number;
  /** How long a service is away, in ms of the virtual clock. Default 10. */
  readonly restartAfter?: number;
}

const KEYS: readonly (keyof FaultPlan)[] = ["delay", "reorder", "full", "death", "restartAfter"];

/** @throws TypeError naming what is wrong in a plan */
export function checkedPlan(plan: FaultPlan): FaultPlan {
  const unknown = Object.keys(plan).find((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`faults have no ${unknown}; they have ${KEYS.join(", ")}`);
  }
  probability("faults.delay.probability", plan.delay?.probability);
  probability("faults.full", plan.full);
  probability("faults.death", plan.death);
  for (const [name, ms] of [
    ["faults.delay.max", plan.delay?.max],
    ["faults.restartAfter", plan.restartAfter],
  ] as const) {
    if (ms !== undefined && !(ms >= 0)) {
      throw new TypeError(`${name} must be a number of milliseconds`);
    }
  }
  return plan;
}

function probability(name: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value <= 1)) {
    throw new TypeError(`${name} must be a probability from 0 to 1`);
  }
}
