/** The part of the standard `WebSocket` that a client needs. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** Makes a connection: the standard `WebSocket`, or the class of a package such as `ws`. */
export type SocketClass = new (url: string) => SocketLike;

/** What browsers and Node.js have in common. Read when used, so that a test may replace it. */
interface Platform {
  readonly WebSocket?: SocketClass;
  readonly URL: new (
    url: string,
  ) => { protocol: string; readonly searchParams: { set(name: string, value: string): void } };
  setTimeout(task: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  queueMicrotask(task: () => void): void;
  atob(base64: string): string;
}

export const platform: Platform = globalThis as unknown as Platform;

/** Base64 as bytes. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(platform.atob(base64), (letter) => letter.charCodeAt(0));
}
