import { ConnectionError } from "./errors.js";
import { isPattern, matches } from "./frames.js";
import type { Frame } from "./link.js";
import { call, Listeners, type Off } from "./listeners.js";
import type { Gap, Member, Position, SubscribeOptions, TopicEvent } from "./options.js";
import type { Requests } from "./requests.js";

/** What a subscription tells beside its events. */
export type SubscriptionEvents = {
  /** Events will not come: the connection was away for too long, or the client reads too slowly. */
  gap: [gap: Gap];
  /**
   * The client reads too slowly: from this offset on events come as messages of the offline queue
   * with the name of the topic, {@link RunarClient.offline}.
   */
  spilled: [from: number];
  /** From this offset on they come as events again. */
  live: [from: number];
  /** A client has come; asked for by `members: true`. */
  joined: [member: Member, topic: string];
  /** A client has gone. */
  left: [member: Member, topic: string];
  /** The node has refused it, and it has ended. */
  error: [error: Error];
};

/** What a subscription has begun with. */
export interface Begun {
  /** With `since`: whether everything that was missed follows. */
  readonly recovered: boolean;
}

/** One subscription to a topic or pattern. It goes on by itself when the connection comes back. */
export class Subscription<Data = unknown> {
  /** As it was asked for. */
  readonly topic: string;
  /** The node has taken it; rejects with the error of one that has refused it. */
  readonly ready: Promise<Begun>;
  readonly #wire: Wire;
  readonly #handle: Handle;

  /** @internal */
  constructor(
    wire: Wire,
    listener: (event: TopicEvent<Data>) => void,
    { members = false }: SubscribeOptions,
  ) {
    this.topic = wire.pattern;
    this.#wire = wire;
    this.#handle = {
      listener: listener as (event: TopicEvent) => void,
      listeners: new Listeners(),
      members,
    };
    this.ready = new Promise((resolve, reject) => {
      Object.assign(this.#handle, { resolve, reject });
    });
    this.ready.catch(() => {}); // who does not wait for it is told by "error"
    wire.add(this.#handle);
  }

  /** What this client has seen of the topic; undefined for a pattern, and before it is ready. */
  get position(): Position | undefined {
    return this.#wire.position;
  }

  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: (...given: SubscriptionEvents[Name]) => void,
  ): Off {
    return this.#handle.listeners.on(name, listener);
  }

  /** No event comes any more. Repeatable. */
  unsubscribe(): void {
    this.#wire.remove(this.#handle);
  }
}

interface Handle {
  readonly listener: (event: TopicEvent) => void;
  readonly listeners: Listeners<SubscriptionEvents>;
  readonly members: boolean;
  readonly resolve?: (begun: Begun) => void;
  readonly reject?: (error: Error) => void;
}

/** A topic or pattern as the node knows it, whoever has asked for it here. */
class Wire {
  readonly pattern: string;
  position: Position | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #handles = new Set<Handle>();
  readonly #isPattern: boolean;
  #begun: Begun | undefined;
  #withMembers = false;
  /** What it missed on this connection comes up to here, and for it alone. */
  #missedTo = 0;

  constructor(subscriptions: Subscriptions, pattern: string, since: Position | undefined) {
    this.#subscriptions = subscriptions;
    this.pattern = pattern;
    this.#isPattern = isPattern(pattern);
    this.position = since;
  }

  get #isMembersWanted(): boolean {
    return [...this.#handles].some(({ members }) => members);
  }

  add(handle: Handle): void {
    this.#handles.add(handle);
    if (this.#begun !== undefined && (this.#withMembers || !handle.members)) {
      handle.resolve?.({ recovered: false });
    } else {
      this.#subscriptions.ask(this);
    }
  }

  remove(handle: Handle): void {
    if (this.#handles.delete(handle)) {
      handle.reject?.(new ConnectionError("it was unsubscribed", false));
      if (this.#handles.size === 0) {
        this.#subscriptions.end(this);
      }
    }
  }

  /** What to ask the node. */
  get question(): Record<string, unknown> {
    this.#withMembers = this.#isMembersWanted;
    return {
      subscribe: this.pattern,
      ...(this.position === undefined ? {} : { since: this.position }),
      ...(this.#withMembers ? { members: true } : {}),
    };
  }

  /** Whether it is told anew to the node, which knows it already. */
  get isBegun(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * Whether what comes now can be its own. What is said of a topic before the node has answered
   * comes by a pattern, and the answer covers it: taken now, it would hide what is yet to come.
   */
  get isHearing(): boolean {
    return this.#isPattern || this.#begun !== undefined;
  }

  /** Whether it is what this one has missed: other subscriptions have had it, or never will. */
  isMissed(offset: number): boolean {
    return this.position !== undefined && offset > this.position.offset && offset <= this.#missedTo;
  }

  /** The connection is gone, and with it what the node knew. */
  lost(): void {
    this.#begun = undefined;
  }

  /** The node's answer; false: something was missed. */
  subscribed(frame: Frame): boolean {
    const before = this.position;
    const again = this.#begun !== undefined; // for its members: its events go on as they were
    const recovered = frame["recovered"] === true;
    this.#begun = { recovered };
    let isWhole = true;
    if (!again && typeof frame["offset"] === "number") {
      const now = { offset: frame["offset"], epoch: String(frame["epoch"]) };
      if (recovered && before !== undefined) {
        this.position = { offset: before.offset, epoch: now.epoch }; // a durable channel goes on
        this.#missedTo = now.offset;
      } else {
        this.position = now;
        this.#missedTo = 0;
        isWhole = before === undefined;
      }
      if (!isWhole && before !== undefined) {
        const to = now.epoch === before.epoch ? { to: now.offset } : {};
        this.#tell("gap", { topic: this.pattern, from: before.offset + 1, ...to });
      }
    }
    for (const handle of this.#handles) {
      handle.resolve?.({ recovered });
    }
    return isWhole;
  }

  refused(error: Error): void {
    for (const handle of [...this.#handles]) {
      this.#handles.delete(handle);
      handle.reject?.(error);
      handle.listeners.tell("error", error);
    }
  }

  /** Takes an event, unless it was seen before. */
  deliver(event: TopicEvent): void {
    if (this.position !== undefined && event.offset <= this.position.offset) {
      return;
    }
    this.passed(event.offset);
    for (const { listener } of [...this.#handles]) {
      call(listener, [event]);
    }
  }

  /** Everything up to an offset has come, in some way, or is known to be missing. */
  passed(offset: number): void {
    if (this.position !== undefined && offset > this.position.offset) {
      this.position = { offset, epoch: this.position.epoch };
    }
  }

  gap(gap: Gap): void {
    this.passed(gap.to ?? 0);
    this.#tell("gap", gap);
  }

  spill(what: "spilled" | "live", from: number): void {
    if (what === "live") {
      this.passed(from - 1);
    }
    for (const { listeners } of [...this.#handles]) {
      listeners.tell(what, from);
    }
  }

  member(what: "joined" | "left", member: Member, topic: string): void {
    for (const { members, listeners } of [...this.#handles]) {
      if (members) {
        listeners.tell(what, member, topic);
      }
    }
  }

  #tell(name: "gap", gap: Gap): void {
    for (const { listeners } of [...this.#handles]) {
      listeners.tell(name, gap);
    }
  }
}

/** What a client subscribes to, and the way of each event to its listeners. */
export class Subscriptions {
  readonly #requests: Requests;
  readonly #isOpen: () => boolean;
  readonly #wires = new Map<string, Wire>();

  /** @param isOpen whether the node can be asked now */
  constructor(requests: Requests, isOpen: () => boolean) {
    this.#requests = requests;
    this.#isOpen = isOpen;
  }

  add<Data>(
    topic: string,
    listener: (event: TopicEvent<Data>) => void,
    options: SubscribeOptions,
  ): Subscription<Data> {
    let wire = this.#wires.get(topic);
    if (wire === undefined) {
      wire = new Wire(this, topic, isPattern(topic) ? undefined : options.since);
      this.#wires.set(topic, wire);
    }
    return new Subscription(wire, listener, options);
  }

  /** Asks the node, if it can be asked: otherwise {@link resume} does. */
  ask(wire: Wire, done: (isWhole: boolean) => void = () => {}): void {
    if (!this.#isOpen()) {
      return;
    }
    const { since, ...plain } = wire.question;
    this.#requests.send(wire.isBegun || since === undefined ? plain : { ...plain, since }, {
      answered: (frame) => done(wire.subscribed(frame)),
      failed: (error) => {
        if (!(error instanceof ConnectionError)) {
          this.#wires.delete(wire.pattern);
          wire.refused(error);
          done(true);
        }
      },
    });
  }

  /** Asks for all anew; `done` is told whether nothing was missed. */
  resume(done: (isWhole: boolean) => void): void {
    const wires = [...this.#wires.values()];
    let open = wires.length;
    let isWhole = true;
    if (open === 0) {
      done(true);
    }
    for (const wire of wires) {
      this.ask(wire, (own) => {
        isWhole &&= own;
        if (--open === 0) {
          done(isWhole);
        }
      });
    }
  }

  lost(): void {
    for (const wire of this.#wires.values()) {
      wire.lost();
    }
  }

  end(wire: Wire): void {
    this.#wires.delete(wire.pattern);
    if (this.#isOpen()) {
      this.#requests.send({ unsubscribe: wire.pattern }, { answered: () => {}, failed: () => {} });
    }
  }

  event(event: TopicEvent): void {
    const wires = this.#hearing(event.topic);
    const missing = wires.filter((wire) => wire.isMissed(event.offset));
    for (const wire of missing.length > 0 ? missing : wires) {
      wire.deliver(event);
    }
  }

  gap(gap: Gap): void {
    for (const wire of this.#hearing(gap.topic)) {
      wire.gap(gap);
    }
  }

  spill(what: "spilled" | "live", topic: string, from: number): void {
    for (const wire of this.#hearing(topic)) {
      wire.spill(what, from);
    }
  }

  /** An event has come as a message of an offline queue. */
  passed(topic: string, offset: number): void {
    for (const wire of this.#hearing(topic)) {
      wire.passed(offset);
    }
  }

  member(what: "joined" | "left", member: Member, topic: string): void {
    for (const wire of this.#hearing(topic)) {
      wire.member(what, member, topic);
    }
  }

  /** Those of a topic: its own, then those that spell it in another way. */
  #hearing(topic: string): Wire[] {
    const hearing: Wire[] = [];
    const own = this.#wires.get(topic);
    if (own?.isHearing) {
      hearing.push(own);
    }
    for (const [pattern, wire] of this.#wires) {
      const isOdd = isPattern(pattern) || pattern.includes(":");
      if (isOdd && pattern !== topic && wire.isHearing && matches(pattern, topic)) {
        hearing.push(wire);
      }
    }
    return hearing;
  }
}
