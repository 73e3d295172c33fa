// What the addon exports. The manual is section 4 of c/runar_native.h.

/** `reservedBytes` is `maxBytes` where it is absent. Both hold for each way. */
export interface Limits {
  readonly maxBytes?: number;
  readonly reservedBytes?: number;
}

/** Frames, but for the last. */
export interface WayStats {
  readonly accepted: number;
  readonly delivered: number;
  readonly refused: number;
  readonly reservedRefused: number;
  readonly discarded: number;
  readonly waitingBytes: number;
}

export interface LinkStats {
  readonly toJs: WayStats;
  readonly toJava: WayStats;
  readonly rings: number;
}

/** 0 taken, 1 full, 2 closed, 3 never fits, 4 no memory. */
export type SendStatus = 0 | 1 | 2 | 3 | 4;

export interface RunarNative {
  readonly abiVersion: number;
  boot(libjvm: string, options: readonly string[], mainClass: string): Promise<undefined>;
  open(doorbell: () => void, limits?: Limits): number;
  send(handle: number, bytes: Uint8Array, length: number, reserved?: boolean): SendStatus;
  /** Frames, or the exit code of Java, or nothing. */
  drain(handle: number, maxBytes?: number): Uint8Array | number | undefined;
  ref(handle: number): undefined;
  unref(handle: number): undefined;
  /** How many frames from Java are dropped. */
  close(handle: number): number;
  stats(handle: number): LinkStats | undefined;
  /** How many frames waited in open links. */
  shutdown(code: number, ms?: number): number;
}
