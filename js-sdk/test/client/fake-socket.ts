import type { SocketClass, SocketLike } from "runar-ts/client";

/** A connection whose other end is the test. */
export class FakeSocket implements SocketLike {
  binaryType = "";
  bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly url: string;
  /** Frames that the client has sent, parsed; bytes as they are. */
  readonly sent: unknown[] = [];
  isClosed = false;

  constructor(url: string) {
    this.url = url;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : [...data]);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The node accepts. */
  open(): void {
    this.onopen?.(undefined as never);
  }

  /** The node says something; objects go as JSON. */
  says(...frames: (object | Uint8Array)[]): void {
    for (const frame of frames) {
      const data = frame instanceof Uint8Array ? frame.slice().buffer : JSON.stringify(frame);
      this.onmessage?.({ data } as never);
    }
  }

  /** The node, or the network, ends it. */
  ends(code = 1006, reason = ""): void {
    this.onclose?.({ code, reason } as never);
  }

  /** What was sent since the last call. */
  taken(): unknown[] {
    return this.sent.splice(0);
  }
}

/** A class of connections, and those that were made of it. */
export function sockets(): { readonly Socket: SocketClass; readonly all: FakeSocket[] } {
  const all: FakeSocket[] = [];
  class Socket extends FakeSocket {
    constructor(url: string) {
      super(url);
      all.push(this);
    }
  }
  return { Socket, all };
}
