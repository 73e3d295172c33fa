// The built-ins the codec rests on, taken when the SDK loads: a script that later overwrites
// JSON.stringify or a method of a prototype breaks itself, not what it sends and receives.
// For the same reason the modules that use these walk arrays by index and never spread them.

const bind = Function.prototype.bind;
const call = Function.prototype.call;

type Method<This, Args extends readonly unknown[], Result> = (this: This, ...args: Args) => Result;

/** Turns a method into a function that takes the receiver first. */
function uncurried<This, Args extends readonly unknown[], Result>(
  method: Method<This, Args, Result>,
): (self: This, ...args: Args) => Result {
  return Reflect.apply(bind, call, [method]) as (self: This, ...args: Args) => Result;
}

/** Turns the getter of a property into a function that takes the receiver. */
function getter<This, Result>(prototype: object, name: PropertyKey): (self: This) => Result {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (get === undefined) {
    throw new TypeError(`no getter ${String(name)}`);
  }
  return uncurried(get as Method<This, [], Result>);
}

export const apply: typeof Reflect.apply = Reflect.apply;
export const propertyOf: typeof Reflect.getOwnPropertyDescriptor = Reflect.getOwnPropertyDescriptor;
export const prototypeOf: typeof Object.getPrototypeOf = Object.getPrototypeOf;
export const defineProperty: typeof Object.defineProperty = Object.defineProperty;
export const keysOf: typeof Object.keys = Object.keys;
export const hasOwn: typeof Object.hasOwn = Object.hasOwn;
export const isArray: typeof Array.isArray = Array.isArray;
export const isView: typeof ArrayBuffer.isView = ArrayBuffer.isView;
export const stringify: typeof JSON.stringify = JSON.stringify;
export const parse: typeof JSON.parse = JSON.parse;
export const isFinite: typeof Number.isFinite = Number.isFinite;
export const is: typeof Object.is = Object.is;
export const min: typeof Math.min = Math.min;

export const ObjectPrototype: object = Object.prototype;
export const ArrayPrototype: readonly unknown[] = Array.prototype;

export const indexOfText: (self: string, text: string) => number = uncurried(
  String.prototype.indexOf,
);
export const sliceText: (self: string, start: number, end?: number) => string = uncurried(
  String.prototype.slice,
);
export const codeAt: (self: string, index: number) => number = uncurried(
  String.prototype.charCodeAt,
);
const fromCharCode = String.fromCharCode;
export const fromCodes: (codes: readonly number[]) => string = (codes) =>
  apply(fromCharCode, undefined, codes as number[]);
export const functionText: (self: object) => string = uncurried(Function.prototype.toString);
export const toIsoString: (self: Date) => string = uncurried(Date.prototype.toISOString);
export const timeOf: (self: Date) => number = uncurried(Date.prototype.getTime);
export const eachOfMap: (
  self: ReadonlyMap<unknown, unknown>,
  visit: (value: unknown, key: unknown) => void,
) => void = uncurried(Map.prototype.forEach);
export const eachOfSet: (self: ReadonlySet<unknown>, visit: (value: unknown) => void) => void =
  uncurried(Set.prototype.forEach);
export const mapSet: (self: Map<unknown, unknown>, key: unknown, value: unknown) => unknown =
  uncurried(Map.prototype.set);
export const setAdd: (self: Set<unknown>, value: unknown) => unknown = uncurried(Set.prototype.add);
export const bigintText: (self: bigint) => string = uncurried(
  BigInt.prototype.toString as Method<bigint, [], string>,
);
export const numberOf: (self: number) => number = uncurried(Number.prototype.valueOf);
export const stringOf: (self: string) => string = uncurried(String.prototype.valueOf);
export const booleanOf: (self: boolean) => boolean = uncurried(Boolean.prototype.valueOf);
export const regexpSource: (self: RegExp) => string = getter(RegExp.prototype, "source");
export const regexpFlags: (self: RegExp) => string = getter(RegExp.prototype, "flags");
export const bufferLength: (self: ArrayBuffer) => number = getter(
  ArrayBuffer.prototype,
  "byteLength",
);
export const bufferSlice: (self: ArrayBuffer, start: number, end: number) => ArrayBuffer =
  uncurried(ArrayBuffer.prototype.slice);

const TypedArrayPrototype: object = prototypeOf(Uint8Array.prototype);
/** The class name of a typed array by its internal slot; undefined for a DataView. */
export const typedArrayName: (self: ArrayBufferView) => string | undefined = getter(
  TypedArrayPrototype,
  Symbol.toStringTag,
);
export const arrayBufferOf: (self: ArrayBufferView) => ArrayBufferLike = getter(
  TypedArrayPrototype,
  "buffer",
);
export const arrayOffset: (self: ArrayBufferView) => number = getter(
  TypedArrayPrototype,
  "byteOffset",
);
export const arrayBytes: (self: ArrayBufferView) => number = getter(
  TypedArrayPrototype,
  "byteLength",
);
export const viewBufferOf: (self: DataView) => ArrayBufferLike = getter(
  DataView.prototype,
  "buffer",
);
export const viewOffset: (self: DataView) => number = getter(DataView.prototype, "byteOffset");
export const viewBytes: (self: DataView) => number = getter(DataView.prototype, "byteLength");

const errorStack = propertyOf(new Error(), "stack");
/** The engine's own accessor of `stack`, where the engine has one. */
export const stackGetter: (() => unknown) | undefined = errorStack?.get;

/** Where the engine has it: gives an error the stack of this very place, callers of async functions included. */
export const captureStackTrace: ((error: object) => void) | undefined = (
  Error as { captureStackTrace?: (error: object) => void }
).captureStackTrace;

// Under their own names, so that a module that imports them reads as if they were the globals.
const OwnArrayBuffer: ArrayBufferConstructor = ArrayBuffer;
const OwnBigInt: BigIntConstructor = BigInt;
const OwnBoolean: BooleanConstructor = Boolean;
const OwnDataView: DataViewConstructor = DataView;
const OwnDate: DateConstructor = Date;
const OwnError: ErrorConstructor = Error;
const OwnMap: MapConstructor = Map;
const OwnNumber: NumberConstructor = Number;
const OwnPromise: PromiseConstructor = Promise;
const OwnRegExp: RegExpConstructor = RegExp;
const OwnSet: SetConstructor = Set;
const OwnString: StringConstructor = String;
const OwnUint8Array: Uint8ArrayConstructor = Uint8Array;

export {
  OwnArrayBuffer as ArrayBuffer,
  OwnBigInt as BigInt,
  OwnBoolean as Boolean,
  OwnDataView as DataView,
  OwnDate as Date,
  OwnError as Error,
  OwnMap as Map,
  OwnNumber as Number,
  OwnPromise as Promise,
  OwnRegExp as RegExp,
  OwnSet as Set,
  OwnString as String,
  OwnUint8Array as Uint8Array,
};

/** An object without inherited names: an action may be called `constructor`. */
export function dictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

const resolve = OwnPromise.resolve;
export const resolved: () => Promise<void> = () => apply(resolve, OwnPromise, []);
export const reactTo: (
  self: Promise<unknown>,
  onFulfilled: (value: unknown) => unknown,
) => Promise<unknown> = uncurried(OwnPromise.prototype.then);
export const species: typeof Symbol.species = Symbol.species;
