import type { Encoded } from "./host.js";
import {
  ArrayPrototype,
  is,
  isArray,
  isFinite,
  keysOf,
  ObjectPrototype,
  prototypeOf,
  stringify,
  typedArrayName,
  Uint8Array,
} from "./primordials.js";
import { bytesOf, MAX_DEPTH, Writer } from "./writer.js";

/**
 * The value as it crosses: scalars as they are, a `Uint8Array` as its bytes, plain JSON as its
 * text, anything else as rich text (docs/protocol.md, "Values"). Nothing of the value is shared
 * with the receiver.
 *
 * @throws UnsupportedValueError naming the path inside the value, for what cannot cross
 */
export function encode(value: unknown): Encoded {
  switch (typeof value) {
    case "string":
    case "boolean":
      return ["value", value];
    case "number":
      if (isFinite(value) && !is(value, -0)) {
        return ["value", value];
      }
      break;
    case "object":
      if (value === null) {
        return ["value", null];
      }
      if (value instanceof Uint8Array && typedArrayName(value) === "Uint8Array") {
        return ["bytes", bytesOf(value)];
      }
      try {
        if (isPlain(value, 0)) {
          return ["json", stringify(value)];
        }
      } catch {
        // a getter or a Proxy threw: the writer meets it again and can say where
      }
      break;
  }
  const writer = new Writer();
  const text = writer.text(value);
  return [writer.isRich ? "rich" : "json", text];
}

/** The value as text that {@link decodeRich} reads back, whatever its kind. */
export function richText(value: unknown): string {
  return new Writer().text(value);
}

/** JSON.stringify says all there is to say about the value. Any doubt is a no. */
function isPlain(value: object, depth: number): boolean {
  // An own or inherited toJSON, even on the built-in prototypes, is for the writer.
  if (depth > MAX_DEPTH || (value as { readonly toJSON?: unknown }).toJSON !== undefined) {
    return false;
  }
  if (isArray(value)) {
    if (prototypeOf(value) !== ArrayPrototype) {
      return false;
    }
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (item !== undefined && !isPlainPart(item, depth)) {
        return false;
      }
    }
    return true;
  }
  const prototype = prototypeOf(value);
  if (prototype !== ObjectPrototype && prototype !== null) {
    return false;
  }
  const keys = keysOf(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (key === "$") {
      return false;
    }
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item !== undefined && !isPlainPart(item, depth)) {
      return false;
    }
  }
  return true;
}

function isPlainPart(item: unknown, depth: number): boolean {
  switch (typeof item) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return isFinite(item) && !is(item, -0);
    case "object":
      return item === null || isPlain(item, depth + 1);
    default:
      return false;
  }
}
