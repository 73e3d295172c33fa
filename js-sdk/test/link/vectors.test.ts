import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FrameReader, FrameWriter, isKnown } from "../../src/link/codec.js";
import { BrokenLinkError, type OutgoingPayload, PAYLOAD } from "../../src/link/frames.js";

interface Vector {
  readonly name: string;
  readonly kind: number;
  readonly payloadKind: number;
  readonly flags: number;
  readonly target: number;
  readonly remainingMs: number;
  readonly id: number;
  readonly head: string;
  readonly payloadHex: string;
  readonly hex: string;
}

/** The node's own test reads the same file. */
const vectors = JSON.parse(
  readFileSync(new URL("../../../native/vectors/frames.json", import.meta.url), "utf8"),
) as {
  readonly frames: readonly Vector[];
  readonly broken: readonly { readonly name: string; readonly hex: string }[];
  readonly unknown: readonly { readonly name: string; readonly hex: string }[];
};

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

function payloadOf({ payloadKind, payloadHex }: Vector): OutgoingPayload | undefined {
  const bytes = bytesOf(payloadHex);
  switch (payloadKind) {
    case PAYLOAD.NONE:
      return undefined;
    case PAYLOAD.BYTES:
      return [PAYLOAD.BYTES, bytes];
    default:
      return [payloadKind as 1 | 2, Buffer.from(bytes).toString("utf8")];
  }
}

test.each(vectors.frames)("$name is written as the node writes it", (vector) => {
  const writer = new FrameWriter();
  writer.write({ ...vector, payload: payloadOf(vector) });
  expect(Buffer.from(writer.take()).toString("hex")).toBe(vector.hex);
});

test.each(vectors.frames)("$name is read as the node reads it", (vector) => {
  const frame = new FrameReader(bytesOf(vector.hex)).next();
  const { kind, payloadKind, flags, target, remainingMs, id, head } = vector;
  expect(frame).toMatchObject({ kind, payloadKind, flags, target, remainingMs, id, head });
  expect(Buffer.from(frame?.payloadBytes ?? new ArrayBuffer(0)).toString("hex")).toBe(
    vector.payloadHex,
  );
});

test.each(vectors.broken)("$name is broken here, too", ({ hex }) => {
  expect(() => new FrameReader(bytesOf(hex)).next()).toThrow(BrokenLinkError);
});

test.each(vectors.unknown ?? [])("$name is unknown here, too", ({ hex }) => {
  expect(isKnown(new FrameReader(bytesOf(hex)).next()?.kind ?? 0)).toBe(false);
});
