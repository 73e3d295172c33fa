import { codec } from "../codec.js";
import { NotFoundError, OverloadError } from "../errors.js";
import type { Delivery as Answer, Encoded, EventCallback, HostEventInfo } from "../host.js";
import type { PublishOptions, PublishReceipt } from "../options.js";
import { full, matches, paramsOf, parsePath, parsePattern, type TopicPath } from "../paths.js";
import type { VirtualClock } from "./clock.js";
import { copied, crossed } from "./crossing.js";
import { DeadLetters } from "./dead-letters.js";
import { EventLine, needsLine } from "./event-line.js";
import type { Random } from "./random.js";
import { type RecordedEvent, type Records, recordOf } from "./records.js";
import type { ListenerOptions } from "./registry.js";
import type { Within } from "./requests.js";
import { type Retainable, Retained } from "./retained.js";
import type { Settings } from "./settings.js";

/** Which try of a delivery it is, and how its handler settles it if that is its own business. */
export interface Try {
  readonly number: number;
  readonly isManual: boolean;
  ack(): void;
  nack(errorJson: string): void;
}

/** One event on its way to one handler. */
export interface Delivery {
  readonly what: string;
  readonly topic: string;
  run(attempt?: Try): unknown;
  handled(): void;
  failed(error: unknown, attempts?: number): void;
  /** It is not needed any more, and no dead letter. */
  dropped(error: unknown): void;
}

/** Takes deliveries for one handler, in the order of each sender. */
export type Taker = (delivery: Delivery, sender: string) => Answer;

/** Who gets events, and how. */
export interface Subscriber {
  readonly handler: EventCallback;
  readonly servicePath: string;
  readonly networkId: string;
  readonly options: ListenerOptions;
  readonly take: Taker;
}

interface Subscription extends Subscriber {
  readonly id: number;
  readonly pattern: TopicPath;
  /** As dead letters name it. */
  readonly name: string;
  /** Queued, and neither handled nor failed. */
  waiting: number;
}

type Failure = { readonly error: unknown; readonly attempts: number; readonly isDropped: boolean };

const ONCE: Try = { number: 1, isManual: false, ack: () => {}, nack: () => {} };

interface Published extends Retainable {
  readonly id: number;
  readonly topic: string;
  readonly payload: Encoded;
  readonly meta: object;
  readonly traceparent: string;
  /** It tells of a failure itself. */
  readonly isDeadLetter: boolean;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/** Takes events to handlers and keeps those that are retained, as the node's event bus does. */
export class Bus {
  readonly #subscriptions = new Map<number, Subscription>(); // in the order of their ids
  readonly #suspended = new Set<number>();
  readonly deadLetters: DeadLetters;
  readonly #retained: Retained<Published>;
  #lastEvent = 0;
  #lastSubscription = 0;
  readonly #groups = new Map<string, number>(); // whose turn it is, by the groups of subscriptions
  readonly #settings: Settings;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #events: Records<RecordedEvent>;

  constructor(
    settings: Settings,
    clock: VirtualClock,
    random: Random,
    events: Records<RecordedEvent>,
  ) {
    this.#settings = settings;
    this.deadLetters = new DeadLetters(settings);
    this.#retained = new Retained(clock, settings.retainedEvents);
    this.#clock = clock;
    this.#random = random;
    this.#events = events;
  }

  /** @param done gets the receipt when the options say so */
  publish(
    topic: string,
    payload: Encoded,
    options: PublishOptions,
    from: {
      readonly sender: string;
      readonly record: Changing<RecordedEvent>;
      readonly within?: Within | null | undefined;
      readonly isDeadLetter?: boolean;
    },
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
      meta: { ...metaOf(from.within), ...(options as { readonly meta?: object }).meta },
      traceparent: from.within?.traceparent?.() ?? traceOf(this.#lastEvent),
      isDeadLetter: from.isDeadLetter ?? false,
    };
    this.#retained.keep(event);
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
    for (const members of this.#receivers(path)) {
      receipt.matched++;
      const answer = this.#offer(members, sender, (one) =>
        this.#delivery(event, one, (failure) => {
          if (failure === undefined) {
            receipt.handled++;
            Object.assign(record, { handled: record.handled + 1 });
          } else {
            receipt.failed++;
            Object.assign(record, { failures: [...record.failures, failure.error] });
            this.#bury(event, one, failure);
          }
          settled();
        }),
      );
      if (answer === "QUEUED") {
        receipt.queued++;
      } else {
        receipt.refused++;
        refusals.push({ pattern: members[0]?.pattern.text ?? "", reason: answer });
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

  /** Who gets an event of this topic: subscriptions, and groups of which one member gets it. */
  #receivers(path: TopicPath): readonly (readonly Subscription[])[] {
    const receivers: Subscription[][] = [];
    const groups = new Map<string, Subscription[]>();
    for (const one of this.#subscriptions.values()) {
      if (this.#suspended.has(one.id) || !matches(one.pattern, path)) {
        continue;
      }
      const { group = "" } = one.options;
      const known = groups.get(group);
      if (known !== undefined) {
        known.push(one);
        continue;
      }
      const members = [one];
      receivers.push(members);
      if (group !== "") {
        groups.set(group, members);
      }
    }
    return receivers;
  }

  /** The least busy first; of those that are equally busy each in turn. */
  #offer(
    members: readonly Subscription[],
    sender: string,
    deliveryFor: (one: Subscription) => Delivery,
  ): Answer {
    const key = members.map(({ id }) => id).join();
    const turn = members.length > 1 ? (this.#groups.get(key) ?? 0) : 0;
    if (members.length > 1) {
      this.#groups.set(key, (turn + 1) % members.length);
    }
    const left = members.map(
      (_, index) => members[(turn + index) % members.length] as Subscription,
    );
    left.sort((a, b) => a.waiting - b.waiting);
    let refusal: Answer = "CLOSED";
    for (const one of left) {
      one.waiting++;
      const answer = one.take(deliveryFor(one), sender);
      if (answer === "QUEUED") {
        return answer;
      }
      one.waiting--;
      refusal = answer === "FULL" ? answer : refusal;
    }
    return refusal;
  }

  /** An event that has finally failed is published to where its subscription wants it. */
  #bury(event: Published, to: Subscription, { error, attempts, isDropped }: Failure): void {
    if (isDropped) {
      return;
    }
    const { deadLetter } = to.options;
    const { code, name, message } = crossed(error);
    const letter = {
      topic: event.topic,
      payload: codec.decode(...copied(event.payload)),
      error: { code, name, message },
      attempts,
    };
    const keep = (): void =>
      this.deadLetters.keep(
        {
          event: event.id,
          ...letter,
          pattern: to.pattern.text,
          owner: to.servicePath === "" ? "the program" : `service ${to.servicePath}`,
          failedMs: this.#clock.now,
        },
        () => this.#again(event, to),
      );
    if (deadLetter === undefined || event.isDeadLetter) {
      keep(); // a failing handler of dead letters would otherwise have no end
      return;
    }
    const payload = codec.encode({ id: event.id, ...letter, subscription: to.name });
    const topic = ownTopic(deadLetter, to.servicePath);
    const record = recordOf(topic, event.topic, codec.decode(...payload), this.#clock.now);
    this.publish(
      topic,
      payload,
      {},
      { sender: "node", record, isDeadLetter: true },
      ({ queued }) => {
        if (queued === 0) {
          keep();
        }
      },
    );
    this.#events.add(record.topic, record);
  }

  /** The event as a new one, for that subscription only. */
  #again(event: Published, to: Subscription): number {
    if (!this.#subscriptions.has(to.id)) {
      throw new NotFoundError(`there is no subscription ${to.name} any more`);
    }
    const again = { ...event, id: ++this.#lastEvent, timestamp: this.#clock.now };
    to.waiting++;
    const settle = (failure: Failure | undefined): void => {
      if (failure !== undefined) {
        this.#bury(again, to, failure);
      }
    };
    if (to.take(this.#delivery(again, to, settle), "node") !== "QUEUED") {
      to.waiting--;
      throw new OverloadError(
        `the subscription ${to.name} does not take the event; try again later`,
      );
    }
    return again.id;
  }

  subscribe(pattern: string, subscriber: Subscriber): number {
    const parsed = parsePattern(pattern, subscriber.networkId);
    const { options, servicePath } = subscriber;
    const id = ++this.#lastSubscription;
    const line = new EventLine(subscriber.take, options, {
      clock: this.#clock,
      random: this.#random,
      maxWaiting: this.#settings.queuedCallbacks,
      manualTimeout: this.#settings.requestTimeout,
    });
    const one: Subscription = {
      ...subscriber,
      id,
      pattern: parsed,
      name: `${parsed.text} of ${servicePath === "" ? "the program" : `service ${servicePath}`}`,
      waiting: 0,
      take: needsLine(options) ? line.offer : subscriber.take,
    };
    const { replay = false } = options;
    const oldest = typeof replay === "number" ? this.#clock.now - replay : 0;
    for (const past of replay === false ? [] : this.#retained.of(parsed)) {
      if (past.timestamp >= oldest) {
        one.waiting++;
        one.take(
          this.#delivery(past, one, (failure) => {
            if (failure !== undefined) {
              this.#bury(past, one, failure);
            }
          }),
          "",
        );
      }
    }
    this.#subscriptions.set(id, one);
    return id;
  }

  /** They get nothing until {@link resume}. */
  suspend(ids: readonly number[]): void {
    for (const id of ids) {
      this.#suspended.add(id);
    }
  }

  resume(ids: readonly number[]): void {
    for (const id of ids) {
      this.#suspended.delete(id);
    }
  }

  unsubscribe(id: number): boolean {
    this.#suspended.delete(id);
    return this.#subscriptions.delete(id);
  }

  clearRetained(pattern: string): number {
    return this.#retained.clear(parsePattern(pattern, this.#settings.networkId));
  }

  #delivery(
    event: Published,
    to: Subscription,
    settle: (failure: Failure | undefined) => void,
  ): Delivery {
    let isSettled = false;
    const once = (failure: Failure | undefined): void => {
      if (!isSettled) {
        isSettled = true;
        to.waiting--;
        settle(failure);
      }
    };
    return {
      what: `event ${event.topic} for ${to.pattern.text}`,
      topic: event.topic,
      run: (attempt = ONCE) =>
        to.handler(codec.decode(...copied(event.payload)), infoOf(event, to, attempt)),
      handled: () => once(undefined),
      failed: (error, attempts = 1) => once({ error, attempts, isDropped: false }),
      dropped: (error) => once({ error, attempts: 0, isDropped: true }),
    };
  }
}

function infoOf(event: Published, to: Subscription, attempt: Try): HostEventInfo {
  const info = {
    id: () => event.id,
    topic: () => event.topic,
    timestamp: () => event.timestamp,
    paramsJson: () => JSON.stringify(paramsOf(to.pattern, event.path)),
    metaJson: () => JSON.stringify(event.meta),
    traceparent: () => event.traceparent,
    tracestate: () => "",
    servicePath: () => to.servicePath,
    attempt: () => attempt.number,
    isManual: () => attempt.isManual,
    ack: () => attempt.ack(),
    nack: (errorJson: string) => attempt.nack(errorJson),
    payload: () => copied(event.payload),
  };
  return info;
}

/** `a` is the own service's topic, `s/a` and `n:s/a` stay. */
export function ownTopic(topic: string, service: string): string {
  return service === "" || topic.includes("/") || topic.includes(":")
    ? topic
    : `${service}/${topic}`;
}

function metaOf(within: Within | null | undefined): object {
  const json = within?.metaJson?.();
  return json === undefined ? {} : (JSON.parse(json) as object);
}

function traceOf(event: number): string {
  const id = event.toString(16);
  return `00-${`e${id.padStart(31, "0")}`}-${`e${id.padStart(15, "0")}`}-01`;
}
