import type { Frame } from "./codec.js";
import { FrameReader } from "./codec.js";
import { nextTurn, now, queueMicrotask } from "./program.js";

/** So long frames are worked on in one turn of the event loop; then others have theirs. */
const TURN_MS = 8;

/** What an {@link Inbox} needs of its owner. */
export interface InboxOwner {
  /** Works on one frame. */
  onFrame(frame: Frame): void;
  /** After the last frame that was there, or that there was time for. */
  onPause(): void;
  /** What came is not a row of frames. */
  onBroken(error: Error): void;
  /** Nothing more is to come until {@link InboxOwner.onReady}. */
  onBusy(): void;
  onReady(): void;
}

/**
 * Works on what has come: in order, each frame for itself, not longer than {@link TURN_MS} at a
 * time. What one frame throws is thrown where nobody else is hurt by it.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #waiting: FrameReader[] = []; // few: the transport is held while there are any
  #atEnd: (() => void) | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  push(batch: Uint8Array): void {
    if (this.#isClosed) {
      return;
    }
    this.#waiting.push(new FrameReader(batch));
    if (!this.#isBusy) {
      this.#run();
    }
  }

  /** Nothing more comes: `then` is called behind what has come, unless it was closed before. */
  finish(then: () => void): void {
    if (this.#isClosed) {
      return;
    }
    if (this.#isBusy) {
      this.#atEnd = then;
    } else {
      then();
    }
  }

  /** Nothing more is worked on: hands over the frames that wait. */
  last(onFrame: (frame: Frame) => void): void {
    const waiting = this.#waiting.splice(0);
    this.close();
    for (const reader of waiting) {
      for (let frame = this.#next(reader); frame !== undefined; frame = this.#next(reader)) {
        onFrame(frame);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#atEnd = undefined;
  }

  #run(): void {
    if (this.#work(now() + TURN_MS)) {
      if (this.#isBusy) {
        this.#isBusy = false;
        this.#owner.onReady();
      }
    } else {
      if (!this.#isBusy) {
        this.#isBusy = true;
        this.#owner.onBusy();
      }
      nextTurn(() => this.#run());
    }
    this.#owner.onPause();
    if (!this.#isBusy) {
      this.#atEnd?.();
    }
  }

  /** Whether all is done. */
  #work(until: number): boolean {
    for (;;) {
      const reader = this.#waiting[0];
      if (reader === undefined) {
        return true;
      }
      const frame = this.#next(reader);
      if (frame === undefined) {
        this.#waiting.shift();
        continue;
      }
      try {
        this.#owner.onFrame(frame);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
      if (now() >= until) {
        return false; // also after one slow handler: its answer leaves when the turn does
      }
    }
  }

  #next(reader: FrameReader): Frame | undefined {
    try {
      return reader.next();
    } catch (error) {
      this.close();
      this.#owner.onBroken(error as Error);
      return undefined;
    }
  }
}
