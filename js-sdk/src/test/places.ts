import type { Host } from "../host.js";
import type { VirtualClock } from "./clock.js";
import type { Entry } from "./registry.js";
import type { Scheduler, Task } from "./scheduler.js";
import { inPlace, type Place, place } from "./switchboard.js";

/** On whose behalf the code of one node runs: a service's, or the test's. */
export class Places {
  readonly #host: Host;
  readonly #clock: VirtualClock;
  readonly #scheduler: Scheduler;

  constructor(host: Host, clock: VirtualClock, scheduler: Scheduler) {
    this.#host = host;
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  /** A callback that is always taken, as what answers something that was asked. */
  post(receiver: string, what: string, run: () => void): void {
    this.#scheduler.offer({
      what,
      sender: "node",
      receiver,
      isReserved: true,
      run,
      abandon: () => {},
    } satisfies Task);
  }

  here(): Place {
    const at = place();
    return at?.host === this.#host ? at : this.make("test", "", "", () => true);
  }

  of(entry: Entry, task: string): Place {
    const { generation, id } = entry;
    return this.make(id, id, task, () => entry.generation === generation);
  }

  make(sender: string, service: string, task: string, isAlive: () => boolean): Place {
    const at: Place = {
      host: this.#host,
      clock: this.#clock,
      sender,
      service,
      task,
      isAlive,
      post: (what, run) => {
        this.post(service, what, () => {
          if (isAlive()) {
            inPlace(at, run);
          }
        });
      },
    };
    return at;
  }
}
