import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

/** A client of a raw WebSocket path: Node.js 20 has none of its own. Short messages only. */
export class RawSocket {
  readonly received: (string | Buffer)[] = [];
  closed: number | undefined;
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #onChange: () => void = () => {};

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    socket.on("data", (piece) => this.#read(piece));
    this.#read(head);
  }

  /** Resolves to the client, or to the status that it was refused with. */
  static open(url: string): Promise<RawSocket | number> {
    return new Promise((resolve, reject) => {
      const headers = {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
      };
      const asking = request(url, { headers });
      asking.on("upgrade", (_, socket, head) => resolve(new RawSocket(socket, head)));
      asking.on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asking.on("error", reject);
      asking.end();
    });
  }

  send(data: string | Uint8Array): void {
    this.#write(typeof data === "string" ? 1 : 2, Buffer.from(data as string));
  }

  close(code: number): void {
    const data = Buffer.alloc(2);
    data.writeUInt16BE(code);
    this.#write(8, data);
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Leaves without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Waits until so much was received, or it is closed. */
  async until(count: number): Promise<void> {
    while (this.received.length < count && this.closed === undefined) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  #write(opcode: number, data: Buffer): void {
    const mask = randomBytes(4);
    const masked = Buffer.from(data.map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
    this.#socket.write(
      Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | data.length]), mask, masked]),
    );
  }

  #read(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (;;) {
      const [first = 0, short = 0] = this.#rest;
      const head = short === 126 ? 4 : 2;
      if (this.#rest.length < head) {
        return;
      }
      const length = short === 126 ? this.#rest.readUInt16BE(2) : short;
      if (this.#rest.length < head + length) {
        return;
      }
      const data = this.#rest.subarray(head, head + length);
      this.#rest = this.#rest.subarray(head + length);
      this.#take(first & 15, data);
    }
  }

  #take(opcode: number, data: Buffer): void {
    if (opcode === 1 || opcode === 2) {
      this.received.push(opcode === 1 ? data.toString() : Buffer.from(data));
    } else if (opcode === 8) {
      this.closed = data.length >= 2 ? data.readUInt16BE(0) : 1005;
      this.#socket.end();
    }
    this.#onChange();
  }
}
