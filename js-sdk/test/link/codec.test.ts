import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Frame, FrameAssembler, FrameReader, FrameWriter } from "../../src/link/codec.js";
import {
  BrokenLinkError,
  FRAME,
  HEADER,
  MAX_FRAME,
  MAX_HEAD,
  type OutgoingFrame,
} from "../../src/link/frames.js";
import { VERSION } from "../../src/link/version.js";

function written(...frames: OutgoingFrame[]): Uint8Array {
  const writer = new FrameWriter();
  for (const frame of frames) {
    writer.write(frame);
  }
  return writer.take();
}

function read(batch: Uint8Array): Frame[] {
  const reader = new FrameReader(batch);
  const frames: Frame[] = [];
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    frames.push(frame);
  }
  return frames;
}

function shown(frame: Frame): unknown {
  const { kind, payloadKind, flags, target, remainingMs, id, head, payloadText } = frame;
  return { kind, payloadKind, flags, target, remainingMs, id, head, payloadText };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("a frame", () => {
  test("is laid out as docs/link.md says", () => {
    const bytes = written({
      kind: FRAME.INVOKE,
      flags: 2,
      target: 7,
      remainingMs: 500,
      id: 4,
      head: '{"a":1}',
      payload: [2, "é"],
    });
    expect(hex(bytes)).toBe(
      "21000000" + // 33 bytes follow
        "30020200" + // INVOKE, rich text, INPUT
        "07000000" +
        "f4010000" +
        "0400000000000000" +
        "07000000" +
        "7b2261223a317d" +
        "c3a9",
    );
  });

  test("comes back as it was written", () => {
    const text = "é😀 ".repeat(9_000);
    const frames = read(
      written(
        { kind: FRAME.BYE },
        { kind: FRAME.RESULT, id: 2 ** 53 - 1, payload: [1, "[1,2]"] },
        { kind: FRAME.ITEMS, id: 3, flags: 2, target: 2, payload: [2, text] },
        { kind: FRAME.LOG, head: '{"message":"\u0000"}' },
      ),
    );
    const none = { payloadKind: 0, flags: 0, target: 0, remainingMs: 0, id: 0, head: "" };
    expect(frames.map(shown)).toEqual([
      { ...none, kind: 6, payloadText: "" },
      { ...none, kind: 2, payloadKind: 1, id: 2 ** 53 - 1, payloadText: "[1,2]" },
      { ...none, kind: 64, payloadKind: 2, flags: 2, target: 2, id: 3, payloadText: text },
      { ...none, kind: 28, head: '{"message":"\u0000"}', payloadText: "" },
    ]);
  });

  test("carries a copy of its bytes", () => {
    const packet = new Uint8Array([9, 1, 2, 3]);
    const [frame] = read(written({ kind: FRAME.WRITE, payload: [3, packet.subarray(1)] }));
    packet.fill(0);
    const bytes = frame?.payloadBytes as ArrayBuffer;
    expect([...new Uint8Array(bytes)]).toEqual([1, 2, 3]);
    expect(bytes.byteLength).toBe(3); // and nothing beside them
  });

  test("that is too large is refused, and what was written before is whole", () => {
    const writer = new FrameWriter();
    writer.write({ kind: FRAME.BYE });
    const large = new Uint8Array(MAX_FRAME - HEADER + 1);
    expect(() => writer.write({ kind: FRAME.WRITE, payload: [3, large] })).toThrow(
      expect.objectContaining({ code: "TOO_LARGE" }),
    );
    const head = JSON.stringify("x".repeat(MAX_HEAD));
    expect(() => writer.write({ kind: FRAME.LOG, head })).toThrow(
      expect.objectContaining({ code: "TOO_LARGE" }),
    );
    writer.write({ kind: FRAME.WRITE, payload: [3, large.subarray(1)] });
    expect(read(writer.take()).map(({ kind }) => kind)).toEqual([FRAME.BYE, FRAME.WRITE]);
  });
});

describe("a batch", () => {
  const good = written({ kind: FRAME.RESULT, id: 1, head: '{"a":1}', payload: [1, "true"] });

  test("that is cut off, or lies about a length, is broken", () => {
    for (let length = 1; length < good.length; length++) {
      expect(() => read(good.slice(0, length)), `${length} bytes`).toThrow(BrokenLinkError);
    }
    const lies: [at: number, value: number][] = [
      [0, 0],
      [0, 23],
      [0, MAX_FRAME - 3],
      [0, 0xffffffff],
      [24, 12],
      [24, MAX_HEAD + 1],
      [24, 0xffffffff],
      [20, 1 << 21],
    ];
    for (const [at, value] of lies) {
      const bad = good.slice();
      new DataView(bad.buffer).setUint32(at, value, true);
      expect(() => read(bad), `${value} at ${at}`).toThrow(BrokenLinkError);
    }
    const bad = good.slice();
    bad[5] = 4;
    expect(() => read(bad)).toThrow(/kind 4/);
  });

  test("of any bytes is read or refused, and nothing else", () => {
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed % below;
    };
    let broken = 0;
    for (let round = 0; round < 5_000; round++) {
      const bytes = written(
        { kind: FRAME.EVENT, id: 2, head: '{"id":1}', payload: [1, '"x"'] },
        { kind: FRAME.RESULT, id: 4, payload: [3, new Uint8Array(random(64))] },
      );
      for (let change = random(4); change >= 0; change--) {
        bytes[random(bytes.length)] = random(256);
      }
      try {
        for (const frame of read(bytes.slice(0, bytes.length - random(3)))) {
          expect(frame.size).toBeGreaterThanOrEqual(HEADER);
          expect(frame.payloadText.length).toBeLessThanOrEqual(frame.size);
          expect(frame.id).toBeLessThan(2 ** 53);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(BrokenLinkError);
        broken++;
      }
    }
    expect(broken).toBeGreaterThan(1_000);
  });
});

describe("a stream that is cut anywhere", () => {
  const bytes = written(
    { kind: FRAME.BYE },
    { kind: FRAME.RESULT, id: 1, payload: [1, `"${"x".repeat(100)}"`] },
    { kind: FRAME.WRITE, target: 1, payload: [3, new Uint8Array(300)] },
    { kind: FRAME.END, id: 3 },
  );

  test.each([1, 2, 3, 5, 28, 29, 150, 1_000])("in pieces of %i bytes gives its frames", (size) => {
    const assembler = new FrameAssembler();
    const kinds: number[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      assembler.push(bytes.slice(at, at + size), (batch) =>
        kinds.push(...read(batch).map(({ kind }) => kind)),
      );
    }
    expect(kinds).toEqual([FRAME.BYE, FRAME.RESULT, FRAME.WRITE, FRAME.END]);
    expect(assembler.isPartial).toBe(false);
  });

  test("with a length that no frame has is broken at once", () => {
    const assembler = new FrameAssembler();
    const text = new TextEncoder().encode("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\n");
    expect(() => assembler.push(text, () => undefined)).toThrow(BrokenLinkError);
  });
});

test("the version is the package's", () => {
  const file = new URL("../../package.json", import.meta.url);
  expect(VERSION).toBe(JSON.parse(readFileSync(file, "utf8")).version);
});
