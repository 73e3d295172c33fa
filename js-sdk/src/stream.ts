import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { CancelledError, RunarError } from "./errors.js";
import type { HostExchange, HostInlet, HostOutlet, Kind } from "./host.js";
import { captureStackTrace, stringify } from "./primordials.js";
import type { CancelSignal } from "./signal.js";

// How the items of a stream cross: in batches, each encoded at the moment it is yielded, so that
// what the producer changes later does not show. Items of one turn travel together.

/** Beyond it a batch goes on its way, so that large items do not pile up. */
const MAX_TEXT = 16_384;

/** What {@link pump} takes: what `for await` takes. */
export type Items = AsyncIterable<unknown> | Iterable<unknown>;

/** Whether it can be read with `for await`. */
export function isItems(value: unknown): value is Items {
  return (
    typeof value === "object" &&
    value !== null &&
    (typeof (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === "function" ||
      typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function")
  );
}

/**
 * Writes items as fast as they are read, until the last, or until nobody reads them any more; then
 * the producer's `finally` runs.
 *
 * @throws what the producer threw, behind the items before
 */
export async function pump(items: Items, outlet: HostOutlet): Promise<void> {
  const batch = new Batch(outlet);
  const iterator = iteratorOf(items);
  let isOver = false;
  let returned: unknown;
  outlet.onClosed(() => {
    batch.close();
    if (!isOver) {
      isOver = true;
      returned = iterator.return?.(); // at once: it may be waiting for something that never comes
      (returned as Promise<unknown> | undefined)?.then?.(undefined, () => undefined); // thrown below
    }
  });
  while (!isOver) {
    if (batch.isFull) {
      await batch.room();
      continue;
    }
    let step: IteratorResult<unknown>;
    try {
      step = await iterator.next();
    } catch (error) {
      isOver = true;
      batch.flush();
      throw error;
    }
    if (step.done === true) {
      isOver = true;
      batch.flush();
    } else if (!isOver) {
      try {
        batch.add(step.value);
      } catch (error) {
        isOver = true;
        batch.flush();
        await iterator.return?.();
        throw error;
      }
    }
  }
  await returned;
}

function iteratorOf(items: Items): AsyncIterator<unknown> | Iterator<unknown> {
  const async = (items as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
  return async === undefined
    ? (items as Iterable<unknown>)[Symbol.iterator]()
    : (items as AsyncIterable<unknown>)[Symbol.asyncIterator]();
}

/** Items that were produced and are not on their way yet. */
class Batch {
  readonly #outlet: HostOutlet;
  #text = "";
  #count = 0;
  #isRich = false;
  #isScheduled = false;
  #room: number;
  #isClosed = false;
  readonly #flushLater = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  constructor(outlet: HostOutlet) {
    this.#outlet = outlet;
    this.#room = outlet.room();
  }

  get isFull(): boolean {
    return this.#room <= 0;
  }

  add(value: unknown): void {
    const encoded = encode(value);
    const kind = encoded[0];
    if (kind === "bytes") {
      this.flush();
      this.#outlet.write(kind, encoded[1], 1);
      this.#room = this.#outlet.room();
      return;
    }
    const text = textOf(kind, encoded[1]);
    this.#text = this.#count === 0 ? text : `${this.#text},${text}`;
    this.#count++;
    this.#room--;
    this.#isRich ||= kind === "rich";
    if (this.#room <= 0 || this.#text.length > MAX_TEXT) {
      this.flush();
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#outlet.afterTurn(this.#flushLater);
    }
  }

  /** What there is goes on its way. */
  flush(): void {
    if (this.#count > 0 && !this.#isClosed) {
      this.#outlet.write(this.#isRich ? "rich" : "json", this.#text, this.#count);
    }
    this.#text = "";
    this.#count = 0;
    this.#isRich = false;
    this.#room = this.#outlet.room();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when there is room, or it is closed. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.#outlet.whenRoom(() => {
        this.#room = this.#outlet.room();
        resolve();
      });
    });
  }
}

function textOf(kind: Kind, data: unknown): string {
  if (kind !== "value") {
    return data as string;
  }
  return typeof data === "number" ? `${data}` : (stringify(data) as string);
}

/** Reads the items of a stream; the request begins with the first question. */
export class ItemReader<Item> implements AsyncIterableIterator<Item> {
  readonly #begin: () => HostInlet;
  readonly #acknowledgeAt: number;
  #inlet: HostInlet | undefined;
  #items: unknown[] = [];
  #next = 0;
  #taken = 0;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  #wake: () => void = () => {};
  #onOver: () => void = () => {};

  /**
   * @param begin makes the request, or throws
   * @param readAhead how far the producer may be ahead
   */
  constructor(begin: () => HostInlet, readAhead: number) {
    this.#begin = begin;
    this.#acknowledgeAt = (readAhead + 1) >> 1;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Item>> {
    while (this.#next >= this.#items.length) {
      if (this.#isOver) {
        return this.#end();
      }
      if (this.#reading === undefined) {
        this.#read();
      }
      await this.#reading;
    }
    const value = this.#items[this.#next] as Item;
    this.#items[this.#next++] = undefined;
    if (++this.#taken >= this.#acknowledgeAt) {
      this.#acknowledge();
    }
    return { done: false, value };
  }

  /** The consumer has seen enough: the producer is told, and not waited for. */
  async return(value?: unknown): Promise<IteratorResult<Item>> {
    this.#close(undefined);
    return { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<Item>> {
    this.#close(undefined);
    throw error;
  }

  /** Ends it for the consumer, which is told the error; and for the producer. */
  fail(error: unknown): void {
    if (!this.#isOver) {
      this.#close({ error });
    }
  }

  /** Runs the callback once, at the end, whatever it is. */
  whenOver(callback: () => void): void {
    this.#onOver = callback;
  }

  #close(failure: { readonly error: unknown } | undefined): void {
    this.#items = [];
    this.#next = 0;
    this.#failure = failure;
    this.#inlet?.cancel();
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#reading = undefined;
    this.#wake();
    this.#onOver();
    this.#onOver = () => {};
  }

  #end(): IteratorResult<Item> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) {
      return { done: true, value: undefined };
    }
    if (failure.error instanceof RunarError) {
      captureStackTrace?.(failure.error); // who asks here; where it was thrown is `remoteStack`
    }
    throw failure.error;
  }

  #acknowledge(): void {
    if (this.#taken > 0) {
      this.#inlet?.taken(this.#taken);
      this.#taken = 0;
    }
  }

  /** Asks for items; they may be there before it returns. */
  #read(): void {
    this.#reading = new Promise((resolve) => {
      this.#wake = resolve;
    });
    try {
      this.#inlet ??= this.#opened();
    } catch (error) {
      this.#failure = { error };
      this.#finish();
      return;
    }
    this.#acknowledge();
    this.#inlet.read();
  }

  #opened(): HostInlet {
    const inlet = this.#begin();
    inlet.listen(
      (kind, data) => {
        if (!this.#isOver) {
          const items: unknown = decode(kind, data);
          this.#items = kind === "bytes" ? [items] : (items as unknown[]);
          this.#next = 0;
          this.#reading = undefined;
          this.#wake();
        }
      },
      (failure) => {
        if (!this.#isOver) {
          this.#failure = failure === undefined ? undefined : { error: failure };
          this.#finish();
        }
      },
    );
    return inlet;
  }
}

/** Items that nobody sends. */
export async function* nothing(): AsyncGenerator<never> {
  // ends at once
}

/** Sends the items of a request beside its payload. */
export function send(items: Items, exchange: HostExchange): void {
  const outlet = exchange.outlet();
  if (outlet !== null) {
    void pump(items, outlet).then(
      () => outlet.end(),
      (error) => outlet.fail(error),
    );
  }
}

/** What a caller is told whose signal has aborted. */
export function abortedBy(signal: CancelSignal, path: string): CancelledError {
  return new CancelledError(`the signal of the request ${path} has aborted`, {
    cause: signal.reason,
  });
}
