import { codec } from "../codec.js";
import type { RunarError } from "../errors.js";
import type { HostInlet, HostOutlet, Kind } from "../host.js";
import type { Frame } from "./codec.js";
import { FLAG, FRAME, PAYLOAD } from "./frames.js";
import type { Link } from "./link.js";
import { encodedOf, errorOfFrame, payloadOf } from "./payload.js";
import { program } from "./program.js";

/** As the node has it: how far the sender of an input may be ahead. */
export const READ_AHEAD = 64;

/** Whose items: those that the asked one answers with, or those that the asking one sends. */
export type Side = 0 | typeof FLAG.INPUT;

/** Where the items of one exchange are read. What waits here is at most what the reader has room for. */
export class LinkInlet implements HostInlet {
  readonly #link: Link;
  readonly #id: number;
  readonly #side: Side;
  readonly #readAhead: number;
  readonly #waiting: (readonly [Kind, unknown])[] = [];
  #end: { readonly failure: RunarError | undefined } | undefined;
  #hasBegun = false;
  #isReading = false;
  #isOver = false;
  #onItems: (kind: Kind, data: unknown) => void = () => {};
  #onEnd: (failure: Error | undefined) => void = () => {};
  /** Called once, when the reader wants no more. */
  onCancel: () => void = () => {};

  constructor(link: Link, id: number, side: Side, readAhead: number) {
    this.#link = link;
    this.#id = id;
    this.#side = side;
    this.#readAhead = readAhead;
  }

  listen(
    onItems: (kind: Kind, data: unknown) => void,
    onEnd: (failure: Error | undefined) => void,
  ): void {
    this.#onItems = onItems;
    this.#onEnd = onEnd;
  }

  read(): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#room(this.#readAhead);
    }
    const items = this.#waiting.shift();
    if (items !== undefined) {
      this.#onItems(items[0], items[1]);
    } else if (this.#end !== undefined) {
      this.#isOver = true;
      this.#onEnd(this.#end.failure);
    } else {
      this.#isReading = true;
    }
  }

  taken(items: number): void {
    this.#room(items);
  }

  cancel(): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    this.#waiting.length = 0;
    if (this.#end === undefined) {
      this.#link.postReserved({ kind: FRAME.STOP_ITEMS, id: this.#id, flags: this.#side });
    }
    this.onCancel();
  }

  /** Items have come. */
  onFrame(frame: Frame): void {
    if (!this.#isOver && this.#end === undefined) {
      this.#waiting.push(encodedOf(frame));
      this.#tell();
    }
  }

  /** No more items come. */
  finish(failure: RunarError | undefined): void {
    if (!this.#isOver && this.#end === undefined) {
      this.#end = { failure };
      this.#tell();
    }
  }

  #tell(): void {
    if (this.#isReading) {
      this.#isReading = false;
      this.read();
    }
  }

  #room(items: number): void {
    if (items > 0 && !this.#isOver && this.#end === undefined) {
      const frame = { kind: FRAME.ROOM, id: this.#id, flags: this.#side, target: items };
      this.#link.postReserved(frame);
    }
  }
}

/** Where the items of one exchange are written, as far as their reader has room. */
export class LinkOutlet implements HostOutlet {
  readonly #link: Link;
  readonly #id: number;
  readonly #side: Side;
  readonly #onFailure: ((error: unknown) => void) | undefined;
  /** What goes with the first items, which are the beginning of an answer. */
  headOfFirst: () => string | undefined = () => undefined;
  #room = 0;
  #isFirst = true;
  #isClosed = false;
  #onRoom: (() => void) | undefined;
  readonly #onClosed: (() => void)[] = [];

  /** @param onFailure gets what ends the stream, where the answer of the exchange says it */
  constructor(link: Link, id: number, side: Side, onFailure?: (error: unknown) => void) {
    this.#link = link;
    this.#id = id;
    this.#side = side;
    this.#onFailure = onFailure;
  }

  room(): number {
    return this.#isClosed ? 0 : this.#room;
  }

  write(kind: "json" | "rich" | "bytes", data: unknown, count: number): void {
    if (this.#isClosed) {
      return;
    }
    this.#room -= count;
    const payload = payloadOf(kind, kind === "bytes" ? data : `[${data as string}]`);
    const { ITEMS } = FRAME;
    const head = this.#isFirst ? this.headOfFirst() : undefined;
    this.#isFirst = false;
    const frame = { kind: ITEMS, id: this.#id, flags: this.#side, target: count, head, payload };
    try {
      this.#link.postReserved(frame); // no more than its reader has room for
    } catch (error) {
      this.fail(error); // too large
    }
  }

  whenRoom(callback: () => void): void {
    if (this.#isClosed || this.#room > 0) {
      callback();
    } else {
      this.#onRoom = callback;
    }
  }

  afterTurn(callback: () => void): void {
    program.nextTick(callback);
  }

  onClosed(callback: () => void): void {
    if (this.#isClosed) {
      program.nextTick(callback);
    } else {
      this.#onClosed.push(callback);
    }
  }

  end(): void {
    if (!this.#isClosed) {
      this.#link.postReserved({ kind: FRAME.END, id: this.#id, flags: this.#side });
      this.close();
    }
  }

  fail(error: unknown): void {
    if (this.#isClosed) {
      return;
    }
    if (this.#onFailure !== undefined) {
      this.#onFailure(error);
    } else {
      const text = codec.describeError(error);
      this.#link.postReserved({
        kind: FRAME.END,
        id: this.#id,
        flags: this.#side,
        payload: [PAYLOAD.RICH, text],
      });
    }
    this.close();
  }

  /** Its reader has room for more. */
  more(items: number): void {
    this.#room += items;
    this.#tellRoom();
  }

  /** Nothing can be written any more. */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#tellRoom();
    for (const callback of this.#onClosed.splice(0)) {
      callback();
    }
  }

  #tellRoom(): void {
    const callback = this.#onRoom;
    this.#onRoom = undefined;
    callback?.();
  }
}

/** The ends of streams that this side has, by exchange. What is over is forgotten. */
export class LinkStreams {
  readonly #inlets = new Map<number, LinkInlet>(); // at most `limits.openStreams`
  readonly #outlets = new Map<number, LinkOutlet>(); // as many

  reads(id: number, side: Side, inlet: LinkInlet): void {
    this.#inlets.set(keyOf(id, side), inlet);
  }

  writes(id: number, side: Side, outlet: LinkOutlet): void {
    this.#outlets.set(keyOf(id, side), outlet);
  }

  /** The exchange is over: both its ways. */
  over(id: number, failure: RunarError | undefined): void {
    for (const side of SIDES) {
      const key = keyOf(id, side);
      const inlet = this.#inlets.get(key);
      const outlet = this.#outlets.get(key);
      this.#inlets.delete(key);
      this.#outlets.delete(key);
      inlet?.finish(failure);
      outlet?.close();
    }
  }

  /** Whether the frame was about a stream. */
  onFrame(frame: Frame): boolean {
    const key = keyOf(frame.id, (frame.flags & FLAG.INPUT) as Side);
    switch (frame.kind) {
      case FRAME.ITEMS:
        this.#inlets.get(key)?.onFrame(frame);
        return true;
      case FRAME.ROOM:
        this.#outlets.get(key)?.more(frame.target);
        return true;
      case FRAME.STOP_ITEMS: {
        const outlet = this.#outlets.get(key);
        this.#outlets.delete(key);
        outlet?.close();
        return true;
      }
      case FRAME.END: {
        const inlet = this.#inlets.get(key);
        this.#inlets.delete(key);
        inlet?.finish(failureOf(frame));
        return true;
      }
      default:
        return false;
    }
  }

  /** The link is over. */
  onEnd(reason: RunarError): void {
    const inlets = [...this.#inlets.values()];
    const outlets = [...this.#outlets.values()];
    this.#inlets.clear();
    this.#outlets.clear();
    for (const inlet of inlets) {
      inlet.finish(reason);
    }
    for (const outlet of outlets) {
      outlet.close();
    }
  }
}

const SIDES: readonly Side[] = [0, FLAG.INPUT];

/** What an END says of why; undefined: the last item was the last. */
export function failureOf(frame: Frame): RunarError | undefined {
  return frame.payloadKind === PAYLOAD.NONE ? undefined : errorOfFrame(frame);
}

function keyOf(id: number, side: Side): number {
  return 2 * id + (side === 0 ? 0 : 1);
}
