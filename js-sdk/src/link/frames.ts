// What a frame is: docs/link.md has the same tables.

/** The version of the contract; both sides have to speak the same. */
export const PROTOCOL = 1;

/** The largest frame, and the largest head in one. */
export const MAX_FRAME: number = 64 << 20;
export const MAX_HEAD: number = 1 << 20;

/** What lies before the head, the length field included. */
export const HEADER = 28;

/** What a frame says. */
export const FRAME = {
  HELLO: 1,
  RESULT: 2,
  ERROR: 3,
  CANCEL: 4,
  DRAINED: 5,
  BYE: 6,
  FATAL: 7,
  RAN: 8,
  CONFIGURE: 16,
  ADD_SERVICE: 17,
  REMOVE_SERVICE: 18,
  START: 19,
  STOP: 20,
  REQUEST: 21,
  STREAM: 22,
  PUBLISH: 23,
  SUBSCRIBE: 24,
  UNSUBSCRIBE: 25,
  ON: 26,
  CLEAR_RETAINED: 27,
  LOG: 28,
  TOPIC: 29,
  WRITE: 30,
  SEND: 31,
  CLOSE_SESSION: 32,
  JOIN: 33,
  LEAVE: 34,
  SEND_TO_GROUP: 35,
  IDENTIFY: 36,
  INVOKE: 48,
  EVENT: 49,
  STEP: 50,
  ACCEPT: 51,
  OPEN: 52,
  MESSAGE: 53,
  CLOSED: 54,
  WRITABLE: 55,
  TOPIC_DROPPED: 56,
  ITEMS: 64,
  END: 65,
  ROOM: 66,
  STOP_ITEMS: 67,
} as const;

/** How the payload is to be read. */
export const PAYLOAD = { NONE: 0, JSON: 1, RICH: 2, BYTES: 3 } as const;

/** Bits of a frame's flags; what INPUT says is about the items of the caller. */
export const FLAG = { END: 1, INPUT: 2 } as const;

/** The flag of INVOKE: the answer is a stream. With INPUT the caller sends items, too. */
export const STREAMS = 1;

/** The flag of RESULT: the call was cancelled before it began, and has not. */
export const NOT_BEGUN = 1;

/** The flag of CANCEL: not its caller has given it up, its time is over. */
export const IS_LATE = 1;

/** The flag of WRITABLE. */
export const TAKES_MESSAGES = 1;

/** What is written; what is absent is zero, and there is no head or payload. */
export interface OutgoingFrame {
  readonly kind: number;
  readonly flags?: number;
  readonly target?: number;
  readonly remainingMs?: number;
  readonly id?: number;
  /** JSON text of an object. */
  readonly head?: string | undefined;
  readonly payload?: OutgoingPayload | undefined;
}

/** A payload on its way out: text of JSON or rich text, or bytes. */
export type OutgoingPayload =
  | readonly [kind: 1 | 2, text: string]
  | readonly [kind: 3, bytes: ArrayBuffer | ArrayBufferView];

/** The row of bytes is not a row of frames: what follows cannot be trusted either. */
export class BrokenLinkError extends Error {
  static {
    Object.defineProperty(BrokenLinkError.prototype, "name", { value: "BrokenLinkError" });
  }
}
