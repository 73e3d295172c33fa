// node:timers/promises
'use strict';
const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval } = globalThis;

function aborted(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

const wait = (delay, value, options) =>
  waitFor((callback) => setTimeout(callback, delay), value, options);

function waitFor(set, value, options) {
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(aborted(signal));
    };
    const timer = set(() => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    });
    if (options?.ref === false) timer.unref();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

async function* every(delay, value, options) {
  const signal = options?.signal;
  let ticks = 0;
  let wake = () => {};
  const timer = setInterval(() => {
    ticks++;
    wake();
  }, delay);
  const stop = () => wake();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      if (ticks === 0 && !signal?.aborted) await new Promise((resolve) => (wake = resolve));
      if (signal?.aborted) throw aborted(signal);
      ticks--;
      yield value;
    }
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

module.exports = {
  setTimeout: wait,
  setImmediate: (value, options) => waitFor(setImmediate, value, options),
  setInterval: every,
  scheduler: {
    wait: (delay, options) => wait(delay, undefined, options),
    yield: () => waitFor(setImmediate),
  },
};
