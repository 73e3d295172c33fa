// node:async_hooks, on the engine's own AsyncContext: a store follows promises and every await by
// itself, and timers from the first use of a store on.
'use strict';
const { Snapshot, Variable } = globalThis[Symbol.for('runar.asyncContext')];
const { apply } = Reflect;

let carried = false;

function carryThroughTimers() {
  if (carried) return;
  carried = true;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    const original = globalThis[name];
    globalThis[name] = function (callback, ...rest) {
      return apply(original, this, [bound(callback), ...rest]);
    };
  }
}

function bound(callback) {
  if (typeof callback !== 'function') return callback;
  const snapshot = new Snapshot();
  return function (...args) {
    return snapshot.run(() => apply(callback, this, args));
  };
}

class AsyncLocalStorage {
  #store = new Variable();

  constructor() {
    carryThroughTimers();
  }

  run(store, callback, ...args) {
    return this.#store.run(store, callback, ...args);
  }

  exit(callback, ...args) {
    return this.#store.run(undefined, callback, ...args);
  }

  getStore() {
    return this.#store.get();
  }

  enterWith() {
    internal.fail('AsyncLocalStorage.enterWith is not available here: use run', 'ERR_NOT_AVAILABLE');
  }

  disable() {
    this.#store = new Variable();
  }

  static bind(callback) {
    return bound(callback);
  }

  static snapshot() {
    const snapshot = new Snapshot();
    return (callback, ...args) => snapshot.run(callback, ...args);
  }
}

class AsyncResource {
  #snapshot = new Snapshot();

  constructor(type) {
    this.type = type;
  }

  runInAsyncScope(callback, self, ...args) {
    return this.#snapshot.run(() => apply(callback, self, args));
  }

  bind(callback) {
    return (...args) => this.runInAsyncScope(callback, undefined, ...args);
  }

  static bind(callback) {
    return bound(callback);
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return 0;
  }

  triggerAsyncId() {
    return 0;
  }
}

module.exports = {
  AsyncLocalStorage,
  AsyncResource,
  executionAsyncId: () => 0,
  triggerAsyncId: () => 0,
  createHook: () => internal.fail('async_hooks.createHook is not available here', 'ERR_NOT_AVAILABLE'),
};
