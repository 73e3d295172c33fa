import { TooLargeError } from "../errors.js";
import {
  BrokenLinkError,
  FRAME,
  HEADER,
  MAX_FRAME,
  MAX_HEAD,
  type OutgoingFrame,
  PAYLOAD,
} from "./frames.js";
import { byteLength, type TextBytes, textBytes } from "./utf8.js";

const FIRST_CAPACITY = 16 << 10;
/** A batch that was larger gives its memory back. */
const KEPT_CAPACITY = 1 << 20;
const TWO_32 = 2 ** 32;

/** Writes frames one behind the other into memory of its own. */
export class FrameWriter {
  #bytes: TextBytes = textBytes(new Uint8Array(FIRST_CAPACITY));
  #view: DataView = viewOf(this.#bytes);
  #length = 0;

  /** How many bytes wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends a frame; returns how long it is.
   *
   * @throws TooLargeError for one that is too large; then nothing was written
   */
  write(frame: OutgoingFrame): number {
    const { head = "", payload } = frame;
    const headBytes = head === "" ? 0 : byteLength(head);
    const text = payload !== undefined && payload[0] !== PAYLOAD.BYTES ? payload[1] : "";
    const bytes = payload !== undefined && payload[0] === PAYLOAD.BYTES ? payload[1] : undefined;
    const payloadBytes = bytes === undefined ? byteLength(text) : bytes.byteLength;
    const size = HEADER + headBytes + payloadBytes;
    if (size > MAX_FRAME || headBytes > MAX_HEAD) {
      throw new TooLargeError(
        `a message between JavaScript and the node has ${size} bytes; ` +
          `it may have ${MAX_FRAME}, ${MAX_HEAD} of them besides its payload`,
      );
    }
    this.#reserve(size);
    const at = this.#length;
    const view = this.#view;
    const id = frame.id ?? 0;
    view.setUint32(at, size - 4, true);
    view.setUint8(at + 4, frame.kind);
    view.setUint8(at + 5, payload === undefined ? PAYLOAD.NONE : payload[0]);
    view.setUint16(at + 6, frame.flags ?? 0, true);
    view.setUint32(at + 8, frame.target ?? 0, true);
    view.setUint32(at + 12, frame.remainingMs ?? 0, true);
    view.setUint32(at + 16, id % TWO_32, true);
    view.setUint32(at + 20, Math.floor(id / TWO_32), true);
    view.setUint32(at + 24, headBytes, true);
    if (headBytes > 0) {
      this.#bytes.utf8Write(head, at + HEADER, headBytes);
    }
    const start = at + HEADER + headBytes;
    if (bytes !== undefined) {
      this.#bytes.set(viewOfBytes(bytes), start);
    } else if (payloadBytes > 0) {
      this.#bytes.utf8Write(text, start, payloadBytes);
    }
    this.#length = at + size;
    return size;
  }

  /** All that was written since the last time; the memory is the caller's. */
  take(): Uint8Array {
    const batch = new Uint8Array(this.peek()); // a slice of a Buffer would share its memory
    this.clear();
    return batch;
  }

  /** What waits, without taking it: good until the next write. */
  peek(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.byteLength > KEPT_CAPACITY) {
      this.#grow(FIRST_CAPACITY);
    }
  }

  #reserve(size: number): void {
    const wanted = this.#length + size;
    if (wanted > this.#bytes.byteLength) {
      this.#grow(Math.max(wanted, 2 * this.#bytes.byteLength));
    }
  }

  #grow(capacity: number): void {
    const before = this.#bytes.subarray(0, this.#length);
    this.#bytes = textBytes(new Uint8Array(capacity));
    this.#bytes.set(before);
    this.#view = viewOf(this.#bytes);
  }
}

/** One frame that has come; its texts are read when they are asked for. */
export class Frame {
  readonly kind: number;
  readonly payloadKind: number;
  readonly flags: number;
  readonly target: number;
  readonly remainingMs: number;
  readonly id: number;
  /** In bytes, its length field included. */
  readonly size: number;
  readonly #bytes: TextBytes;
  readonly #head: number;
  readonly #payload: number;
  readonly #end: number;

  /** Of bytes that {@link frames} has looked at. */
  constructor(bytes: TextBytes, view: DataView, at: number, size: number) {
    this.kind = view.getUint8(at + 4);
    this.payloadKind = view.getUint8(at + 5);
    this.flags = view.getUint16(at + 6, true);
    this.target = view.getUint32(at + 8, true);
    this.remainingMs = view.getUint32(at + 12, true);
    this.id = view.getUint32(at + 16, true) + TWO_32 * view.getUint32(at + 20, true);
    this.size = size;
    this.#bytes = bytes;
    this.#head = at + HEADER;
    this.#payload = this.#head + view.getUint32(at + 24, true);
    this.#end = at + size;
  }

  get hasHead(): boolean {
    return this.#payload > this.#head;
  }

  /** JSON text of an object; empty for no head. */
  get head(): string {
    return this.hasHead ? this.#bytes.utf8Slice(this.#head, this.#payload) : "";
  }

  get payloadText(): string {
    return this.#bytes.utf8Slice(this.#payload, this.#end);
  }

  /** A copy. */
  get payloadBytes(): ArrayBuffer {
    const own = new Uint8Array(this.#end - this.#payload);
    own.set(this.#bytes.subarray(this.#payload, this.#end));
    return own.buffer;
  }
}

/**
 * The frames of a batch, one after the other.
 *
 * @throws BrokenLinkError at the first that is none
 */
export class FrameReader {
  readonly #bytes: TextBytes;
  readonly #view: DataView;
  #at = 0;

  constructor(batch: Uint8Array) {
    this.#bytes = textBytes(batch);
    this.#view = viewOf(batch);
  }

  next(): Frame | undefined {
    const at = this.#at;
    const left = this.#view.byteLength - at;
    if (left === 0) {
      return undefined;
    }
    const size = left < 4 ? 0 : checkedSize(this.#view.getUint32(at, true));
    if (size === 0 || size > left) {
      throw new BrokenLinkError(`a frame is cut off: ${left} bytes of it are there`);
    }
    check(this.#view, at, size);
    this.#at = at + size;
    return new Frame(this.#bytes, this.#view, at, size);
  }
}

/** All frames of a batch. */
export function* framesIn(batch: Uint8Array): Generator<Frame> {
  const reader = new FrameReader(batch);
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    yield frame;
  }
}

/** Adds the exchanges that frames of the batch cancel; what is no frame is left to who reads it. */
export function cancelledIn(batch: Uint8Array, ids: Set<number>): void {
  const view = viewOf(batch);
  let at = 0;
  while (at + HEADER <= view.byteLength) {
    if (view.getUint8(at + 4) === FRAME.CANCEL) {
      ids.add(view.getUint32(at + 16, true) + TWO_32 * view.getUint32(at + 20, true));
    }
    at += 4 + view.getUint32(at, true);
  }
}

function check(view: DataView, at: number, size: number): void {
  const head = view.getUint32(at + 24, true);
  if (head > MAX_HEAD || head > size - HEADER) {
    throw new BrokenLinkError(`the head of a frame has ${head} bytes, the frame ${size}`);
  }
  if (view.getUint8(at + 5) > PAYLOAD.BYTES) {
    throw new BrokenLinkError(`the payload of a frame is of kind ${view.getUint8(at + 5)}`);
  }
  if (view.getUint32(at + 20, true) >= 1 << 21) {
    throw new BrokenLinkError("the id of a frame has more than 53 bits");
  }
}

/** The size of a frame with its length field, from what the length field says. */
function checkedSize(length: number): number {
  const size = length + 4;
  if (size < HEADER || size > MAX_FRAME) {
    throw new BrokenLinkError(`a frame has ${size} bytes; it has ${HEADER} to ${MAX_FRAME}`);
  }
  return size;
}

/**
 * Makes batches of whole frames from a stream that is cut anywhere. What it holds is at most one
 * frame.
 */
export class FrameAssembler {
  #field = new Uint8Array(4);
  #frame: Uint8Array | undefined;
  #have = 0;

  /**
   * Takes a piece; calls back with each batch, which may share its memory.
   *
   * @throws BrokenLinkError when no frame can have such a length
   */
  push(piece: Uint8Array, onBatch: (batch: Uint8Array) => void): void {
    let rest = piece;
    while (rest.byteLength > 0) {
      if (this.#have === 0) {
        const whole = wholeFrames(rest);
        if (whole > 0) {
          onBatch(rest.subarray(0, whole));
          rest = rest.subarray(whole);
          continue;
        }
      }
      rest = this.#fill(rest, onBatch);
    }
  }

  /** Whether the stream would end within a frame. */
  get isPartial(): boolean {
    return this.#have > 0;
  }

  #fill(rest: Uint8Array, onBatch: (batch: Uint8Array) => void): Uint8Array {
    const into = this.#frame ?? this.#field;
    const count = Math.min(into.byteLength - this.#have, rest.byteLength);
    into.set(rest.subarray(0, count), this.#have);
    this.#have += count;
    if (this.#have === into.byteLength) {
      if (this.#frame === undefined) {
        const seen = new Uint8Array(into.byteLength + Math.min(rest.byteLength - count, MAX_SHOWN));
        seen.set(into);
        seen.set(rest.subarray(count, count + MAX_SHOWN), into.byteLength);
        this.#frame = new Uint8Array(sizeAt(seen, viewOf(seen), 0));
        this.#frame.set(into);
      } else {
        this.#frame = undefined;
        this.#have = 0;
        onBatch(into);
      }
    }
    return rest.subarray(count);
  }
}

/** So much of what is no frame is shown. */
const MAX_SHOWN = 120;

/** As {@link checkedSize}; what is no frame is shown if it is text, since then someone wrote it. */
function sizeAt(bytes: Uint8Array, view: DataView, at: number): number {
  try {
    return checkedSize(view.getUint32(at, true));
  } catch (error) {
    const end = Math.min(at + MAX_SHOWN, bytes.byteLength);
    const [line] = /^[\t -~]{4,}/.exec(textBytes(bytes).utf8Slice(at, end)) ?? [];
    throw line === undefined
      ? error
      : new BrokenLinkError(
          `${(error as Error).message}. It is text that something has written there: "${line}"`,
        );
  }
}

/** How many bytes at the begin are whole frames. */
function wholeFrames(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let at = 0;
  while (bytes.byteLength - at >= 4) {
    const size = sizeAt(bytes, view, at);
    if (size > bytes.byteLength - at) {
      break;
    }
    at += size;
  }
  return at;
}

/** What to read it as, where the kind is a number of this table. */
export function isKnown(kind: number): boolean {
  return KNOWN.has(kind);
}

const KNOWN: ReadonlySet<number> = new Set(Object.values(FRAME));

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function viewOfBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
