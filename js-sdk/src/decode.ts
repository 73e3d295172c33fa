import { fromBase64 } from "./base64.js";
import { errorOf, isErrorCode } from "./errors.js";
import type { Kind } from "./host.js";
import {
  BigInt,
  DataView,
  Date,
  defineProperty,
  Error,
  hasOwn,
  isArray,
  keysOf,
  Map,
  mapSet,
  parse,
  RegExp,
  Set,
  setAdd,
  stringify,
  Uint8Array,
} from "./primordials.js";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The value that {@link encode} was given, made of this context's own objects.
 *
 * @throws TypeError for text that no encoder wrote
 */
export function decode(kind: Kind, data: unknown): unknown {
  switch (kind) {
    case "value":
      return data;
    case "json":
      return parse(data as string);
    case "rich":
      return decodeRich(data as string);
    case "bytes":
      return new Uint8Array(data as ArrayBuffer);
  }
}

/** The value of rich text; plain JSON text is rich text without special values. */
export function decodeRich(text: string): unknown {
  return revive(parse(text));
}

/** Replaces special values in place: the parsed objects are nobody else's. */
function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      value[i] = revive(value[i]);
    }
    return value;
  }
  const object = value as JsonObject;
  if (hasOwn(object, "$")) {
    return special(object);
  }
  const keys = keysOf(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const before = object[key];
    const after = revive(before);
    if (after !== before) {
      setOwn(object, key, after);
    }
  }
  return object;
}

function special(object: JsonObject): unknown {
  const kind = object["$"];
  const v = object["v"];
  switch (kind) {
    case "undefined":
      return undefined;
    case "number":
      return number(v);
    case "bigint":
      return BigInt(text(v, "bigint"));
    case "date":
      return new Date(v === null ? Number.NaN : text(v, "date"));
    case "bytes":
      return bytes(text(v, "bytes"), object["as"]);
    case "map":
      return map(list(v, "map"));
    case "set":
      return set(list(v, "set"));
    case "error":
      return error(v);
    case "regexp": {
      const parts = list(v, "regexp");
      return new RegExp(text(parts[0], "regexp"), text(parts[1], "regexp"));
    }
    case "object":
      return entries(list(v, "object"));
    default:
      throw malformed(`{"$":${stringify(kind)}}`);
  }
}

function number(v: unknown): number {
  switch (v) {
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return Number.POSITIVE_INFINITY;
    case "-Infinity":
      return Number.NEGATIVE_INFINITY;
    case "-0":
      return -0;
    default:
      throw malformed("number");
  }
}

const VIEWS: Readonly<Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>> = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

function bytes(base64: string, as: unknown): ArrayBuffer | ArrayBufferView {
  const array = fromBase64(base64);
  if (as === undefined || as === "Uint8Array") {
    return array;
  }
  if (as === "ArrayBuffer") {
    return array.buffer;
  }
  const View = typeof as === "string" && hasOwn(VIEWS, as) ? VIEWS[as] : undefined;
  if (View === undefined) {
    throw malformed(`bytes as ${stringify(as)}`);
  }
  return new View(array.buffer);
}

function map(pairs: readonly unknown[]): Map<unknown, unknown> {
  const result = new Map<unknown, unknown>();
  for (let i = 0; i < pairs.length; i++) {
    const pair = list(pairs[i], "map");
    mapSet(result, revive(pair[0]), revive(pair[1]));
  }
  return result;
}

function set(items: readonly unknown[]): Set<unknown> {
  const result = new Set<unknown>();
  for (let i = 0; i < items.length; i++) {
    setAdd(result, revive(items[i]));
  }
  return result;
}

function entries(pairs: readonly unknown[]): object {
  const result = {};
  for (let i = 0; i < pairs.length; i++) {
    const pair = list(pairs[i], "object");
    setOwn(result, text(pair[0], "object"), revive(pair[1]));
  }
  return result;
}

const ERRORS: Readonly<Record<string, new (message: string) => Error>> = {
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
};

function error(v: unknown): Error {
  if (typeof v !== "object" || v === null || isArray(v)) {
    throw malformed("error");
  }
  const parts = v as JsonObject;
  const name = text(parts["name"], "error");
  const message = text(parts["message"], "error");
  const code = parts["code"];
  const ErrorClass = hasOwn(ERRORS, name) ? ERRORS[name] : undefined;
  const result = isErrorCode(code)
    ? errorOf(code, message, { data: revive(parts["data"]) })
    : new (ErrorClass ?? Error)(message);
  if (result.name !== name) {
    hide(result, "name", name);
  }
  if (typeof parts["stack"] === "string") {
    hide(result, "stack", parts["stack"]);
  }
  if (hasOwn(parts, "cause")) {
    hide(result, "cause", revive(parts["cause"]));
  }
  return result;
}

/** Defines an own property as an engine does on its errors: not enumerable. */
export function hide(object: object, key: string, value: unknown): void {
  defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });
}

/** An own property whatever its name: `__proto__` is data, not the prototype. */
function setOwn(object: object, key: string, value: unknown): void {
  defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function text(v: unknown, kind: string): string {
  if (typeof v !== "string") {
    throw malformed(kind);
  }
  return v;
}

function list(v: unknown, kind: string): readonly unknown[] {
  if (!isArray(v)) {
    throw malformed(kind);
  }
  return v as readonly unknown[];
}

function malformed(kind: string): TypeError {
  return new TypeError(`malformed rich value: ${kind}`);
}
