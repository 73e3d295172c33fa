// What the classes here have in common: the shape and the conversions that Web IDL gives them.
(function () {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { apply, ownKeys } = Reflect;
  const setBytes = Uint8Array.prototype.set;
  const { isView } = ArrayBuffer;

  /** Instances of these are no plain objects: structuredClone refuses them unless they say how. */
  const platform = new WeakSet();
  /** A method of a class: the steps by which structuredClone copies or transfers an instance. */
  const clone = Symbol('clone');
  const transfer = Symbol('transfer');

  function isPlatform(value) {
    for (let p = getPrototypeOf(value); p !== null; p = getPrototypeOf(p)) {
      if (platform.has(p)) return true;
    }
    return false;
  }

  /** Gives a class its tag, enumerable members and its constants. */
  function expose(type, constants) {
    platform.add(type.prototype);
    for (const key of ownKeys(type.prototype)) {
      if (key === 'constructor' || typeof key === 'symbol') continue;
      defineProperty(type.prototype, key, { enumerable: true });
    }
    for (const key of ownKeys(type)) {
      if (typeof key === 'symbol' || !getOwnPropertyDescriptor(type, key).configurable) continue;
      if (key !== 'name' && key !== 'length' && key !== 'prototype') {
        defineProperty(type, key, { enumerable: true });
      }
    }
    defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
    for (const name in constants) {
      const constant = { value: constants[name], enumerable: true };
      defineProperty(type, name, constant);
      defineProperty(type.prototype, name, constant);
    }
    return type;
  }

  /** Throws unless there are as many arguments as there must be. */
  function required(given, wanted, where) {
    if (given < wanted) {
      throw new TypeError(`${where}: ${wanted} argument${wanted > 1 ? 's' : ''} required, but only ${given} present`);
    }
  }

  /** A dictionary argument: undefined and null are the empty one. */
  function dictionary(value, where) {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' && typeof value !== 'function') {
      throw new TypeError(`${where}: the options are not an object`);
    }
    return value;
  }

  function byteString(value, where) {
    const text = `${value}`;
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) > 255) throw new TypeError(`${where}: a character beyond U+00FF`);
    }
    return text;
  }

  function usv(value) {
    return `${value}`.toWellFormed();
  }

  function isBuffer(value) {
    return value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer);
  }

  /** The bytes of a BufferSource, not copied; a detached one is empty. */
  function bytesOf(value, where) {
    if (isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (isBuffer(value)) return value.detached ? new Uint8Array(0) : new Uint8Array(value);
    throw new TypeError(`${where}: not an ArrayBuffer or a view on one`);
  }

  /** An integer between bounds, refused when it is outside. */
  function enforceRange(value, max, where) {
    const number = Math.trunc(Number(value));
    if (!(number >= 0 && number <= max)) throw new TypeError(`${where}: outside the range 0 to ${max}`);
    return number + 0;
  }

  /** What came from the host belongs to the script when it is copied. */
  function ownBytes(shared) {
    const theirs = new Uint8Array(new ArrayBuffer(shared));
    const own = new Uint8Array(theirs.length);
    apply(setBytes, own, [theirs]); // many times as fast as a slice of such a buffer
    return own;
  }

  return {
    clone, transfer, isPlatform,
    foreign: (...types) => types.forEach((type) => platform.add(type.prototype)),
    expose, required, dictionary, byteString, usv, bytesOf, enforceRange, ownBytes, isBuffer,
  };
});
