/**
 * What became of a batch. `FULL`: nothing happened, and {@link Receiver.room} will be called when
 * there is room. `CLOSED`: nothing happened and nothing will.
 */
export type Sent = "OK" | "FULL" | "CLOSED";

/** Why nothing comes any more. */
export interface LinkEnd {
  /** For whoever still waits. */
  readonly message: string;
  /** With which the program is to end, too; absent: it goes on. */
  readonly exitCode?: number;
}

/** What hears of a transport; called from within a call of it only where that says so. */
export interface Receiver {
  /** Whole frames; the bytes are the receiver's as long as it looks at them. */
  onBatch(batch: Uint8Array): void;
  /** As `onBatch`, within {@link Transport.last} or {@link Transport.shutdown}. */
  onLast(batch: Uint8Array): void;
  /** After `FULL`. */
  onRoom(): void;
  /** Once; nothing else is called after it. */
  onEnd(end: LinkEnd): void;
}

/** Carries batches of frames between this program and one node, in order, each once. */
export interface Transport {
  /** How often something had come that this side was not told of; absent: that cannot be. */
  readonly lateDrains?: number;
  /**
   * Once, before anything else. May take a while: until then everything is `FULL`.
   *
   * @throws Error if it cannot be had; then nobody is told of anything
   */
  start(receiver: Receiver): void;
  /** Copies the batch. */
  send(batch: Uint8Array): Sent;
  /** No more batches until {@link resume}, beside those that are on their way. */
  hold(): void;
  resume(): void;
  /** The program goes on while the node does. */
  ref(): void;
  /** The program may end. */
  unref(): void;
  /** Ends it: the node is told, and ends its side. Repeatable. */
  close(): void;

  // When the program ends, or the worker; absent where there is nothing to do.

  /** Whether what was sent gets there all the same. */
  readonly outlives?: boolean;
  /** Hands over what has come. */
  last?(): void;
  /**
   * Ends what is to end with the program, and hands over what that leaves. Returns how many batches
   * were sent and not taken.
   */
  shutdown?(code: number): number;
}
