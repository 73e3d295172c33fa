import type { HostInlet, HostOutlet, Kind } from "../src/host.js";

type Chunk = readonly [kind: Kind, data: unknown, count: number];

/** The two ends of a stream in memory, as bounded as the node's. */
export class FakePipe {
  readonly #chunks: Chunk[] = [];
  readonly #readAhead: number;
  readonly #closed: (() => void)[] = [];
  #ahead = 0;
  #mostAhead = 0;
  #end: { readonly failure: Error | undefined } | undefined;
  #isLost = false;
  #onRoom: (() => void) | undefined;
  #onReadable: (() => void) | undefined;

  constructor(readAhead: number) {
    this.#readAhead = readAhead;
  }

  get mostAhead(): number {
    return this.#mostAhead;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  readonly outlet: HostOutlet = {
    room: () => (this.#isClosed() ? 0 : this.#readAhead - this.#ahead),
    write: (kind, data, count) => {
      if (!this.#isClosed()) {
        this.#chunks.push([kind, data, count]);
        this.#ahead += count;
        this.#mostAhead = Math.max(this.#mostAhead, this.#ahead);
        this.#tellReader();
      }
    },
    whenRoom: (callback) => {
      this.#onRoom = callback;
      this.#tellWriter();
    },
    afterTurn: (callback) => {
      setTimeout(callback, 0);
    },
    onClosed: (callback) => {
      this.#closed.push(callback);
    },
    end: () => this.finish(undefined),
    fail: (error) => this.finish(error as Error),
  };

  readonly inlet: HostInlet = {
    listen: (onItems, onEnd) => {
      this.#onItems = onItems;
      this.#onEnd = onEnd;
    },
    read: () => this.#read(),
    taken: (items) => {
      this.#ahead -= items;
      this.#tellWriter();
    },
    cancel: () => {
      this.#isLost = true;
      this.#chunks.length = 0;
      this.#close();
    },
  };
  #onItems: (kind: Kind, data: unknown) => void = () => {};
  #onEnd: (failure: Error | undefined) => void = () => {};

  finish(failure: Error | undefined): void {
    if (!this.#isClosed()) {
      this.#end = { failure };
      this.#tellReader();
      this.#close();
    }
  }

  #read(): void {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      const [kind, data] = chunk;
      this.#onItems(kind, kind === "bytes" ? data : `[${String(data)}]`);
    } else if (this.#end !== undefined) {
      this.#onEnd(this.#end.failure);
    } else {
      this.#onReadable = () => this.#read();
    }
  }

  #isClosed(): boolean {
    return this.#isLost || this.#end !== undefined;
  }

  #close(): void {
    this.#tellWriter();
    for (const callback of this.#closed.splice(0)) {
      setTimeout(callback, 0);
    }
  }

  #tellReader(): void {
    const callback = this.#onReadable;
    this.#onReadable = undefined;
    if (callback !== undefined) {
      setTimeout(callback, 0);
    }
  }

  #tellWriter(): void {
    if (this.#isClosed() || this.#ahead <= this.#readAhead / 2) {
      const callback = this.#onRoom;
      this.#onRoom = undefined;
      if (callback !== undefined) {
        setTimeout(callback, 0);
      }
    }
  }
}
