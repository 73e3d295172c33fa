import { published } from "./frames.js";
import type { Link } from "./link.js";
import type { Requests } from "./requests.js";

/**
 * What became of a packet: it is on its way; it was dropped, as there is no connection or too much
 * waits in the socket; the client is closed or may not publish there.
 */
export type WriteOutcome = "ACCEPTED" | "DROPPED" | "CLOSED";

/** Writes packets of bytes on one topic, without receipts. */
export class TopicWriter {
  readonly topic: string;
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #bound: number;
  /** Until the node has told the number of the topic. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #number: number | undefined;
  #error: Error | undefined;
  #isAsked = false;

  /** @internal */
  constructor(topic: string, link: Link, requests: Requests, bound: number) {
    this.topic = topic;
    this.#link = link;
    this.#requests = requests;
    this.#bound = bound;
  }

  /** Why the node refuses what is written here; undefined: it does not. Asked on each connection. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Writes one packet. Never waits; the bytes are not to be changed afterwards. */
  write(packet: Uint8Array): WriteOutcome {
    if (this.#link.isClosed || this.#error !== undefined) {
      return "CLOSED";
    }
    if (this.#number !== undefined) {
      return this.#send(this.#number, packet);
    }
    if (this.#heldBytes + packet.length > this.#bound || this.#link.state === "offline") {
      return "DROPPED";
    }
    this.#held.push(packet);
    this.#heldBytes += packet.length;
    if (this.#link.state !== "connecting") {
      this.resume();
    }
    return "ACCEPTED";
  }

  #send(number: number, packet: Uint8Array): WriteOutcome {
    if ((this.#link.socket?.bufferedAmount ?? this.#bound) + packet.length > this.#bound) {
      return "DROPPED";
    }
    this.#link.send(published(number, packet));
    return "ACCEPTED";
  }

  /** Asks for the number of the topic on this connection. */
  resume(): void {
    if (this.#isAsked) {
      return;
    }
    this.#isAsked = true;
    this.#requests.send(
      { produce: this.topic },
      {
        answered: ({ number }) => {
          const held = this.#held;
          this.#forget();
          this.#error = undefined; // it may have been refused on another connection
          this.#number = number as number;
          for (const packet of held) {
            this.#link.send(published(this.#number, packet));
          }
        },
        failed: (error) => {
          this.#forget();
          if (this.#isAsked) {
            this.#error = error;
          }
        },
      },
    );
  }

  lost(): void {
    this.#isAsked = false;
    this.#number = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
