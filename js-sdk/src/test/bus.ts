import type { Encoded, EventCallback, HostEvent, HostEventInfo } from "../host.js";
import type { PublishOptions, PublishReceipt } from "../options.js";
import type { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import { full, matches, paramsOf, parsePath, parsePattern, type TopicPath } from "./paths.js";
import type { RecordedEvent } from "./records.js";
import type { Settings } from "./settings.js";

/** One event on its way to one handler. */
export interface Delivery {
  readonly what: string;
  run(): unknown;
  handled(): void;
  failed(error: unknown): void;
}

/** Takes deliveries for one handler, in the order of each sender; false: its queue is full. */
export type Taker = (delivery: Delivery, sender: string) => boolean;

interface Subscription {
  readonly id: number;
  readonly pattern: TopicPath;
  readonly handler: EventCallback;
  readonly servicePath: string;
  readonly take: Taker;
}

interface Published {
  readonly id: number;
  readonly path: TopicPath;
  readonly topic: string;
  readonly timestamp: number;
  readonly payload: Encoded;
  readonly until: number;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/** Takes events to handlers and keeps those that are retained, as the node's event bus does. */
export class Bus {
  readonly #subscriptions = new Map<number, Subscription>(); // in the order of their ids
  #retained: Published[] = []; // at most settings.retainedEvents
  #lastEvent = 0;
  #lastSubscription = 0;
  readonly #settings: Settings;
  readonly #clock: VirtualClock;
  readonly #decode: (payload: Encoded) => unknown;

  constructor(settings: Settings, clock: VirtualClock, decode: (payload: Encoded) => unknown) {
    this.#settings = settings;
    this.#clock = clock;
    this.#decode = decode;
  }

  /** @param done gets the receipt when the options say so */
  publish(
    topic: string,
    payload: Encoded,
    options: PublishOptions,
    from: { readonly sender: string; readonly record: Changing<RecordedEvent> },
    done: (receipt: PublishReceipt) => void,
  ): void {
    const { record, sender } = from;
    const path = parsePath(topic, this.#settings.networkId);
    const event: Published = {
      id: ++this.#lastEvent,
      path,
      topic: path.network === this.#settings.networkId ? path.text : full(path),
      timestamp: this.#clock.now,
      payload,
      until: this.#clock.now + (options.retainFor ?? 0),
    };
    this.#retain(event);
    Object.assign(record, { id: event.id, topic: event.topic });
    const receipt: Changing<PublishReceipt> = {
      id: event.id,
      matched: 0,
      queued: 0,
      refused: 0,
      clients: 0,
      handled: 0,
      failed: 0,
      refusals: [],
    };
    const refusals: PublishReceipt["refusals"][number][] = [];
    let isArmed = false;
    const settled = (): void => {
      if (isArmed && receipt.handled + receipt.failed === receipt.queued) {
        done(receipt);
      }
    };
    for (const one of [...this.#subscriptions.values()]) {
      if (!matches(one.pattern, path)) {
        continue;
      }
      receipt.matched++;
      const wasTaken = one.take(
        this.#delivery(event, one, (error) => {
          if (error === undefined) {
            receipt.handled++;
            Object.assign(record, { handled: record.handled + 1 });
          } else {
            receipt.failed++;
            Object.assign(record, { failures: [...record.failures, error.error] });
          }
          settled();
        }),
        sender,
      );
      if (wasTaken) {
        receipt.queued++;
      } else {
        receipt.refused++;
        refusals.push({ pattern: one.pattern.text, reason: "FULL" });
      }
    }
    receipt.refusals = refusals.slice(0, 100);
    Object.assign(record, { matched: receipt.matched, refused: receipt.refused });
    if (options.ack === "handled") {
      isArmed = true;
      settled();
    } else {
      done({ ...receipt, handled: 0, failed: 0 });
    }
  }

  subscribe(
    pattern: string,
    handler: EventCallback,
    where: { readonly servicePath: string; readonly networkId: string },
    includePast: boolean,
    take: Taker,
  ): number {
    const parsed = parsePattern(pattern, where.networkId);
    const id = ++this.#lastSubscription;
    const one = { id, pattern: parsed, handler, servicePath: where.servicePath, take };
    if (includePast) {
      for (const past of this.#past(parsed)) {
        take(
          this.#delivery(past, one, () => {}),
          "",
        );
      }
    }
    this.#subscriptions.set(id, one);
    return id;
  }

  unsubscribe(id: number): boolean {
    return this.#subscriptions.delete(id);
  }

  clearRetained(pattern: string): number {
    const gone = new Set(this.#past(parsePattern(pattern, this.#settings.networkId)));
    this.#retained = this.#retained.filter((event) => !gone.has(event));
    return gone.size;
  }

  #past(pattern: TopicPath): Published[] {
    this.#retained = this.#retained.filter(({ until }) => until > this.#clock.now);
    return this.#retained.filter(({ path }) => matches(pattern, path));
  }

  #retain(event: Published): void {
    if (event.until > event.timestamp) {
      this.#retained.push(event);
      while (this.#retained.length > this.#settings.retainedEvents) {
        this.#retained.shift();
      }
    }
  }

  #delivery(
    event: Published,
    to: Subscription,
    settle: (failure: { readonly error: unknown } | undefined) => void,
  ): Delivery {
    let isSettled = false;
    const once = (failure: { readonly error: unknown } | undefined): void => {
      if (!isSettled) {
        isSettled = true;
        settle(failure);
      }
    };
    const info: HostEventInfo & HostEvent = {
      id: () => event.id,
      topic: () => event.topic,
      timestamp: () => event.timestamp,
      paramsJson: () => JSON.stringify(paramsOf(to.pattern, event.path)),
      servicePath: () => to.servicePath,
      payload: () => copied(event.payload),
    };
    return {
      what: `event ${event.topic} for ${to.pattern.text}`,
      run: () => to.handler(this.#decode(copied(event.payload)), info),
      handled: () => once(undefined),
      failed: (error) => once({ error }),
    };
  }
}
