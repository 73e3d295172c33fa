import { codec } from "../codec.js";
import type { RunarError } from "../errors.js";
import type { Kind } from "../host.js";
import { copied, crossed } from "./crossing.js";

type Chunk = readonly [kind: Kind, data: unknown];

/** Runs a callback in a turn of its own. */
export type Post = (what: string, run: () => void) => void;

/** How long a reader waits for an item. */
export interface Patience {
  begin(): void;
  end(): void;
}

/** The two ends of one stream: the writer is at most `readAhead` items ahead of the reader. */
export class Pipe {
  readonly #readAhead: number;
  readonly #toReader: Post;
  readonly #toWriter: Post;
  readonly #patience: Patience;
  readonly #closed: (() => void)[] = [];
  #chunks: Chunk[] = [];
  #ahead = 0;
  #end: { readonly failure: RunarError | undefined } | undefined;
  #isLost = false;
  #written = 0;
  #onRoom: (() => void) | undefined;
  #onReadable: (() => void) | undefined;
  #onItems: (kind: Kind, data: unknown) => void = () => {};
  #onEnd: (failure: Error | undefined) => void = () => {};
  /** Called once, when the reader wants no more. */
  onLost: () => void = () => {};
  /** Looks at each item that is written, and throws a RunarError if it does not fit. */
  look: ((item: unknown, index: number) => void) | undefined;
  /** Called once, when an item does not fit; ends the stream. */
  onMisfit: (failure: RunarError) => void = (failure) => this.finish(failure);
  /** Whether its reader has asked for an item. */
  isRead = false;

  constructor(readAhead: number, toReader: Post, toWriter: Post, patience: Patience) {
    this.#readAhead = readAhead;
    this.#toReader = toReader;
    this.#toWriter = toWriter;
    this.#patience = patience;
  }

  // What the SDK calls an outlet and an inlet; see Host.
  readonly outlet = {
    room: (): number => (this.#isClosed() ? 0 : this.#readAhead - this.#ahead),
    write: (kind: "json" | "rich" | "bytes", data: unknown, count: number): void => {
      if (!this.#isClosed()) {
        const chunk: Chunk = kind === "bytes" ? copied([kind, data]) : [kind, `[${String(data)}]`];
        this.#ahead += count;
        const [good, failure] = this.#looked(chunk);
        if (good !== undefined) {
          this.#chunks.push(good);
        }
        this.#tellReader();
        if (failure !== undefined) {
          this.onMisfit(failure);
        }
      }
    },
    whenRoom: (callback: () => void): void => {
      this.#onRoom = callback;
      this.#tellWriter();
    },
    afterTurn: (callback: () => void): void => this.#toWriter("rest of a stream", callback),
    onClosed: (callback: () => void): void => {
      if (this.#isClosed()) {
        this.#toWriter("end of a stream", callback);
      } else {
        this.#closed.push(callback);
      }
    },
    end: (): void => this.finish(undefined),
    fail: (error: unknown): void => this.finish(crossed(error)),
  };

  readonly inlet = {
    listen: (
      onItems: (kind: Kind, data: unknown) => void,
      onEnd: (failure: Error | undefined) => void,
    ): void => {
      this.#onItems = onItems;
      this.#onEnd = onEnd;
    },
    read: (): void => this.#read(),
    taken: (items: number): void => {
      this.#ahead -= items;
      this.#tellWriter();
    },
    cancel: (): void => {
      if (!this.#isLost) {
        this.#isLost = true;
        this.#chunks = [];
        this.#patience.end();
        this.#close();
        this.onLost();
      }
    },
  };

  /** Nothing is written any more; what was written still arrives, then the failure. */
  finish(failure: RunarError | undefined): void {
    if (!this.#isClosed()) {
      this.#end = { failure };
      this.#tellReader();
      this.#close();
    }
  }

  /** The items up to the first that does not fit, and what is wrong with that. */
  #looked(chunk: Chunk): readonly [good: Chunk | undefined, failure: RunarError | undefined] {
    const { look } = this;
    if (look === undefined) {
      return [chunk, undefined];
    }
    const value = codec.decode(chunk[0], chunk[1]);
    const items = chunk[0] === "bytes" ? [value] : (value as readonly unknown[]);
    for (const [index, item] of items.entries()) {
      try {
        look(item, this.#written++);
      } catch (error) {
        const good = index === 0 ? undefined : copied(codec.encode(items.slice(0, index)));
        return [good, error as RunarError];
      }
    }
    return [chunk, undefined];
  }

  #read(): void {
    this.isRead = true;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#onItems(chunk[0], chunk[1]);
    } else if (this.#end !== undefined) {
      this.#onEnd(this.#end.failure);
    } else {
      this.#patience.begin();
      this.#onReadable = () => this.#read();
    }
  }

  #isClosed(): boolean {
    return this.#isLost || this.#end !== undefined;
  }

  #close(): void {
    this.#tellWriter();
    for (const callback of this.#closed.splice(0)) {
      this.#toWriter("end of a stream", callback);
    }
  }

  #tellReader(): void {
    const callback = this.#onReadable;
    this.#onReadable = undefined;
    if (callback !== undefined) {
      this.#patience.end();
      this.#toReader("items of a stream", callback);
    }
  }

  #tellWriter(): void {
    const callback = this.#onRoom;
    if (callback !== undefined && (this.#isClosed() || this.#ahead <= this.#readAhead / 2)) {
      this.#onRoom = undefined;
      this.#toWriter("room of a stream", callback);
    }
  }
}
