import { type Frame, FrameReader, FrameWriter } from "../../src/link/codec.js";
import { FRAME, type OutgoingFrame } from "../../src/link/frames.js";
import { LinkHost } from "../../src/link/link-host.js";
import type { Receiver, Sent, Transport } from "../../src/link/transport.js";

/** The other end of a link, in memory: a test says what the node does. */
export class Peer implements Transport {
  /** What has come and was not looked at. */
  readonly came: Frame[] = [];
  readonly host: LinkHost = new LinkHost(
    () => this,
    (run) => {
      this.exit = run;
    },
  );
  /** The program ends. */
  exit: (code: number) => void = () => {};
  /** As of a worker. */
  outlives = false;
  /** What has come when the program ends, and what Java leaves then. */
  readonly unread: OutgoingFrame[] = [];
  readonly left: OutgoingFrame[] = [];
  /** Batches that were sent for nothing. */
  untaken = 0;
  /** What `send` answers. */
  answer: Sent = "OK";
  lateDrains = 0;
  isReferenced = false;
  isClosed = false;
  isHeld = false;
  #receiver: Receiver | undefined;
  #onFrame: (() => void) | undefined;
  #nextId = 2;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  send(batch: Uint8Array): Sent {
    if (this.answer === "OK") {
      const reader = new FrameReader(new Uint8Array(batch));
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        this.came.push(frame);
      }
      this.#onFrame?.();
    }
    return this.answer;
  }

  hold(): void {
    this.isHeld = true;
  }

  resume(): void {
    this.isHeld = false;
  }

  ref(): void {
    this.isReferenced = true;
  }

  unref(): void {
    this.isReferenced = false;
  }

  close(): void {
    this.isClosed = true;
  }

  last(): void {
    this.#handOver(this.unread);
  }

  shutdown(): number {
    this.#handOver(this.left);
    return this.untaken;
  }

  #handOver(frames: OutgoingFrame[]): void {
    this.#receiver?.onLast(batchOf(frames.splice(0)));
  }

  /** There is room again. */
  room(): void {
    this.answer = "OK";
    this.#receiver?.onRoom();
  }

  end(message: string): void {
    this.#receiver?.onEnd({ message });
  }

  /** Frames of the node, in one batch. */
  post(...frames: OutgoingFrame[]): void {
    this.raw(batchOf(frames));
  }

  raw(batch: Uint8Array): void {
    this.#receiver?.onBatch(batch);
  }

  /** An id of the node's own. */
  id(): number {
    const id = this.#nextId;
    this.#nextId += 2;
    return id;
  }

  /** The next frame of a kind; those before it are passed over. */
  async next(kind: number): Promise<Frame> {
    for (;;) {
      const at = this.came.findIndex((frame) => frame.kind === kind);
      if (at >= 0) {
        return this.came.splice(0, at + 1).at(-1) as Frame;
      }
      await new Promise<void>((resolve) => {
        this.#onFrame = resolve;
      });
    }
  }

  /** Everything that is on its way has come, however many turns that took. */
  async settled(): Promise<Frame[]> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.isHeld);
    return this.came.splice(0);
  }

  /** A configured host whose node has said yes. */
  async configured(config: object = {}): Promise<LinkHost> {
    const network = this.host.configure(JSON.stringify(config));
    const { id } = await this.next(FRAME.CONFIGURE);
    this.post({ kind: FRAME.RESULT, id, head: JSON.stringify({ networkId: network }) });
    return this.host;
  }
}

function batchOf(frames: readonly OutgoingFrame[]): Uint8Array {
  const writer = new FrameWriter();
  for (const frame of frames) {
    writer.write(frame);
  }
  return writer.take();
}

export const kinds = (frames: readonly Frame[]): number[] => frames.map(({ kind }) => kind);
