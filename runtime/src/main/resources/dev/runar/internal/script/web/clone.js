// structuredClone: a copy of everything that can be copied, in the same context.
(function (env) {
  'use strict';
  const { need } = env;
  const { required, dictionary, clone, transfer, isPlatform, isBuffer } = need('idl');
  const { List, SafeMap } = need('safe');
  const { DOMException, isDOMException } = need('exception');
  const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
  const eachOfMap = Map.prototype.forEach;
  const eachOfSet = Set.prototype.forEach;
  const MAX_DEPTH = 4000; // beyond it the engine's stack would end; refused as the engine refuses

  const brand = (type, key) => getOwnPropertyDescriptor(type.prototype, key).get;
  const method = (type, name) => type.prototype[name];
  // How to tell each kind whatever its prototype has become: a getter or method that needs the slot.
  const BRANDS = [
    [Map, brand(Map, 'size')],
    [Set, brand(Set, 'size')],
    [Date, method(Date, 'getTime')],
    [RegExp, brand(RegExp, 'source')],
    [Boolean, method(Boolean, 'valueOf')],
    [Number, method(Number, 'valueOf')],
    [String, method(String, 'valueOf')],
    [BigInt, method(BigInt, 'valueOf')],
    [Symbol, method(Symbol, 'valueOf')],
  ];
  const REFUSED = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry];
  const ERRORS = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  function refuse(what) {
    return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
  }

  function kindOf(value) {
    if (Array.isArray(value)) return Array;
    for (let i = 0; i < BRANDS.length; i++) {
      const { 0: type, 1: needsSlot } = BRANDS[i];
      if (!(value instanceof type)) continue;
      try {
        Reflect.apply(needsSlot, value, []);
        return type;
      } catch {
        return Object; // only looks like one
      }
    }
    return Error.isError(value) ? Error : Object;
  }

  class Cloning {
    #seen = new SafeMap();

    /** What is transferred is where it was and where it will be. */
    constructor(transferred) {
      for (const [from, to] of transferred) this.#seen.set(from, to);
    }

    value(value, depth) {
      switch (typeof value) {
        case 'symbol':
          throw refuse(String(value));
        case 'function':
          throw refuse(isPlatform(value) ? 'A host object' : `${Function.prototype.toString.call(value).slice(0, 60)}`);
        case 'object':
          return value === null ? null : this.#object(value, depth);
        default:
          return value;
      }
    }

    #object(value, depth) {
      const known = this.#seen.get(value);
      if (known !== undefined) return known();
      if (depth > MAX_DEPTH) throw new RangeError('Maximum call stack size exceeded');
      if (ArrayBuffer.isView(value)) return this.#view(value, depth);
      if (isBuffer(value)) return this.#keep(value, copyOf(value));
      if (isDOMException(value)) return this.#keep(value, this.#exception(value));
      const steps = value[clone];
      if (steps !== undefined && isPlatform(value)) return this.#keep(value, Reflect.apply(steps, value, []));
      switch (kindOf(value)) {
        case Array: {
          const made = this.#keep(value, new Array(value.length));
          return this.#properties(value, made, depth);
        }
        case Map: {
          const made = this.#keep(value, new Map());
          const entries = [];
          Reflect.apply(eachOfMap, value, [(v, k) => { entries[entries.length] = [k, v]; }]);
          for (const [k, v] of entries) made.set(this.value(k, depth + 1), this.value(v, depth + 1));
          return made;
        }
        case Set: {
          const made = this.#keep(value, new Set());
          const entries = [];
          Reflect.apply(eachOfSet, value, [(v) => { entries[entries.length] = v; }]);
          for (const v of entries) made.add(this.value(v, depth + 1));
          return made;
        }
        case Date:
          return this.#keep(value, new Date(Date.prototype.getTime.call(value)));
        case RegExp:
          return this.#keep(value, new RegExp(value.source, value.flags));
        case Boolean:
          return this.#keep(value, Object(Boolean.prototype.valueOf.call(value)));
        case Number:
          return this.#keep(value, Object(Number.prototype.valueOf.call(value)));
        case String:
          return this.#keep(value, Object(String.prototype.valueOf.call(value)));
        case BigInt:
          return this.#keep(value, Object(BigInt.prototype.valueOf.call(value)));
        case Symbol:
          throw refuse('Object(Symbol)');
        case Error:
          return this.#error(value, depth);
        default: {
          if (isPlatform(value) || REFUSED.some((type) => value instanceof type)) {
            throw refuse(`#<${getPrototypeOf(value)?.constructor?.name ?? 'Object'}>`);
          }
          return this.#properties(value, this.#keep(value, {}), depth);
        }
      }
    }

    #keep(from, to) {
      this.#seen.set(from, () => to);
      return to;
    }

    #view(view, depth) {
      const buffer = this.#object(view.buffer, depth + 1);
      const type = view instanceof DataView ? DataView : globalThis[view[Symbol.toStringTag]];
      const tracks = view.buffer.resizable && lengthTracks(view, type);
      const length = tracks ? undefined : type === DataView ? view.byteLength : view.length;
      return this.#keep(view, new type(buffer, view.byteOffset, length));
    }

    #properties(from, to, depth) {
      for (const key of keys(from)) {
        // A getter that ran before may have deleted it.
        if (!Object.hasOwn(from, key)) continue;
        const value = this.value(from[key], depth + 1);
        Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true });
      }
      return to;
    }

    #error(error, depth) {
      const name = error.name === undefined ? 'Error' : `${error.name}`;
      const message = getOwnPropertyDescriptor(error, 'message');
      const made = this.#keep(error, Reflect.construct(Error, [], ERRORS[name] ?? Error));
      delete made.message;
      if (message !== undefined && 'value' in message) hidden(made, 'message', `${message.value}`);
      const { stack } = error;
      if (typeof stack === 'string') hidden(made, 'stack', stack);
      if (Object.hasOwn(error, 'cause')) hidden(made, 'cause', this.value(error.cause, depth + 1));
      return made;
    }

    #exception(error) {
      const made = new DOMException(error.message, error.name);
      if (typeof error.stack === 'string') hidden(made, 'stack', error.stack);
      return made;
    }
  }

  function hidden(object, key, value) {
    Object.defineProperty(object, key, { value, writable: true, configurable: true });
  }

  /** Whether a view grows with its buffer. */
  function lengthTracks(view, type) {
    const rest = view.buffer.byteLength - view.byteOffset;
    return type === DataView
      ? view.byteLength === rest
      : Math.floor(rest / view.BYTES_PER_ELEMENT) === view.length;
  }

  function copyOf(buffer) {
    if (!(buffer instanceof ArrayBuffer)) return buffer; // shared memory stays shared
    if (buffer.detached) throw refuse('An ArrayBuffer that is detached');
    if (!buffer.resizable) return buffer.slice(0);
    const made = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
    new Uint8Array(made).set(new Uint8Array(buffer));
    return made;
  }

  /** Checks what is to be transferred; each becomes a function that moves it once. */
  function movers(list) {
    const all = new SafeMap();
    for (const value of list) {
      const steps = value !== null && typeof value === 'object' ? value[transfer] : undefined;
      const isArrayBuffer = value instanceof ArrayBuffer && isBuffer(value);
      if (!isArrayBuffer && (steps === undefined || !isPlatform(value))) {
        throw refuse('A value that cannot be transferred');
      }
      if (all.has(value)) throw new DOMException('transferred twice', 'DataCloneError');
      if (isArrayBuffer && value.detached) throw refuse('An ArrayBuffer that is detached');
      let moved;
      all.set(value, () => {
        moved ??= isArrayBuffer ? value.transfer() : Reflect.apply(steps, value, []);
        return moved;
      });
    }
    return all;
  }

  /** The clone, and what was moved in the order of the list. */
  function cloneWith(value, list) {
    const all = movers(list);
    const later = new SafeMap();
    // What is transferred is cloned as a placeholder first: if the rest cannot be cloned, it stays.
    for (const [from, move] of all) later.set(from, move);
    if (all.size > 0) new Cloning([...all].map(([from]) => [from, () => from])).value(value, 0);
    const moved = new List();
    for (const move of all.values()) moved.push(move);
    const made = new Cloning(later).value(value, 0);
    return { value: made, moved: moved.map((move) => move()) };
  }

  function structuredClone(value, options = undefined) {
    required(arguments.length, 1, 'structuredClone');
    const list = dictionary(options, 'structuredClone').transfer;
    return cloneWith(value, list === undefined ? new List() : [...list]).value;
  }
  Object.defineProperty(structuredClone, 'length', { value: 1 });

  return { structuredClone, cloneWith };
});
