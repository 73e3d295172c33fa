import type { OfflineQueue, Session } from "runar-ts";
import type { Outbound } from "./frames.ts";

/** Who a session is: what `accept` has made sure of. */
export interface Caller {
  readonly user: string;
  readonly client: string;
  readonly conversation: string;
}

/** A message as it waits in a queue. */
export interface Kept {
  readonly id: string;
  readonly from: string;
  readonly sent_at: number;
  readonly sealed: string;
}

/** Messages that a client may have before it acknowledges some. */
const WINDOW = 64;

/** Frames of one client that may wait. */
const MOST_WAITING = 64;

/**
 * One connected client. What it asks for is done in its order, one thing after the other, and what
 * is kept of it is bounded.
 */
export class Talk {
  readonly session: Session<Caller>;
  readonly caller: Caller;
  readonly queue: OfflineQueue;
  readonly #open: (kept: Kept) => string | undefined;
  /** What it has got and not acknowledged: the message's own id, by its number in the queue. */
  readonly #given = new Map<number, Kept>();
  #last = 0;
  #isLive: boolean;
  #isDue = false;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  /** @param open makes the text of a message readable; undefined: it cannot be read */
  constructor(
    session: Session<Caller>,
    queue: OfflineQueue,
    open: (kept: Kept) => string | undefined,
  ) {
    this.session = session;
    this.caller = session.identity;
    this.queue = queue;
    this.#open = open;
    this.#isLive = session.carriedOver;
  }

  /** What it holds in memory. */
  get held(): number {
    return this.#given.size + this.#waiting;
  }

  send(frame: Outbound): void {
    this.session.send(frame);
  }

  /** After everything before it; false when too much waits. */
  inTurn(work: () => Promise<void>): boolean {
    if (this.#waiting >= MOST_WAITING) return false;
    this.#waiting += 1;
    this.#tail = this.#tail.then(work).finally(() => {
      this.#waiting -= 1;
    });
    return true;
  }

  /** A message has come for it, or room for one. Until it has asked for the first it gets none. */
  pump(failed: (error: unknown) => void): void {
    if (!this.#isLive || this.#isDue) return;
    this.#isDue = true;
    this.#tail = this.#tail.then(async () => {
      this.#isDue = false;
      await this.#give().catch(failed);
    });
  }

  /** From the oldest that it has not acknowledged on; answers how many it got. */
  async giveAll(): Promise<number> {
    this.#isLive = true;
    this.#last = 0;
    this.#given.clear();
    await this.#give();
    return this.#given.size;
  }

  /** Answers what the acknowledgement is worth, and which message it was. */
  async ack(msg: number): Promise<{ level: string | null; kept: Kept | undefined }> {
    const level = await this.queue.ack(msg);
    const kept = this.#given.get(msg);
    this.#given.delete(msg);
    return { level, kept };
  }

  async #give(): Promise<void> {
    for (let room = WINDOW - this.#given.size; room > 0; room = WINDOW - this.#given.size) {
      const page = await this.queue.unacked<Kept>({ after: this.#last, limit: room });
      for (const { id: msg, data, damaged, redelivered } of page) {
        this.#last = msg;
        const text = damaged || data === undefined ? undefined : this.#open(data);
        if (data === undefined || text === undefined) {
          this.send({ type: "Damaged", msg });
          continue;
        }
        this.#given.set(msg, data);
        const { id, from, sent_at } = data;
        const conversation_id = this.caller.conversation;
        this.send({ type: "Message", msg, id, conversation_id, from, text, sent_at, redelivered });
      }
      if (page.length < room) return;
    }
  }
}
