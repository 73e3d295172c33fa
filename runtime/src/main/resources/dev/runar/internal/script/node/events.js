// node:events: the `events` package, and what Node.js has added since.
'use strict';
const EventEmitter = require('./npm/events/events.js');

/** The events of an emitter, one after the other, until it is aborted. */
EventEmitter.on = function on(emitter, name, options) {
  const signal = options?.signal;
  signal?.throwIfAborted();
  const waiting = [];
  const arrived = [];
  let failure;
  let ended = false;
  const listener = (...args) => {
    if (waiting.length > 0) waiting.shift().resolve({ value: args, done: false });
    else arrived.push(args);
  };
  const fail = (error) => {
    if (waiting.length > 0) waiting.shift().reject(error);
    else failure = { error };
    end();
  };
  const aborted = () => fail(signal.reason);
  const end = () => {
    ended = true;
    emitter.removeListener(name, listener);
    emitter.removeListener('error', fail);
    signal?.removeEventListener('abort', aborted);
    for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
  };
  emitter.on(name, listener);
  if (name !== 'error') emitter.on('error', fail);
  signal?.addEventListener('abort', aborted, { once: true });
  return {
    next() {
      if (arrived.length > 0) return Promise.resolve({ value: arrived.shift(), done: false });
      if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      end();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error) {
      end();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

EventEmitter.getEventListeners = (emitter, name) => emitter.listeners(name);
EventEmitter.getMaxListeners = (emitter) => emitter.getMaxListeners();
EventEmitter.setMaxListeners = (count, ...emitters) => {
  for (const emitter of emitters) emitter.setMaxListeners?.(count);
};
EventEmitter.errorMonitor = Symbol('events.errorMonitor');
EventEmitter.captureRejectionSymbol = Symbol.for('nodejs.rejection');
module.exports = EventEmitter;
