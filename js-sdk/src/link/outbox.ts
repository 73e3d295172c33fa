import { FrameWriter } from "./codec.js";
import type { OutgoingFrame } from "./frames.js";
import { program } from "./program.js";
import type { Sent, Transport } from "./transport.js";

/** So much may wait for the transport; then what is not reserved is refused. */
export const MAX_WAITING: number = 8 << 20;
/** A batch of this size does not wait for the end of the turn. */
const LARGE_BATCH = 256 << 10;

/**
 * What is on its way to the node. Frames of one turn travel together. Bounded by bytes: beyond
 * {@link MAX_WAITING} a frame is refused, unless it is reserved; what is reserved answers something
 * that the node has asked for, and the node bounds that.
 */
export class Outbox {
  readonly #transport: Transport;
  readonly #frames = new FrameWriter();
  #isScheduled = false;
  #isFull = false;
  #isClosed = false;
  /** How many frames were refused. */
  refused = 0;
  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Puts a frame on its way.
   *
   * @throws TooLargeError for one that no link can carry
   */
  post(frame: OutgoingFrame): Sent {
    if (!this.#isClosed && this.#frames.length >= MAX_WAITING) {
      this.refused++;
      return "FULL";
    }
    return this.postReserved(frame);
  }

  /** As {@link post}, for what must not be refused. */
  postReserved(frame: OutgoingFrame): Sent {
    if (this.#isClosed) {
      return "CLOSED";
    }
    this.#frames.write(frame);
    if (this.#frames.length > LARGE_BATCH && !this.#isFull) {
      this.flush();
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      program.nextTick(this.#flush); // behind the reactions to what has just come
    }
    return "OK";
  }

  /** What waits, for a look. */
  peek(): Uint8Array {
    return this.#frames.peek();
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /** The transport takes something again. */
  room(): void {
    this.#isFull = false;
    this.flush();
  }

  flush(): void {
    if (this.#isClosed || this.#isFull || this.#frames.length === 0) {
      return;
    }
    switch (this.#transport.send(this.#frames.peek())) {
      case "OK":
        this.#frames.clear();
        return;
      case "FULL":
        this.#isFull = true;
        return;
      case "CLOSED":
        this.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#frames.clear();
  }
}
