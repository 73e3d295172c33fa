import { clearInterval, now, setImmediate, setInterval, setTimeout } from "./program.js";
import type { Receiver, Sent, Transport } from "./transport.js";

/** What native/c/runar_native.h says is exported. */
export interface Addon {
  readonly abiVersion: number;
  boot(libjvm: string, options: readonly string[], mainClass: string): Promise<undefined>;
  open(doorbell: () => void, limits: { maxBytes: number; reservedBytes: number }): number;
  send(handle: number, bytes: Uint8Array, length: number, reserved: boolean): number;
  drain(handle: number): Uint8Array | number | undefined;
  ref(handle: number): undefined;
  unref(handle: number): undefined;
  close(handle: number): number;
  stats(handle: number): { readonly toJava: Way } | undefined;
  shutdown(code: number): number;
}

/** What was sent one way, in batches. */
export interface Way {
  readonly accepted: number;
  readonly delivered: number;
  readonly discarded: number;
}

const FULL = 1;
const CLOSED = 2;
const NO_MEMORY = 4;
/** What may wait in the addon, each way: the node knows it as `ORDINARY_BYTES`. */
const MAX_BYTES = 8 << 20;
/** A frame that finds no room there at all has this; it costs nothing while it is not needed. */
const RESERVED_BYTES = 1 << 30;
/** What the addon counts for a batch beside its bytes. */
const BATCH_COST = 4;
/** What goes at once, unless one frame is larger. */
const MAX_PIECE = MAX_BYTES - BATCH_COST;
/** So long is drained in one turn of the event loop (T16); then others have theirs. */
const TURN_MS = 8;
/** How often frames are looked for where rings get lost at any time. */
const POLL_MS = 2;
/** The same, where that is rare. */
const SELDOM_MS = 50;

/** What of the running program decides how an addon is drained. */
export interface Quirks {
  /** Rings may be lost: so often it is looked for frames, in milliseconds; 0: never. */
  readonly pollMs: number;
  /** A ring may come within a call of the program's (T15). */
  readonly ringsInside: boolean;
}

/**
 * The node in this very process, by an addon whose Java machine has begun. The addon moves bytes and
 * rings; what there is, is drained here.
 */
export class AddonTransport implements Transport {
  readonly #addon: Addon;
  readonly #quirks: Quirks;
  readonly #end: ((code: number) => void) | undefined;
  #receiver: Receiver | undefined;
  #handle = 0;
  #isFull = false;
  /** Whether a batch was refused that nobody was told of room for since. */
  #owesRoom = false;
  /** What of a batch that was taken found no room: at most one. It goes before all others. */
  #rest: Uint8Array | undefined;
  #isHeld = false;
  #isScheduled = false;
  #isClosed = false;
  #poll: unknown;
  /** How often frames were found that no ring had told of. */
  lateDrains = 0;

  /** @param end ends the Java machine with the program; undefined: it outlives this thread */
  constructor(addon: Addon, quirks: Quirks, end: ((code: number) => void) | undefined) {
    this.#addon = addon;
    this.#quirks = quirks;
    this.#end = end;
  }

  get outlives(): boolean {
    return this.#end === undefined;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    const { ringsInside, pollMs } = this.#quirks;
    const ring = ringsInside ? () => this.#drainLater() : () => this.#drain();
    this.#handle = this.#addon.open(ring, {
      maxBytes: MAX_BYTES,
      reservedBytes: RESERVED_BYTES,
    });
    if (pollMs > 0) {
      const timer = setInterval(() => this.#look(), pollMs);
      timer.unref();
      this.#poll = timer;
    }
  }

  send(batch: Uint8Array): Sent {
    if (this.#isClosed || this.#handle === 0) {
      return "CLOSED";
    }
    const sent = this.#rest === undefined ? this.#sendAll(batch) : "FULL";
    this.#owesRoom ||= sent === "FULL";
    return sent;
  }

  /** Takes the batch unless its first piece finds no room; what is left then goes later. */
  #sendAll(batch: Uint8Array): Sent {
    for (let at = 0; at < batch.byteLength; ) {
      const end = pieceEnd(batch, at);
      const sent = this.#sendPiece(batch.subarray(at, end));
      if (sent === "FULL" && at > 0) {
        this.#rest = new Uint8Array(batch.subarray(at)); // a slice of a Buffer would share its memory
        return "OK";
      }
      if (sent !== "OK") {
        return sent;
      }
      at = end;
    }
    return "OK";
  }

  #sendPiece(piece: Uint8Array): Sent {
    const isLarge = piece.byteLength > MAX_PIECE;
    switch (this.#addon.send(this.#handle, piece, piece.byteLength, isLarge)) {
      case 0:
        return "OK";
      case FULL:
        this.#isFull = true;
        return "FULL";
      case CLOSED:
        return "CLOSED";
      case NO_MEMORY:
        this.#isFull = true;
        setImmediate(() => this.#room()); // nobody rings for that
        return "FULL";
      default: {
        const message = `a frame of ${piece.byteLength} bytes is too large for the addon`;
        setImmediate(() => this.#ended(message)); // who sends is in the middle of something
        return "CLOSED";
      }
    }
  }

  hold(): void {
    this.#isHeld = true;
  }

  resume(): void {
    this.#isHeld = false;
    this.#nextTurn(); // it was held since a turn had no more time
  }

  ref(): void {
    this.#addon.ref(this.#handle);
  }

  unref(): void {
    this.#addon.unref(this.#handle);
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      clearInterval(this.#poll);
      this.#addon.close(this.#handle);
    }
  }

  last(): void {
    while (!this.#isClosed) {
      const batch = this.#addon.drain(this.#handle);
      if (!(batch instanceof Uint8Array)) {
        return;
      }
      this.#receiver?.onLast(batch);
    }
  }

  shutdown(code: number): number {
    if (this.#end === undefined) {
      return 0; // Java goes on, and takes them
    }
    this.#end(code);
    this.last(); // Java's hooks run, and may print
    const sent = this.#addon.stats(this.#handle)?.toJava;
    const untaken = sent === undefined ? 0 : sent.accepted - sent.delivered - sent.discarded;
    return untaken + (this.#rest === undefined ? 0 : 1);
  }

  #look(): void {
    if (this.#drain()) {
      this.lateDrains++;
    }
  }

  #drainLater(schedule: (callback: () => void) => unknown = setImmediate): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      schedule(() => {
        this.#isScheduled = false;
        this.#drain();
      });
    }
  }

  /** Bun does not end after an uncaught exception while an immediate waits: a flood has one always. */
  #nextTurn(): void {
    this.#drainLater(this.#quirks.ringsInside ? (turn) => setTimeout(turn, 0) : setImmediate);
  }

  /** Whether there was something. */
  #drain(): boolean {
    const until = now() + TURN_MS;
    let some = false;
    while (!this.#isClosed && !this.#isHeld) {
      let batch: Uint8Array | number | undefined;
      try {
        batch = this.#addon.drain(this.#handle);
      } catch (error) {
        this.#ended((error as Error).message);
        return some;
      }
      if (batch === undefined) {
        this.#room();
        return some;
      }
      if (typeof batch === "number") {
        this.#ended(`the Java machine has ended: exit code ${batch}`, batch);
        return some;
      }
      some = true;
      this.#receiver?.onBatch(batch);
      if (now() >= until) {
        this.#nextTurn();
        return some;
      }
    }
    return some;
  }

  #room(): void {
    if (!this.#isFull) {
      return;
    }
    this.#isFull = false;
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined && this.#sendAll(rest) === "FULL") {
      this.#rest = rest;
    }
    if (this.#owesRoom && this.#rest === undefined) {
      this.#owesRoom = false;
      this.#receiver?.onRoom();
    }
  }

  #ended(message: string, exitCode?: number): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.onEnd(exitCode === undefined ? { message } : { message, exitCode });
  }
}

/** Where so many whole frames end as go together. */
function pieceEnd(batch: Uint8Array, from: number): number {
  if (batch.byteLength - from <= MAX_PIECE) {
    return batch.byteLength;
  }
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let end = from;
  while (batch.byteLength - end >= 4) {
    const next = end + 4 + view.getUint32(end, true);
    if (end > from && next - from > MAX_PIECE) {
      return end;
    }
    end = next;
  }
  return batch.byteLength;
}

/**
 * What is known of the program that runs this. Bun before 1.4 loses rings (T3). Any Bun keeps them
 * back while a loop of its own runs within the one before, as `expect(…).resolves` of `bun test`
 * does (T15).
 *
 * @param isTest of tests
 */
export function quirksOf(
  versions: Readonly<Record<string, string | undefined>>,
  isTest: boolean,
): Quirks {
  const bun = versions["bun"];
  const [major = 0, minor = 0] = (bun ?? "").split(".").map(Number);
  const isOld = major === 1 && minor < 4;
  return {
    pollMs: bun === undefined ? 0 : isOld || isTest ? POLL_MS : SELDOM_MS,
    ringsInside: bun !== undefined,
  };
}
