// The mocks of node:test: functions, methods, accessors and timers.
'use strict';
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;

function invalid(name, wanted) {
  const error = new TypeError(`The "${name}" argument must be ${wanted}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

/** What is known of the calls of one mock. */
class MockFunctionContext {
  #calls = [];
  #once = new Map();
  #implementation;
  #original;
  #left;
  #restore;

  constructor(original, implementation, times, restore) {
    this.#original = original;
    this.#implementation = implementation;
    this.#left = times;
    this.#restore = restore;
  }

  get calls() {
    return this.#calls.slice();
  }
  callCount() {
    return this.#calls.length;
  }
  resetCalls() {
    this.#calls = [];
  }
  mockImplementation(implementation) {
    if (typeof implementation !== 'function') throw invalid('implementation', 'a function');
    this.#implementation = implementation;
  }
  mockImplementationOnce(implementation, onCall = this.#calls.length) {
    if (typeof implementation !== 'function') throw invalid('implementation', 'a function');
    if (onCall < this.#calls.length) throw new RangeError(`call ${onCall} has been made already`);
    this.#once.set(onCall, implementation);
  }
  restore() {
    this.#implementation = this.#original;
    this.#once.clear();
    this.#restore();
  }

  next() {
    const call = this.#calls.length;
    const once = this.#once.get(call);
    this.#once.delete(call);
    if (once !== undefined) return once;
    if (call < this.#left) return this.#implementation;
    return this.#original;
  }
  note(call) {
    this.#calls.push(call);
  }
}

function mockOf(original, implementation, times, restore) {
  const context = new MockFunctionContext(original, implementation, times, restore);
  const call = (self, args, target, run) => {
    const chosen = context.next();
    const noted = { arguments: args, error: undefined, result: undefined, stack: new Error(), target, this: self };
    try {
      noted.result = run(chosen);
      return noted.result;
    } catch (error) {
      noted.error = error;
      throw error;
    } finally {
      context.note(noted);
    }
  };
  return new Proxy(original, {
    apply: (_, self, args) => call(self, args, undefined, (chosen) => Reflect.apply(chosen, self, args)),
    construct: (target, args, newTarget) =>
      call(undefined, args, target, (chosen) => Reflect.construct(chosen, args, newTarget)),
    get: (target, name, receiver) => (name === 'mock' ? context : Reflect.get(target, name, receiver)),
  });
}

function found(object, name) {
  for (let holder = object; holder !== null && holder !== undefined; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function timesOf({ times = Infinity } = {}) {
  if (times !== Infinity && !(Number.isInteger(times) && times >= 1)) throw invalid('options.times', 'an integer of 1 or more');
  return times;
}

class MockTracker {
  #mocks = [];
  #timers;

  get timers() {
    return (this.#timers ??= new MockTimers());
  }

  fn(original = function () {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') {
      options = original;
      original = function () {};
      implementation = original;
    } else if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = original;
    }
    const mock = mockOf(original, implementation, timesOf(options), () => {});
    this.#mocks.push(mock.mock);
    return mock;
  }

  method(object, name, implementation, options = {}) {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) throw invalid('object', 'an object');
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    const { getter = false, setter = false } = options;
    const descriptor = found(object, name);
    const original = getter ? descriptor?.get : setter ? descriptor?.set : descriptor?.value;
    if (typeof original !== 'function') throw invalid('methodName', `the name of a method of the object; ${String(name)} is none`);
    const own = getOwnPropertyDescriptor(object, name);
    const restore = () => {
      if (own === undefined) delete object[name];
      else defineProperty(object, name, own);
    };
    const mock = mockOf(original, implementation ?? original, timesOf(options), restore);
    const { configurable = true, enumerable = true } = descriptor;
    defineProperty(
      object,
      name,
      getter || setter
        ? { configurable, enumerable, get: getter ? mock : descriptor.get, set: setter ? mock : descriptor.set }
        : { configurable, enumerable, writable: descriptor.writable ?? true, value: mock },
    );
    this.#mocks.push(mock.mock);
    return mock;
  }

  getter(object, name, implementation, options = {}) {
    return this.method(object, name, implementation, { ...options, getter: true });
  }
  setter(object, name, implementation, options = {}) {
    return this.method(object, name, implementation, { ...options, setter: true });
  }
  module() {
    internal.fail('mock.module is not available here', 'ERR_NOT_AVAILABLE');
  }

  reset() {
    this.restoreAll();
    this.#mocks = [];
  }
  restoreAll() {
    this.#timers?.reset();
    for (const mock of this.#mocks) mock.restore();
  }
}

/** One of them; `at` is when it is due. */
class MockTimeout {
  isCleared = false;
  at = 0;

  constructor(id, every, run, begin) {
    this.id = id;
    this.every = every;
    this.run = run;
    this.begin = begin;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  refresh() {
    if (!this.isCleared) this.begin(this);
    return this;
  }
  close() {
    globalThis.clearTimeout(this);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.id;
  }
  [Symbol.dispose]() {
    globalThis.clearTimeout(this);
  }
}

/** Timers and a clock that only `tick` moves. */
class MockTimers {
  #now = 0;
  #queue = [];
  #next = 1;
  #originals = null;

  enable(options = {}) {
    if (this.#originals !== null) {
      const error = new Error('Invalid state: MockTimers is already enabled!');
      error.code = 'ERR_INVALID_STATE';
      throw error;
    }
    const known = ['setTimeout', 'setInterval', 'Date'];
    const apis = Array.isArray(options) ? options : (options.apis ?? known);
    const bad = apis.find((api) => !known.includes(api));
    if (bad !== undefined) internal.fail(`mock.timers of ${String(bad)} is not available here`, 'ERR_NOT_AVAILABLE');
    this.#now = Number(options.now ?? 0);
    this.#originals = {};
    for (const name of [...apis, 'clearTimeout', 'clearInterval']) this.#originals[name] = globalThis[name];
    const set = (repeat) => (callback, delay = 1, ...args) => {
      const after = Math.max(1, Number(delay) || 1);
      const begin = (timer) => {
        if (timer.at > 0) this.#queue = this.#queue.filter((other) => other !== timer);
        timer.at = this.#now + after;
        this.#queue.push(timer);
        return timer;
      };
      return begin(new MockTimeout(this.#next++, repeat ? after : 0, () => callback(...args), begin));
    };
    const clear = (original) => (given) => {
      const timer = this.#queue.find((each) => each === given || each.id === given);
      if (timer === undefined) {
        if (given instanceof MockTimeout) given.isCleared = true;
        else original(given);
        return;
      }
      timer.isCleared = true;
      this.#queue = this.#queue.filter((other) => other !== timer);
    };
    if (apis.includes('setTimeout')) globalThis.setTimeout = set(false);
    if (apis.includes('setInterval')) globalThis.setInterval = set(true);
    globalThis.clearTimeout = clear(this.#originals.clearTimeout);
    globalThis.clearInterval = clear(this.#originals.clearInterval);
    if (apis.includes('Date')) globalThis.Date = this.#date(this.#originals.Date);
  }

  #date(Original) {
    const now = () => this.#now;
    return class Date extends Original {
      constructor(...args) {
        if (args.length === 0) super(now());
        else super(...args);
      }
      static now() {
        return now();
      }
    };
  }

  #enabled() {
    if (this.#originals === null) {
      const error = new Error('Invalid state: You should enable MockTimers first by calling the .enable function');
      error.code = 'ERR_INVALID_STATE';
      throw error;
    }
  }

  tick(ms = 1) {
    this.#enabled();
    const end = this.#now + ms;
    for (;;) {
      let due = null;
      for (const timer of this.#queue) {
        if (timer.at <= end && (due === null || timer.at < due.at)) due = timer;
      }
      if (due === null) break;
      this.#now = due.at;
      if (due.every > 0) due.at += due.every;
      else this.#queue = this.#queue.filter((timer) => timer !== due);
      due.run();
    }
    this.#now = end;
  }

  runAll() {
    this.#enabled();
    const last = this.#queue.reduce((latest, timer) => Math.max(latest, timer.at), this.#now);
    this.tick(last - this.#now);
  }

  setTime(ms) {
    this.#enabled();
    this.#now = ms;
  }

  reset() {
    if (this.#originals === null) return;
    Object.assign(globalThis, this.#originals);
    this.#originals = null;
    this.#queue = [];
    this.#now = 0;
  }
}

module.exports = { MockTracker };
