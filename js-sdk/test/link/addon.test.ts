import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Addon, AddonTransport, type Quirks, quirksOf } from "../../src/link/addon.js";
import { FrameWriter } from "../../src/link/codec.js";
import { exitCode } from "../../src/link/exit.js";
import { FRAME } from "../../src/link/frames.js";
import { explained } from "../../src/link/load-addon.js";
import type { LinkEnd, Receiver } from "../../src/link/transport.js";

/** How many the SDK has begun: the test runner has others. */
const immediates = vi.hoisted(() => ({ begun: 0 }));

/** What the SDK takes for the time: a busy machine does not end a turn. */
const clock = vi.hoisted(() => ({ ms: 0 }));

vi.mock(import("../../src/link/program.js"), async (original) => {
  const real = await original();
  const setImmediate = (callback: () => void): unknown => {
    immediates.begun++;
    return real.setImmediate(callback);
  };
  return { ...real, setImmediate, now: () => clock.ms };
});

/** Stands for the addon: native/test has the real one. */
class Bridge implements Addon {
  doorbell: () => void = () => {};
  readonly waiting: (Uint8Array | number | Error)[] = [];
  readonly sent: Uint8Array[] = [];
  status = 0;
  /** So many batches have room. */
  room = 1_000;
  isReferenced = false;
  isClosed = false;

  readonly abiVersion = 1;
  large: boolean[] = [];

  async boot(): Promise<undefined> {}

  open(doorbell: () => void): number {
    this.doorbell = doorbell;
    return 65_537;
  }

  send(_handle: number, bytes: Uint8Array, length: number, reserved: boolean): number {
    if (this.status === 0 && --this.room < 0) {
      return 1;
    }
    if (this.status === 0) {
      this.large.push(reserved);
      this.sent.push(new Uint8Array(bytes.subarray(0, length)));
    }
    return this.status;
  }

  drain(): Uint8Array | number | undefined {
    const next = this.waiting.shift();
    if (next instanceof Error) {
      throw next;
    }
    return next;
  }

  ref(): undefined {
    this.isReferenced = true;
  }

  unref(): undefined {
    this.isReferenced = false;
  }

  close(): number {
    this.isClosed = true;
    return 0;
  }

  stats() {
    return { toJava: { accepted: 9, delivered: 5, discarded: 1 } };
  }

  shutdown(): number {
    return 0;
  }
}

const BATCH = (() => {
  const writer = new FrameWriter();
  writer.write({ kind: FRAME.BYE });
  return writer.take();
})();

function framed(...sizes: readonly number[]): Uint8Array {
  const writer = new FrameWriter();
  for (const size of sizes) {
    writer.write({ kind: FRAME.RESULT, id: 2, payload: [3, new Uint8Array(size)] });
  }
  return writer.take();
}

let bridge: Bridge;
let batches: number;
let rooms: number;
let lasts: number;
let ends: LinkEnd[];
let onBatch: () => void;

beforeEach(() => {
  bridge = new Bridge();
  [batches, rooms, lasts, ends] = [0, 0, 0, []];
  onBatch = () => {};
});

const open: AddonTransport[] = [];

afterEach(() => {
  for (const transport of open.splice(0)) {
    transport.close();
  }
});

const NODE = quirksOf({}, false);
/** Rings in turns of their own; frames are never looked for, since when that is depends on the time. */
const BUN: Quirks = { ...quirksOf({ bun: "1.4.0" }, false), pollMs: 0 };

function started(
  quirks = NODE,
  end: ((code: number) => void) | undefined = () => undefined,
): AddonTransport {
  const transport = new AddonTransport(bridge, quirks, end);
  open.push(transport);
  const receiver: Receiver = {
    onBatch: () => {
      batches++;
      onBatch();
    },
    onLast: () => lasts++,
    onRoom: () => rooms++,
    onEnd: (end) => ends.push(end),
  };
  transport.start(receiver);
  return transport;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a ring drains what there is; on Bun in a turn of its own", async () => {
  started();
  bridge.waiting.push(BATCH, BATCH);
  bridge.doorbell();
  expect(batches).toBe(2);
  bridge.doorbell(); // for nothing
  expect(batches).toBe(2);
  bridge = new Bridge();
  started(BUN);
  bridge.waiting.push(BATCH);
  bridge.doorbell();
  expect(batches).toBe(2);
  await turn();
  expect(batches).toBe(3);
});

test("Bun loses rings, so it is looked for frames, and late ones are counted", async () => {
  expect(quirksOf({ bun: "1.3.9" }, false)).toEqual({ pollMs: 2, ringsInside: true });
  expect(quirksOf({ bun: "1.4.0" }, false)).toEqual({ pollMs: 50, ringsInside: true });
  expect(quirksOf({ bun: "1.4.0" }, true)).toEqual({ pollMs: 2, ringsInside: true });
  expect(quirksOf({ node: "20.0.0" }, true)).toEqual({ pollMs: 0, ringsInside: false });
  const transport = started(quirksOf({ bun: "1.2.0" }, false));
  bridge.waiting.push(BATCH);
  await vi.waitFor(() => expect(batches).toBe(1), 15_000);
  expect(transport.lateDrains).toBe(1);
});

test("a flood is drained in turns of a few milliseconds", async () => {
  started();
  onBatch = () => {
    clock.ms += 1;
  };
  for (let i = 0; i < 30; i++) {
    bridge.waiting.push(BATCH);
  }
  bridge.doorbell();
  expect(batches).toBe(8);
  while (batches < 30) {
    await turn();
  }
});

test("on Bun no immediate waits while there is a flood: an uncaught exception would not end", async () => {
  started(BUN);
  onBatch = () => {
    clock.ms += 10;
  };
  bridge.waiting.push(BATCH, BATCH);
  const before = immediates.begun;
  bridge.doorbell();
  expect(immediates.begun).toBe(before + 1); // what was rung is drained soon
  await turn();
  expect(batches).toBe(1);
  await vi.waitFor(() => expect(batches).toBe(2), 15_000);
  expect(immediates.begun).toBe(before + 1);
});

test("an exit code is a number, whatever exit() was given", () => {
  expect([3, -1, "3", undefined, 0xc0000005].map(exitCode)).toEqual([3, -1, 3, 0, -1073741819]);
});

test("while it is held nothing is drained", async () => {
  const transport = started();
  onBatch = () => transport.hold();
  bridge.waiting.push(BATCH, BATCH);
  bridge.doorbell();
  bridge.doorbell();
  expect(batches).toBe(1);
  transport.resume();
  await turn();
  expect(batches).toBe(2);
});

test("what the addon answers to a batch, and the ring that says there is room", async () => {
  const transport = started();
  expect(transport.send(BATCH)).toBe("OK");
  expect(transport.send(framed(8 << 20))).toBe("OK");
  expect(bridge.large).toEqual([false, true]);
  bridge.status = 1;
  expect(transport.send(BATCH)).toBe("FULL");
  bridge.doorbell();
  bridge.doorbell();
  expect(rooms).toBe(1);
  bridge.status = 2;
  expect(transport.send(BATCH)).toBe("CLOSED");
  bridge.status = 3;
  expect(transport.send(BATCH)).toBe("CLOSED");
  expect(ends).toEqual([]); // not within the call
  await turn();
  expect(ends[0]?.message).toMatch(/too large for the addon/);
});

test("a large batch goes in pieces of whole frames, and what has no room goes first then", () => {
  const transport = started();
  const batch = framed(3 << 20, 3 << 20, 3 << 20, 9 << 20, 10);
  bridge.room = 2;
  expect(transport.send(batch)).toBe("OK");
  expect(bridge.sent.map((piece) => piece.byteLength >> 20)).toEqual([6, 3]);
  expect(transport.send(BATCH)).toBe("FULL");
  bridge.room = 0;
  bridge.doorbell(); // there is none yet
  expect([bridge.sent.length, rooms]).toEqual([2, 0]);
  bridge.room = 9;
  bridge.doorbell();
  expect(rooms).toBe(1);
  expect(transport.send(BATCH)).toBe("OK");
  expect(bridge.large).toEqual([false, false, true, false, false]);
  expect(Buffer.compare(Buffer.concat(bridge.sent.slice(0, 4)), batch)).toBe(0);
  expect(bridge.sent[4]).toEqual(BATCH);
});

test("memory that is short is asked for again", async () => {
  const transport = started();
  bridge.status = 4;
  expect(transport.send(BATCH)).toBe("FULL");
  await turn();
  expect(rooms).toBe(1);
});

test("the ends of the Java machine", () => {
  started();
  bridge.waiting.push(BATCH, 5);
  bridge.doorbell();
  expect([batches, ends]).toEqual([
    1,
    [{ message: "the Java machine has ended: exit code 5", exitCode: 5 }],
  ]);
  bridge = new Bridge();
  started();
  bridge.waiting.push(new Error("the pump has died: OutOfMemoryError"));
  bridge.doorbell();
  expect(ends[1]).toEqual({ message: "the pump has died: OutOfMemoryError" });
});

test("when the program ends, what has come is handed over for printing, then what Java leaves", () => {
  const codes: number[] = [];
  const transport = started(NODE, (code) => {
    codes.push(code, lasts);
    bridge.waiting.push(BATCH);
  });
  expect(transport.outlives).toBe(false);
  bridge.waiting.push(BATCH, BATCH);
  transport.last();
  expect(transport.shutdown(7)).toBe(3);
  expect([batches, lasts, codes]).toEqual([0, 3, [7, 2]]);
});

test("what a worker has sent gets there though the worker ends", () => {
  const worker = new AddonTransport(bridge, quirksOf({}, false), undefined);
  expect([worker.outlives, worker.shutdown(7)]).toEqual([true, 0]);
});

test("a link that is closed is not drained and takes nothing", () => {
  const transport = started();
  transport.ref();
  expect(bridge.isReferenced).toBe(true);
  transport.close();
  transport.close();
  bridge.waiting.push(BATCH);
  bridge.doorbell();
  expect([batches, transport.send(BATCH), bridge.isClosed]).toEqual([0, "CLOSED", true]);
});

test.each([
  [
    "ERR_JVM_CREATE",
    "the Java machine /jdk/libjvm.so did not start: no such option\n",
    "the Java machine /jdk/libjvm.so did not start: no such option\nIts options are in ",
  ],
  [
    "ERR_JVM_CREATE",
    "no memory",
    "the Java machine /jdk/libjvm.so did not start: no memory\nIts options are in ",
  ],
  [
    "ERR_JVM_LOAD",
    "the Java machine could not be loaded: cut off",
    "the Java machine could not be loaded: cut off\nSet RUNAR_JAVA_HOME to ",
  ],
  [
    "ERR_JVM_LOAD",
    "/jdk/libjvm.so is no Java machine",
    "the Java machine does not load: /jdk/libjvm.so is no Java machine\nSet RUNAR_JAVA_HOME to ",
  ],
])("what does not begin says once what it is: %s, %s", (code, message, wanted) => {
  expect(explained({ code, message }, "/jdk/libjvm.so").slice(0, wanted.length)).toBe(wanted);
});
