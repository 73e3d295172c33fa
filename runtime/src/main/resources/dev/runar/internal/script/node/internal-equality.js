// Deep equality as node:assert and node:util have it.
'use strict';
const { getPrototypeOf, is, keys } = Object;
const { hasOwn } = Object;
const tag = (value) => Object.prototype.toString.call(value);
const symbols = (value) =>
  Object.getOwnPropertySymbols(value).filter((s) => Object.prototype.propertyIsEnumerable.call(value, s));

function isEqual(a, b, strict, seen) {
  if (strict ? is(a, b) : a == b || (a !== a && b !== b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (strict && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  if (tag(a) !== tag(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (!isSameBox(a, b)) return false;
  if (seen.get(a)?.has(b)) return true;
  if (!seen.has(a)) seen.set(a, new Set());
  seen.get(a).add(b);
  return isSameContent(a, b, strict, seen) && isSameProperties(a, b, strict, seen);
}

/** What an object stands for besides its properties. */
function isSameBox(a, b) {
  if (a instanceof Date) return is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
  if (a instanceof Error) return a.message === b.message && a.name === b.name;
  if (a instanceof Number || a instanceof String || a instanceof Boolean) return is(a.valueOf(), b.valueOf());
  if (a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise) return false;
  return true;
}

function isSameContent(a, b, strict, seen) {
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) return isSameBytes(a, b);
  if (a instanceof Set) return a.size === b.size && isSameSet(a, b, strict, seen);
  if (a instanceof Map) return a.size === b.size && isSameMap(a, b, strict, seen);
  return !Array.isArray(a) || a.length === b.length;
}

function isSameBytes(a, b) {
  const bytes = (v) => (v instanceof ArrayBuffer ? new Uint8Array(v) : new Uint8Array(v.buffer, v.byteOffset, v.byteLength));
  const left = bytes(a);
  const right = bytes(b);
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

function isSameSet(a, b, strict, seen) {
  const rest = [...b].filter((value) => !a.has(value));
  for (const value of a) {
    if (b.has(value)) continue;
    const at = rest.findIndex((other) => isEqual(value, other, strict, seen));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0;
}

function isSameMap(a, b, strict, seen) {
  const rest = [...b].filter(([key]) => !a.has(key));
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!isEqual(value, b.get(key), strict, seen)) return false;
      continue;
    }
    const at = rest.findIndex(
      ([otherKey, other]) => isEqual(key, otherKey, strict, seen) && isEqual(value, other, strict, seen),
    );
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0;
}

function isSameProperties(a, b, strict, seen) {
  if (ArrayBuffer.isView(a)) return true;
  const names = keys(a);
  if (names.length !== keys(b).length) return false;
  if (strict) {
    const own = symbols(a);
    if (own.length !== symbols(b).length) return false;
    names.push(...own);
  }
  return names.every((name) => hasOwn(b, name) && isEqual(a[name], b[name], strict, seen));
}

module.exports = {
  isDeepEqual: (a, b) => isEqual(a, b, false, new Map()),
  isDeepStrictEqual: (a, b) => isEqual(a, b, true, new Map()),
};
