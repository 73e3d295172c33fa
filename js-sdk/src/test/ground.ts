import type { Actions } from "./actions.js";
import type { Bus, Taker } from "./bus.js";
import type { VirtualClock } from "./clock.js";
import type { FaultPlan } from "./faults.js";
import type { LifeGround } from "./life.js";
import type { Entry, Registry } from "./registry.js";
import type { Requests } from "./requests.js";
import type { Scheduler } from "./scheduler.js";
import type { Settings } from "./settings.js";

/** What the lives of services need of the node. */
export interface Ground extends LifeGround {
  readonly settings: Settings;
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly registry: Registry;
  readonly bus: Bus;
  readonly requests: Requests;
  readonly actions: Actions;
  readonly faults: FaultPlan;
  /** Publishes what the node itself does. */
  publish(topic: string, payload: object): Promise<unknown>;
  /** Takes events for a service. */
  taker(entry: Entry): Taker;
}
