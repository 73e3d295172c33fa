import { ConnectionError } from "./errors.js";
import type { Frame, Link } from "./link.js";
import { Listeners, type Off } from "./listeners.js";
import { bytesOf } from "./platform.js";
import type { Requests } from "./requests.js";

/** What an {@link Inbox} tells. */
export type InboxEvents<Data = unknown> = {
  message: [message: InboxMessage<Data>];
  /**
   * Nothing comes any more: `taken over` by another session of this client, or it has `left` the
   * group. After `failed`, as when the node stops, the next connection goes on.
   */
  ended: [why: string];
  /** The node has refused it: `client.offline(group)`, and each new connection, asks again. */
  error: [error: Error];
};

/** What became of acknowledgements. */
export interface Acknowledged {
  /** These are gone for good. */
  readonly acked: readonly number[];
  /** These were never given, or were acknowledged before. */
  readonly unknown: readonly number[];
  /** What holds now: `SYNCED` survives a loss of power. */
  readonly level: string;
}

/** A message that waits until it is acknowledged; it comes again on each connection until then. */
export class InboxMessage<Data = unknown> {
  readonly id: number;
  /** What was published. Undefined when {@link damaged}. */
  readonly data: Data;
  /** How often it was given, this time included. */
  readonly deliveries: number;
  /** The client may have seen it before. */
  readonly redelivered: boolean;
  /** Where the event stands in its topic, if it is one that was spilled on this connection. */
  readonly offset: number | undefined;
  /** The disk has damaged it: all that is left to do is to acknowledge it. */
  readonly damaged: boolean;
  readonly #inbox: Inbox<Data>;

  /** @internal */
  constructor(inbox: Inbox<Data>, frame: Frame) {
    const { bytes } = frame;
    this.id = Number(frame["id"]);
    this.data = (typeof bytes === "string" ? bytesOf(bytes) : frame["data"]) as Data;
    this.deliveries = Number(frame["deliveries"]);
    this.redelivered = frame["redelivered"] === true;
    this.damaged = frame["damaged"] === true;
    this.offset = frame["offset"] as number | undefined;
    this.#inbox = inbox;
  }

  /** It is done with: resolves when the node has stored that. */
  ack(): Promise<Acknowledged> {
    return this.#inbox.ack([this.id]);
  }

  /** It could not be done: it is given again, or becomes a dead letter. */
  nack(cause?: string): Promise<void> {
    return this.#inbox.nack(this.id, cause);
  }
}

/** The offline queue of this client in one group. */
export class Inbox<Data = unknown> {
  readonly group: string;
  readonly #requests: Requests;
  readonly #link: Link;
  readonly #listeners = new Listeners<InboxEvents<Data>>();
  #isEnded = false;
  #isRefused = false;

  /** @internal */
  constructor(group: string, link: Link, requests: Requests) {
    this.group = group;
    this.#link = link;
    this.#requests = requests;
  }

  /** Nothing comes, as it has ended or was refused: `client.offline(group)` begins anew. */
  get isEnded(): boolean {
    return this.#isEnded || this.#isRefused;
  }

  on<Name extends keyof InboxEvents>(
    name: Name,
    listener: (...given: InboxEvents<Data>[Name]) => void,
  ): Off {
    return this.#listeners.on(name, listener);
  }

  /** Acknowledges messages together. */
  ack(ids: readonly number[]): Promise<Acknowledged> {
    return this.#requests.ask({ ack: ids, group: this.group }, (frame) => ({
      acked: frame["acked"] as number[],
      unknown: frame["unknown"] as number[],
      level: String(frame["level"]),
    }));
  }

  /** Says that a message could not be done. */
  nack(id: number, cause?: string): Promise<void> {
    return this.#requests.ask({ nack: id, group: this.group, cause }, () => undefined);
  }

  /** Asks for what waits, on this connection. @internal */
  resume(): void {
    if (!this.#isEnded && this.#link.socket !== undefined) {
      this.#isRefused = false;
      this.#requests.send(
        { unacked: this.group },
        {
          answered: () => {},
          failed: (error) => {
            if (!(error instanceof ConnectionError)) {
              this.#isRefused = true;
              this.#listeners.tell("error", error);
            }
          },
        },
      );
    }
  }

  /** Returns whether anybody takes it. @internal */
  message(frame: Frame): boolean {
    const isTaken = this.#listeners.has("message");
    if (isTaken) {
      this.#isRefused = false; // a topic that spills fills a queue that was not there before
      this.#listeners.tell("message", new InboxMessage(this, frame));
    }
    return isTaken;
  }

  /** @internal */
  ended(why: string): void {
    this.#isEnded = why !== "failed";
    this.#listeners.tell("ended", why);
  }
}
