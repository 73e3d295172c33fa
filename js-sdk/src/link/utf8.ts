// UTF-8 in place. Node.js and Bun have a Buffer, which is several times as fast for short texts as
// the standard's TextEncoder; neither is in the types of this SDK.

interface NodeBuffer extends Uint8Array {
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
}

interface Platform {
  readonly Buffer: {
    from(buffer: ArrayBufferLike, offset: number, length: number): NodeBuffer;
    byteLength(text: string, encoding: "utf8"): number;
  };
}

const { Buffer } = globalThis as unknown as Platform;

/** Bytes with methods for text; the same memory. */
export type TextBytes = NodeBuffer;

export function textBytes(bytes: Uint8Array): TextBytes {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** How many bytes a text takes; not more than three times its length. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
