import { toBase64 } from "./base64.js";
import { describedError } from "./describe.js";
import { UnsupportedValueError } from "./errors.js";
import {
  ArrayBuffer,
  apply,
  arrayBufferOf,
  arrayBytes,
  arrayOffset,
  Boolean,
  bigintText,
  booleanOf,
  bufferLength,
  bufferSlice,
  codeAt,
  Date,
  Error,
  eachOfMap,
  eachOfSet,
  hasOwn,
  is,
  isArray,
  isFinite,
  isView,
  keysOf,
  Map,
  Number,
  numberOf,
  Promise,
  RegExp,
  regexpFlags,
  regexpSource,
  Set,
  String,
  stringify,
  stringOf,
  timeOf,
  toIsoString,
  typedArrayName,
  Uint8Array,
  viewBufferOf,
  viewBytes,
  viewOffset,
} from "./primordials.js";

/** Deeper values are refused; also what stops the fast walk on a cycle. */
export const MAX_DEPTH = 500;

/** The bytes of a typed array, as a buffer of their own unless the array covers its buffer. */
export function bytesOf(view: ArrayBufferView): ArrayBuffer {
  const isDataView = typedArrayName(view) === undefined;
  const buffer = (isDataView ? viewBufferOf(view as DataView) : arrayBufferOf(view)) as ArrayBuffer;
  const offset = isDataView ? viewOffset(view as DataView) : arrayOffset(view);
  const length = isDataView ? viewBytes(view as DataView) : arrayBytes(view);
  if (!(buffer instanceof ArrayBuffer)) {
    const copy = new Uint8Array(length);
    const shared = new Uint8Array(buffer, offset, length);
    for (let i = 0; i < length; i++) {
      copy[i] = shared[i] ?? 0;
    }
    return copy.buffer;
  }
  return offset === 0 && length === bufferLength(buffer)
    ? buffer
    : bufferSlice(buffer, offset, offset + length);
}

/** Writes one value of any kind as text. Knows where it is, for messages and to see cycles. */
export class Writer {
  isRich = false;
  readonly #path: (string | number)[] = [];
  readonly #ancestors: object[] = [];

  text(value: unknown): string {
    try {
      return value === undefined ? this.#special("undefined") : this.#any(value);
    } catch (error) {
      if (error instanceof UnsupportedValueError) {
        throw error;
      }
      throw new UnsupportedValueError(
        `cannot send ${this.#where()}: reading it threw ${reason(error)}`,
        { cause: error },
      );
    }
  }

  #any(value: unknown): string {
    switch (typeof value) {
      case "string":
        return stringify(value);
      case "boolean":
        return value ? "true" : "false";
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#special("bigint", stringify(bigintText(value)));
      case "function":
        return this.#refuse("it is a function");
      case "symbol":
        return this.#refuse("it is a symbol");
      case "undefined":
        return "null";
      default:
        return value === null ? "null" : this.#nested(value as object);
    }
  }

  #number(value: number): string {
    if (isFinite(value) && !is(value, -0)) {
      return stringify(value);
    }
    return this.#special("number", is(value, -0) ? '"-0"' : `"${value}"`);
  }

  #nested(value: object): string {
    const depth = this.#ancestors.length;
    for (let i = 0; i < depth; i++) {
      if (this.#ancestors[i] === value) {
        this.#refuse(`it contains itself (it is ${this.#pathText(i)})`);
      }
    }
    if (depth > MAX_DEPTH) {
      this.#refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    }
    this.#ancestors[depth] = value;
    const text = this.#object(value);
    this.#ancestors.length = depth;
    return text;
  }

  #object(value: object): string {
    if (isArray(value)) {
      return this.#array(value);
    }
    if (value instanceof Date) {
      return this.#special(
        "date",
        isFinite(timeOf(value)) ? stringify(toIsoString(value)) : "null",
      );
    }
    if (value instanceof Map) {
      return this.#special("map", this.#map(value));
    }
    if (value instanceof Set) {
      return this.#special("set", this.#set(value));
    }
    if (isView(value)) {
      return this.#bytes(bytesOf(value), typedArrayName(value) ?? "DataView");
    }
    if (value instanceof ArrayBuffer) {
      return this.#bytes(value, "ArrayBuffer");
    }
    if (value instanceof RegExp) {
      const flags = stringify(regexpFlags(value));
      return this.#special("regexp", `[${stringify(regexpSource(value))},${flags}]`);
    }
    const toJson: unknown = (value as { readonly toJSON?: unknown }).toJSON;
    if (typeof toJson === "function") {
      const key = this.#path[this.#path.length - 1];
      const replaced: unknown = apply(toJson as (key: string) => unknown, value, [`${key ?? ""}`]);
      return replaced === value ? this.#entries(value) : this.#any(replaced);
    }
    if (value instanceof Error) {
      return this.#error(value);
    }
    if (value instanceof Number) {
      return this.#number(numberOf(value as unknown as number));
    }
    if (value instanceof String) {
      return stringify(stringOf(value as unknown as string));
    }
    if (value instanceof Boolean) {
      return booleanOf(value as unknown as boolean) ? "true" : "false";
    }
    for (let i = 0; i < UNSUPPORTED.length; i++) {
      const { type, why } = UNSUPPORTED[i] as (typeof UNSUPPORTED)[number];
      if (type !== undefined && value instanceof type) {
        this.#refuse(why);
      }
    }
    return this.#entries(value);
  }

  #array(value: readonly unknown[]): string {
    let text = "[";
    for (let i = 0; i < value.length; i++) {
      text += (i === 0 ? "" : ",") + this.#at(i, value[i]);
    }
    return `${text}]`;
  }

  #map(value: ReadonlyMap<unknown, unknown>): string {
    let text = "[";
    let index = 0;
    eachOfMap(value, (item, key) => {
      const pair = `[${this.#at(`key ${index}`, key)},${this.#at(`value ${index}`, item)}]`;
      text += (index++ === 0 ? "" : ",") + pair;
    });
    return `${text}]`;
  }

  #set(value: ReadonlySet<unknown>): string {
    let text = "[";
    let index = 0;
    eachOfSet(value, (item) => {
      text += (index === 0 ? "" : ",") + this.#at(`item ${index++}`, item);
    });
    return `${text}]`;
  }

  /** Inside maps and sets undefined is kept; JSON has no rule for these. */
  #at(step: string | number, value: unknown): string {
    const depth = this.#path.length;
    this.#path[depth] = step;
    const keeps = value === undefined && typeof step === "string";
    const text = keeps ? this.#special("undefined") : this.#any(value);
    this.#path.length = depth;
    return text;
  }

  #bytes(buffer: ArrayBuffer, type: string): string {
    this.isRich = true;
    const as = type === "Uint8Array" ? "" : `,"as":"${type}"`;
    return `{"$":"bytes","v":"${toBase64(new Uint8Array(buffer))}"${as}}`;
  }

  #error(value: Error): string {
    const error = describedError(value);
    let text = `{"name":${stringify(error.name)},"message":${stringify(error.message)}`;
    if (error.code !== undefined) {
      text += `,"code":${stringify(error.code)}`;
    }
    if (error.data !== undefined) {
      text += `,"data":${this.#at(".data", error.data)}`;
    }
    if (error.stack !== undefined) {
      text += `,"stack":${stringify(error.stack)}`;
    }
    if (error.cause !== undefined) {
      text += `,"cause":${this.#at(".cause", error.cause)}`;
    }
    return this.#special("error", `${text}}`);
  }

  #entries(value: object): string {
    const keys = keysOf(value);
    const collides = hasOwn(value, "$");
    let text = "";
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const depth = this.#path.length;
      this.#path[depth] = isIdentifier(key) ? `.${key}` : `[${stringify(key)}]`;
      const item = (value as Readonly<Record<string, unknown>>)[key];
      if (item !== undefined) {
        const part = this.#any(item);
        text += text === "" ? "" : ",";
        text += collides ? `[${stringify(key)},${part}]` : `${stringify(key)}:${part}`;
      }
      this.#path.length = depth;
    }
    return collides ? this.#special("object", `[${text}]`) : `{${text}}`;
  }

  #special(kind: string, text?: string): string {
    this.isRich = true;
    return text === undefined ? `{"$":"${kind}"}` : `{"$":"${kind}","v":${text}}`;
  }

  #refuse(why: string): never {
    throw new UnsupportedValueError(`cannot send ${this.#where()}: ${why}`);
  }

  #where(): string {
    return this.#pathText(this.#path.length);
  }

  #pathText(length: number): string {
    let text = "value";
    const from = length > 20 ? length - 20 : 0;
    if (from > 0) {
      text += "…";
    }
    for (let i = from; i < length; i++) {
      const step = this.#path[i] as string | number;
      const isWords = typeof step === "string" && codeAt(step, 0) !== 46 && codeAt(step, 0) !== 91;
      text += typeof step === "number" ? `[${step}]` : isWords ? `.<${step}>` : step;
    }
    return text;
  }
}

type Class = abstract new (...args: never[]) => object;

const UNSUPPORTED: readonly { readonly type: Class | undefined; readonly why: string }[] = [
  { type: Promise, why: "it is a Promise; await it first" },
  { type: WeakMap, why: "it is a WeakMap" },
  { type: WeakSet, why: "it is a WeakSet" },
  { type: WeakRef, why: "it is a WeakRef" },
  {
    type: (globalThis as { readonly SharedArrayBuffer?: Class }).SharedArrayBuffer,
    why: "it is a SharedArrayBuffer",
  },
];

function reason(error: unknown): string {
  const { name, message } = describedError(error);
  return message === "" ? name : `${name}: ${message}`;
}

function isIdentifier(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    const code = codeAt(key, i);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && code !== 95 && code !== 36 && !(isDigit && i > 0)) {
      return false;
    }
  }
  return key !== "";
}
