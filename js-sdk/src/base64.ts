import { codeAt, fromCodes, min, sliceText } from "./primordials.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD = 61;
const CHUNK = 6 * 1024; // a multiple of 3; its text fits into one call of fromCharCode

const codes: number[] = [];
const values: number[] = [];
for (let i = 0; i < 128; i++) {
  values[i] = -1;
}
for (let i = 0; i < ALPHABET.length; i++) {
  const code = codeAt(ALPHABET, i);
  codes[i] = code;
  values[code] = i;
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const length = bytes.length;
  let text = "";
  for (let start = 0; start < length; start += CHUNK) {
    text += encodeChunk(bytes, start, start + CHUNK);
  }
  return text;
}

function encodeChunk(bytes: Uint8Array, start: number, limit: number): string {
  const end = min(limit, bytes.length);
  const out: number[] = [];
  let at = 0;
  for (let i = start; i < end; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    out[at++] = codes[a >> 2] ?? PAD;
    out[at++] = codes[((a & 3) << 4) | (b >> 4)] ?? PAD;
    out[at++] = i + 1 < end ? (codes[((b & 15) << 2) | (c >> 6)] ?? PAD) : PAD;
    out[at++] = i + 2 < end ? (codes[c & 63] ?? PAD) : PAD;
  }
  return fromCodes(out);
}

/**
 * The bytes of standard base64 with padding.
 *
 * @throws TypeError for anything else
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let length = text.length;
  if (length % 4 !== 0) {
    throw new TypeError("base64 text has a length that is no multiple of 4");
  }
  while (length > text.length - 3 && codeAt(text, length - 1) === PAD) {
    length--;
  }
  const bytes = new Uint8Array((length * 3) >> 2);
  let at = 0;
  for (let i = 0; i < length; i += 4) {
    const bits =
      (digit(text, i, length) << 18) |
      (digit(text, i + 1, length) << 12) |
      (digit(text, i + 2, length) << 6) |
      digit(text, i + 3, length);
    bytes[at++] = bits >> 16;
    bytes[at++] = bits >> 8;
    bytes[at++] = bits;
  }
  return bytes;
}

function digit(text: string, index: number, length: number): number {
  if (index >= length) {
    return 0;
  }
  const value = values[codeAt(text, index)] ?? -1;
  if (value < 0) {
    throw new TypeError(`${sliceText(text, index, index + 1)} is no base64 digit`);
  }
  return value;
}
