// Puts the globals of the web into a script context. Each is an accessor that loads its file on
// first touch and then becomes a plain data property; a context pays for what it uses.
// `load(file)` gives the function of a file, `java(name)` a function of the host, `hooks` is where
// bootstrap.js asks before it reports what nobody caught.
(function (load, java, hooks) {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { performance, TextEncoder, TextDecoder } = globalThis;
  const { setTimeout, clearTimeout, queueMicrotask, reportError } = globalThis;

  // File to the globals it makes: interfaces are not enumerable, operations and attributes are.
  const INTERFACES = {
    exception: 'DOMException',
    events: 'Event EventTarget CustomEvent ErrorEvent PromiseRejectionEvent MessageEvent CloseEvent',
    abort: 'AbortController AbortSignal',
    encoding: 'TextEncoder TextDecoder',
    url: 'URL URLSearchParams',
    urlpattern: 'URLPattern',
    performance:
      'Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver ' +
      'PerformanceObserverEntryList',
    navigator: 'Navigator',
    messaging: 'MessageChannel MessagePort',
    streams:
      'ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ' +
      'ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableByteStreamController ' +
      'WritableStream WritableStreamDefaultWriter WritableStreamDefaultController ' +
      'TransformStream TransformStreamDefaultController ByteLengthQueuingStrategy ' +
      'CountQueuingStrategy',
    textstreams: 'TextEncoderStream TextDecoderStream',
    compression: 'CompressionStream DecompressionStream',
    blob: 'Blob File',
    formdata: 'FormData',
    headers: 'Headers',
    fetch: 'Request Response',
    websocket: 'WebSocket',
    wasm: 'WebAssembly',
    crypto: 'Crypto CryptoKey SubtleCrypto',
  };
  const OTHERS = {
    base64: 'atob btoa',
    clone: 'structuredClone',
    performance: 'performance',
    navigator: 'navigator',
    fetch: 'fetch',
    crypto: 'crypto',
  };

  // Bundled by js-sdk/polyfills; the other files are ours.
  const FROM_NPM = ['url', 'urlpattern', 'streams'];

  // What a script may have overwritten before a file is loaded. The file finds what the language
  // has, so that what it takes at its top is that for good; then the script's own is put back.
  const LANGUAGE = [];
  for (const [object, names] of [
    [Promise.prototype, 'then catch finally'],
    [Promise, 'resolve reject all allSettled race'],
    [Array.prototype, 'push pop shift unshift slice splice map filter forEach some every find findIndex includes indexOf join concat flat flatMap sort reverse keys values entries reduce'],
    [Map.prototype, 'get set has delete clear forEach keys values entries'],
    [Set.prototype, 'add has delete clear forEach keys values entries'],
    [WeakMap.prototype, 'get set has delete'],
    [JSON, 'parse stringify'],
    [Object, 'keys values entries assign create freeze defineProperty defineProperties getPrototypeOf setPrototypeOf getOwnPropertyDescriptor fromEntries'],
    [Reflect, 'apply ownKeys construct getPrototypeOf getOwnPropertyDescriptor'],
    [Function.prototype, 'call apply bind'],
    [Object.prototype, 'toString hasOwnProperty toJSON'],
  ]) {
    for (const name of names.split(' ')) LANGUAGE.push({ object, name, value: object[name] });
  }
  for (const object of [Array.prototype, Map.prototype, Set.prototype, String.prototype]) {
    LANGUAGE.push({ object, name: Symbol.iterator, value: object[Symbol.iterator] });
  }

  /** Runs with the language as it was; returns the result. */
  function untouched(run) {
    const overwritten = [];
    for (let i = 0; i < LANGUAGE.length; i++) {
      const { object, name, value } = LANGUAGE[i];
      if (object[name] === value) continue;
      const descriptor = getOwnPropertyDescriptor(object, name);
      if (descriptor === undefined || !descriptor.configurable) continue;
      overwritten[overwritten.length] = { object, name, descriptor };
      if (value === undefined) delete object[name];
      else defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
    }
    try {
      return run();
    } finally {
      for (let i = 0; i < overwritten.length; i++) {
        const { object, name, descriptor } = overwritten[i];
        defineProperty(object, name, descriptor);
      }
    }
  }

  const made = { __proto__: null };
  const env = {
    java,
    hooks,
    need,
    timers: { setTimeout, clearTimeout, queueMicrotask },
    clock: performance,
    engine: { TextEncoder, TextDecoder },
    global: globalThis,
    reportError,
  };

  /** What a file makes, made once in each context. */
  function need(file) {
    if (made[file] === undefined) made[file] = untouched(() => begun(file));
    return made[file];
  }

  function begun(file) {
    const exports = load(file)(env);
    if (FROM_NPM.includes(file)) need('idl').foreign(...Object.values(exports));
    return exports;
  }

  function place(name, value, enumerable) {
    defineProperty(globalThis, name, { value, writable: true, enumerable, configurable: true });
  }

  function lazily(file, names, enumerable) {
    for (const name of names.split(' ')) {
      defineProperty(globalThis, name, {
        get() {
          const value = need(file)[name];
          place(name, value, enumerable);
          return value;
        },
        set: (value) => place(name, value, enumerable),
        enumerable,
        configurable: true,
      });
    }
  }

  for (const file in INTERFACES) lazily(file, INTERFACES[file], false);
  for (const file in OTHERS) lazily(file, OTHERS[file], true);

  // The global object is an event target too; only its handlers stay accessors.
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    lazily('globaltarget', name, true);
  }
  for (const name of ['onerror', 'onunhandledrejection', 'onrejectionhandled', 'onmessage']) {
    defineProperty(globalThis, name, {
      get: () => (made.globaltarget === undefined ? null : made.globaltarget.handlers[name].get()),
      set: (value) => need('globaltarget').handlers[name].set(value),
      enumerable: true,
      configurable: true,
    });
  }
  place('console', globalThis.console, false);
  defineProperty(globalThis, Symbol.toStringTag, { value: 'global', configurable: true });
});
