import { codec } from "../codec.js";
import { errorOf, ShutdownError } from "../errors.js";
import type { Encoded, EventCallback, HostEvent, LogLevel } from "../host.js";
import type { PublishOptions, WaitOptions } from "../options.js";
import type { Bus, Taker } from "./bus.js";
import type { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import type { Places } from "./places.js";
import { type RecordedEvent, type Records, recordOf } from "./records.js";
import type { Entry, ListenerOptions, Registry } from "./registry.js";
import type { Within } from "./requests.js";
import type { Scheduler } from "./scheduler.js";
import type { Settings } from "./settings.js";
import { inPlace } from "./switchboard.js";

/** What events need of the node. */
export interface TopicsGround {
  readonly settings: Settings;
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly registry: Registry;
  readonly bus: Bus;
  readonly events: Records<RecordedEvent>;
  readonly places: Places;
  isClosed(): boolean;
  log(level: LogLevel, logger: string, message: string): void;
}

/** What scripts do with events: publish, subscribe and wait, each on its own behalf. */
export class Topics {
  readonly #ground: TopicsGround;

  constructor(ground: TopicsGround) {
    this.#ground = ground;
  }

  publish(
    topic: string,
    given: Encoded,
    optionsJson: string | null,
    within: Within | null | undefined,
  ): Promise<string> {
    const at = this.#ground.places.here();
    if (!at.isAlive()) {
      return new Promise(() => {});
    }
    return new Promise((resolve, reject) => {
      if (this.#ground.isClosed()) {
        throw new ShutdownError("the node has stopped");
      }
      const options = optionsOf<PublishOptions>(optionsJson);
      const payload = copied(given);
      const record = recordOf(topic, at.task, codec.decode(...payload), this.#ground.clock.now);
      try {
        this.#ground.bus.publish(
          topic,
          payload,
          options,
          { sender: at.sender, record, within },
          (receipt) =>
            this.#ground.places.post(at.service, `receipt of ${topic}`, () =>
              resolve(JSON.stringify(receipt)),
            ),
        );
        this.#ground.events.add(record.topic, record);
      } catch (error) {
        this.#ground.places.post(at.service, `receipt of ${topic}`, () => reject(error));
      }
    });
  }

  async subscribe(
    pattern: string,
    handler: EventCallback,
    optionsJson: string | null,
  ): Promise<number> {
    const { service } = this.#ground.places.here();
    const entry = this.#ground.registry.withId(service);
    const id = this.#ground.bus.subscribe(pattern, {
      handler,
      servicePath: "",
      networkId: this.#ground.settings.networkId,
      options: optionsOf<ListenerOptions>(optionsJson),
      take: this.taker(entry),
    });
    entry?.subscriptions.push(id);
    return id;
  }

  on(pattern: string, optionsJson: string | null): Promise<HostEvent> {
    const at = this.#ground.places.here();
    return new Promise((resolve, reject) => {
      const { timeout = 5_000, includePast = false } = optionsOf<WaitOptions>(optionsJson);
      const timer = this.#ground.clock.after(timeout, () => {
        this.#ground.bus.unsubscribe(id);
        const late = errorOf("TIMEOUT", `no event ${pattern} within ${Math.floor(timeout)} ms`);
        this.#ground.places.post(at.service, `wait for ${pattern}`, () => reject(late));
      });
      let isDone = false;
      const first: EventCallback = (_payload, event) => {
        if (!isDone) {
          isDone = true;
          this.#ground.clock.cancel(timer);
          this.#ground.bus.unsubscribe(id);
          resolve(event as unknown as HostEvent);
        }
      };
      const take: Taker = (delivery) => {
        this.#ground.places.post(at.service, delivery.what, () => {
          delivery.run();
          delivery.handled();
        });
        return "QUEUED";
      };
      let id = -1;
      try {
        id = this.#ground.bus.subscribe(pattern, {
          handler: first,
          servicePath: "",
          networkId: this.#ground.settings.networkId,
          options: { replay: includePast },
          take,
        });
      } catch (error) {
        this.#ground.clock.cancel(timer);
        reject(error);
      }
    });
  }

  /** Takes events for a service; undefined: for the test. */
  taker(entry: Entry | undefined): Taker {
    const receiver = entry?.id ?? "";
    return (delivery, sender) => {
      if (entry !== undefined && (entry.away !== "" || entry.state === "PAUSED")) {
        return "CLOSED";
      }
      const at =
        entry === undefined
          ? this.#ground.places.make("test", "", delivery.what, () => true)
          : this.#ground.places.of(entry, delivery.what);
      const wasTaken = this.#ground.scheduler.offer({
        what: delivery.what,
        sender,
        receiver,
        isReserved: false,
        run: () => {
          const fail = (error: unknown): void => {
            delivery.failed(error);
            this.#ground.log(
              "error",
              receiver || "script",
              `${delivery.what} failed: ${textOf(error)}`,
            );
          };
          try {
            const done = inPlace(at, () => delivery.run());
            Promise.resolve(done).then(() => delivery.handled(), fail);
          } catch (error) {
            fail(error);
          }
        },
        abandon: (reason) => delivery.failed(reason),
      });
      return wasTaken ? "QUEUED" : "FULL";
    };
  }
}

/** What the SDK sends as JSON. */
export function optionsOf<T extends object>(json: string | null): T {
  return (json === null ? {} : JSON.parse(json)) as T;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error}`) : String(error);
}
