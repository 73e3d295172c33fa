// Runs first in every script context and makes the two ends meet: `java` is what the host gives
// (HostBindings), the result is what the host calls (ScriptFunctions). It keeps its own references
// to the built-ins, so that a script that overwrites a prototype cannot break the bridge.
(function (java) {
  'use strict';
  const { parse: parseJson, stringify } = JSON;
  const { apply } = Reflect;
  const PromiseClass = Promise;
  const then = PromiseClass.prototype.then;
  const ErrorClass = Error;
  const TypeErrorClass = TypeError;
  const Bytes = Uint8Array;
  const BytesBuffer = ArrayBuffer;
  const setBytes = Bytes.prototype.set;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { isArray } = Array;
  const isView = BytesBuffer.isView;

  // The engine does not have them, and whatever is to be disposed of is so by these names.
  for (const name of ['dispose', 'asyncDispose']) {
    if (Symbol[name] === undefined) {
      defineProperty(Symbol, name, {
        value: Symbol(`Symbol.${name}`), writable: false, enumerable: false, configurable: false,
      });
    }
  }

  const MAX_CAUSES = 8;
  const requests = java.requests();
  const timers = java.timers();
  const asyncIterator = Symbol.asyncIterator;

  /** A thrown value by its data properties only: a getter would be code of the script. */
  function described(error, depth) {
    if (error === null || typeof error !== 'object') {
      const opaque = typeof error === 'symbol' || typeof error === 'function';
      const shown = opaque ? 'a ' + typeof error : `${error}`;
      return { code: 'HANDLER_FAILED', message: 'threw ' + shown };
    }
    const own = (object, key) => getOwnPropertyDescriptor(object, key)?.value;
    const text = (value) => (typeof value === 'string' ? value : undefined);
    const parent = getPrototypeOf(error);
    const name = text(own(error, 'name')) ?? (parent === null ? undefined : text(own(parent, 'name')));
    const cause = own(error, 'cause');
    const errors = own(error, 'errors');
    const more = depth < MAX_CAUSES;
    return {
      code: 'HANDLER_FAILED',
      name,
      message: text(own(error, 'message')) ?? 'Error',
      stack: text(own(error, 'stack')),
      cause: more && cause !== undefined ? described(cause, depth + 1) : undefined,
      errors: more && isArray(errors) ? describedAll(errors, depth + 1) : undefined,
    };
  }

  function describedAll(errors, depth) {
    const all = [];
    for (let i = 0; i < errors.length && i < MAX_CAUSES; i++) {
      all[i] = described(getOwnPropertyDescriptor(errors, i)?.value, depth);
    }
    return all;
  }

  // Until the SDK registers its codec, plain JSON is all there is.
  let codec = {
    encode: (value) => ['json', value === undefined ? 'null' : stringify(value)],
    decode: (kind, data) => (kind === 'bytes' ? new Bytes(data) : parseJson(data)),
    makeError(code, message) {
      const error = new ErrorClass(message);
      error.code = code;
      return error;
    },
    describeError: (error) => stringify(described(error, 0)),
  };

  /** Bytes that came from the host are shared with other receivers, so the script gets a copy. */
  function ownBuffer(buffer) {
    const theirs = new Bytes(new BytesBuffer(buffer));
    const own = new Bytes(theirs.length);
    apply(setBytes, own, [theirs]); // many times as fast as a slice of such a buffer
    return own.buffer;
  }

  function decode(kind, data) {
    if (kind === 'value') return data;
    return codec.decode(kind, kind === 'bytes' ? ownBuffer(data) : data);
  }

  /** Hands a value to the host as (kind, data, offset, length). */
  function give(value, receive) {
    const pair = codec.encode(value);
    giveEncoded(pair[0], pair[1], receive);
  }

  function giveEncoded(kind, data, receive) {
    if (kind !== 'bytes') {
      receive(kind, data, 0, 0);
    } else if (isView(data)) {
      receive(kind, data.buffer, data.byteOffset, data.byteLength);
    } else {
      receive(kind, data, 0, data.byteLength);
    }
  }

  function describe(error) {
    try {
      return codec.describeError(error);
    } catch {
      return '{"code":"HANDLER_FAILED","message":"an error that cannot be read"}';
    }
  }

  function makeError(json) {
    const e = parseJson(json);
    const text = (part) => (part === undefined ? null : stringify(part));
    return codec.makeError(e.code, e.message, e.name ?? null, text(e.data), e.stack ?? null, text(e.cause), text(e.errors), e);
  }

  function isThenable(value) {
    return value !== null && typeof value === 'object' && typeof value.then === 'function';
  }

  /** Settles a call with what a handler returned, now or when its promise settles. */
  function settle(call, result) {
    try {
      if (result !== null && typeof result === 'object' && result[asyncIterator] !== undefined) {
        throw new TypeErrorClass('the action returned a stream of items: define it with stream({ handler })');
      }
      give(result, (kind, data, offset, length) => call.succeed(kind, data, offset, length));
    } catch (error) {
      call.fail(describe(error));
    }
  }

  function settleLater(call, promise) {
    // A native promise is awaited by the captured `then`; any other thenable is adopted first.
    const native = promise instanceof PromiseClass ? promise : PromiseClass.resolve(promise);
    apply(then, native, [(value) => settle(call, value), (error) => call.fail(describe(error))]);
  }

  // What the SDK still waits for when the top level has run. One for each `new Node()`.
  const finishing = [];
  let finished = false;

  /** Runs what the SDK waits for, one after the other. */
  async function finishLoading() {
    for (let i = 0; i < finishing.length; i++) await finishing[i]();
    finished = true;
    finishing.length = 0;
  }

  const PENDING = Symbol('settled by the call');

  /** A promise that the host settles: `begin` gets (resolve(value), reject(json)). */
  function hostPromise(begin) {
    return new PromiseClass((resolve, reject) => {
      begin(resolve, (json) => reject(makeError(json)));
    });
  }

  /** Runs what may throw a host error, and throws it as an error of the SDK. */
  function guard(json) {
    if (json !== null && json !== undefined) throw makeError(json);
  }

  const host = {
    runtime: 'java',
    configure(configJson) {
      const answer = java.configure(configJson);
      guard(answer.error());
      return answer.value();
    },
    instance: () => java.instance(),
    addService: (definition, handlers) =>
      hostPromise((resolve, reject) => java.addService(definition, handlers, resolve, reject)),
    removeService: (path) =>
      hostPromise((resolve, reject) => java.removeService(path, resolve, reject)),
    start: () => hostPromise((resolve, reject) => java.start(resolve, reject)),
    stop: () => hostPromise((resolve, reject) => java.stop(resolve, reject)),
    request(path, kind, data, options, asking, answered, failed) {
      const bytes = kind === 'bytes';
      const view = bytes && isView(data);
      return new Exchange(
        requests.request(
          path, kind, view ? data.buffer : data, view ? data.byteOffset : 0, bytes ? data.byteLength : 0,
          options, asking.within, asking.onMeta, asking.sends,
          (answerKind, answer) => {
            if (answerKind === 'error') failed(makeError(answer));
            else answered(answerKind, answerKind === 'bytes' ? ownBuffer(answer) : answer);
          },
        ),
      );
    },
    stream(path, kind, data, options, asking) {
      let exchange;
      giveEncoded(kind, data, (k, d, offset, length) => {
        exchange = requests.stream(path, k, d, offset, length, options, asking.within, asking.onMeta, asking.sends);
      });
      if (exchange.inlet() === null) guard(exchange.failure());
      return new Exchange(exchange);
    },
    output(call) {
      const outlet = call.output();
      return outlet === null ? null : wrapOutlet(outlet);
    },
    input(call) {
      const inlet = call.input();
      return inlet === null ? null : wrapInlet(inlet);
    },
    publish: (topic, kind, data, options, within) =>
      hostPromise((resolve, reject) =>
        giveEncoded(kind, data, (k, d, offset, length) =>
          java.publish(topic, k, d, offset, length, options, within ?? null, resolve, reject),
        ),
      ),
    subscribe: (pattern, handler, options, within) =>
      hostPromise((resolve, reject) =>
        java.subscribe(pattern, handler, options, within ?? null, resolve, reject),
      ),
    unsubscribe: (id) => hostPromise((resolve, reject) => java.unsubscribe(id, resolve, reject)),
    on: (pattern, options) =>
      new PromiseClass((resolve, reject) =>
        java.on(
          pattern,
          options,
          (kind, data, info) => {
            const payload = [kind, kind === 'bytes' ? ownBuffer(data) : data];
            resolve({
              id: () => info.id(),
              topic: () => info.topic(),
              timestamp: () => info.timestamp(),
              payload: () => payload,
            });
          },
          (json) => reject(makeError(json)),
        ),
      ),
    clearRetained: (pattern) =>
      hostPromise((resolve, reject) => java.clearRetained(pattern, resolve, reject)),
    log: (level, logger, message) => java.log(level, logger, message),
    session(id) {
      const session = java.session(id);
      return session === null ? null : wrapSession(session);
    },
    topic(name) {
      const topic = java.topic(name);
      guard(topic.failure());
      return {
        name: () => topic.name(),
        write: (data) =>
          isView(data)
            ? topic.write(data.buffer, data.byteOffset, data.byteLength)
            : topic.write(data, 0, data.byteLength),
        dropped: () => topic.dropped(),
      };
    },
    sendToGroup(group, kind, data) {
      let count = 0;
      giveEncoded(kind, data, (k, d, offset, length) => {
        count = java.sendToGroup(group, k, d, offset, length);
      });
      return count;
    },
    registerCodec(registered) {
      codec = registered;
    },
    beforeLoaded(finish) {
      if (!finished) finishing[finishing.length] = finish;
    },
  };

  // Where the module runar:host finds it; not enumerable, not to be replaced.
  defineProperty(globalThis, Symbol.for('runar.host'), { value: host });

  /** A request under way. */
  class Exchange {
    #exchange;

    constructor(exchange) {
      this.#exchange = exchange;
    }

    cancel() {
      this.#exchange.cancel();
    }

    inlet() {
      const inlet = this.#exchange.inlet();
      return inlet === null ? null : wrapInlet(inlet);
    }

    outlet() {
      const outlet = this.#exchange.outlet();
      return outlet === null ? null : wrapOutlet(outlet);
    }
  }

  /** Where items are read. */
  function wrapInlet(inlet) {
    return {
      listen: (onItems, onEnd) =>
        inlet.listen(
          (kind, data) => onItems(kind, kind === 'bytes' ? ownBuffer(data) : data),
          (failure) => onEnd(failure === null ? undefined : makeError(failure)),
        ),
      read: () => inlet.read(),
      taken: (items) => inlet.taken(items),
      cancel: () => inlet.cancel(),
    };
  }

  /** Where items are written. */
  function wrapOutlet(outlet) {
    return {
      room: () => outlet.room(),
      write(kind, data, count) {
        giveEncoded(kind, data, (k, d, offset, length) => outlet.write(k, d, offset, length, count));
      },
      whenRoom: (callback) => outlet.whenRoom(callback),
      afterTurn: (callback) => outlet.afterTurn(callback),
      onClosed: (callback) => outlet.onClosed(callback),
      end: () => outlet.end(),
      fail: (error) => outlet.fail(describe(error)),
    };
  }

  /** The bytes of a message need an offset and a length; the SDK does not know about that. */
  function wrapSession(session) {
    return {
      id: () => session.id(),
      path: () => session.path(),
      queryJson: () => session.queryJson(),
      remoteAddress: () => session.remoteAddress(),
      identityKind: () => session.identityKind(),
      identityText: () => session.identityText(),
      carriedOver: () => session.carriedOver(),
      send(kind, data) {
        let answer = 'CLOSED';
        giveEncoded(kind, data, (k, d, offset, length) => {
          answer = session.send(k, d, offset, length);
        });
        return answer;
      },
      close: (code, reason) => session.close(code, reason),
      join: (group) => session.join(group),
      leave: (group) => session.leave(group),
    };
  }

  function functionOf(callback, name) {
    if (typeof callback !== 'function') {
      throw new TypeErrorClass(name + ' must be a function');
    }
    return callback;
  }

  // process.nextTick: what is queued in the course of a callback runs after it, before the first
  // microtask; what a microtask queues runs when the host has run the other microtasks, too.
  let ticks = [];
  let inCallback = false;

  /** True: the host has to run it. */
  function nextTick(callback, args) {
    ticks[ticks.length] = [callback, args];
    return !inCallback;
  }

  function runTicks() {
    while (ticks.length !== 0) {
      const some = ticks;
      ticks = [];
      for (let i = 0; i < some.length; i++) {
        try {
          apply(some[i][0], undefined, some[i][1]);
        } catch (error) {
          uncaught(error, 'process.nextTick');
        }
      }
    }
  }

  function begin() {
    inCallback = true;
    if (ticks.length !== 0) runTicks();
  }

  function end() {
    if (ticks.length !== 0) runTicks();
    inCallback = false;
  }

  // process.exit ends what runs by an error that is nobody's to report.
  const EXIT = new ErrorClass('process.exit() was called');

  // What the globals of the web know about errors: listeners of `error` and `unhandledrejection`.
  // `uncaught` is the test runner's, which comes after them.
  // `setDeadline` is for them: a timer that no script that has stopped its node is waited for.
  const hooks = {
    error: undefined, rejection: undefined, uncaught: undefined, setDeadline: undefined,
  };

  /** An error that nobody caught: listeners of the global object hear it first. */
  function uncaught(error, where) {
    if (error === EXIT) return;
    if (hooks.error !== undefined && hooks.error(error)) return;
    if (hooks.uncaught === undefined) java.uncaught(describe(error), where);
    else hooks.uncaught(error, where);
  }

  /** A timer's callback with its arguments. */
  function setTimer(set, callback, delay, args) {
    functionOf(callback, 'The callback of a timer');
    const ms = Number(delay);
    const run = () => {
      begin();
      try {
        apply(callback, undefined, args);
      } catch (error) {
        uncaught(error, 'timer');
      }
      end();
    };
    const id = set(run, ms >= 1 && ms <= 2147483647 ? ms : 1);
    if (id < 0) throw new RangeError('too many timers are set in this script');
    return id;
  }

  /** A timer as scripts have it: the object of Node.js, and where a number is wanted the web's id. */
  class Timeout {
    #begin;
    #id;
    #isCleared = false;
    #hasRef = true;

    constructor(begin) {
      this.#begin = begin;
      this.#id = begin();
    }

    /** Ends a timer, or the one of an id; anything else is ignored. */
    static clear(timer) {
      if (typeof timer === 'object' && timer !== null && #id in timer) {
        timer.#isCleared = true;
        timers.clear(timer.#id);
      } else if (typeof timer === 'number' || typeof timer === 'string') {
        timers.clear(Number(timer));
      }
    }

    ref() {
      return this.#keep(true);
    }

    unref() {
      return this.#keep(false);
    }

    #keep(hasRef) {
      this.#hasRef = hasRef;
      timers.awaited(this.#id, hasRef);
      return this;
    }

    hasRef() {
      return this.#hasRef;
    }

    /** Begins anew, also when it has fired. */
    refresh() {
      if (this.#isCleared) return this;
      timers.clear(this.#id);
      this.#id = this.#begin();
      return this.#keep(this.#hasRef);
    }

    close() {
      Timeout.clear(this);
      return this;
    }

    [Symbol.toPrimitive]() {
      return this.#id;
    }

    [Symbol.dispose]() {
      Timeout.clear(this);
    }
  }

  const once = (run, ms) => timers.once(run, ms);
  const soon = (run) => timers.once(run, 0);
  const every = (run, ms) => timers.every(run, ms);
  const deadline = (run, ms) => timers.deadline(run, ms);
  hooks.setDeadline = (callback, delay) => setTimer(deadline, callback, delay, []);

  const globals = {
    setTimeout: (callback, delay, ...args) => new Timeout(() => setTimer(once, callback, delay, args)),
    setInterval: (callback, delay, ...args) => new Timeout(() => setTimer(every, callback, delay, args)),
    clearTimeout: (timer) => Timeout.clear(timer),
    clearInterval: (timer) => Timeout.clear(timer),
    queueMicrotask(callback) {
      functionOf(callback, 'The callback of queueMicrotask');
      apply(then, PromiseClass.resolve(), [
        () => {
          try {
            callback();
          } catch (error) {
            uncaught(error, 'microtask');
          }
        },
      ]);
    },
    reportError(error) {
      if (arguments.length === 0) throw new TypeErrorClass('reportError: an error is required');
      uncaught(error, 'reportError');
    },
  };
  for (const name of Object.keys(globals)) {
    defineProperty(globalThis, name, {
      value: globals[name], writable: true, enumerable: true, configurable: true,
    });
  }
  // Node.js has these besides.
  const ofNode = {
    setImmediate: (callback, ...args) => new Timeout(() => setTimer(soon, callback, 0, args)),
    clearImmediate: (timer) => Timeout.clear(timer),
  };
  for (const name of Object.keys(ofNode)) {
    defineProperty(globalThis, name, {
      value: ofNode[name], writable: true, enumerable: false, configurable: true,
    });
  }
  defineProperty(globalThis, 'self', {
    value: globalThis, writable: true, enumerable: true, configurable: true,
  });

  // The engine asks after the microtasks of a turn, so a rejection handled by then is not reported.
  globalThis.Graal?.setUnhandledPromiseRejectionHandler((reason, promise) => {
    if (reason === EXIT || hooks.rejection?.(reason, promise)) return;
    const where = 'unhandled promise rejection';
    if (hooks.uncaught === undefined) java.uncaught(describe(reason), where);
    else hooks.uncaught(reason, where);
  });
  delete globalThis.Graal;

  return {
    host,
    hooks,
    PENDING,
    nextTick,
    runTicks() {
      begin();
      end();
    },
    EXIT,
    /** One action: returns a scalar for the host to take as it is, or settles the call itself. */
    action: (handler) => (...args) => {
      const call = args[0];
      begin();
      try {
        const result = apply(handler, undefined, args); // a spread would ask the iterator
        switch (typeof result) {
          case 'number':
          case 'string':
          case 'boolean':
            return result;
          default:
        }
        if (isThenable(result)) settleLater(call, result);
        else settle(call, result);
      } catch (error) {
        call.fail(describe(error));
      } finally {
        end();
      }
      return PENDING;
    },
    /** One event handler: exactly two arguments, always. */
    event: (handler) => (delivery, kind, data) => {
      begin();
      try {
        const result = handler(decode(kind, data), delivery);
        if (isThenable(result)) {
          const native = result instanceof PromiseClass ? result : PromiseClass.resolve(result);
          apply(then, native, [() => delivery.handled(), (error) => delivery.failed(describe(error))]);
        } else {
          delivery.handled();
        }
      } catch (error) {
        delivery.failed(describe(error));
      } finally {
        end();
      }
    },
    /** One handler of a raw socket. */
    socket: (handlers) => (what, delivery, session, kind, data, code, reason) => {
      begin();
      try {
        const wrapped = wrapSession(session);
        let result;
        if (what === 'open') result = handlers.open?.(wrapped);
        else if (what === 'message') result = handlers.message(wrapped, kind, kind === 'bytes' ? ownBuffer(data) : data);
        else result = handlers.close?.(wrapped, code, reason);
        if (isThenable(result)) {
          apply(then, PromiseClass.resolve(result), [
            () => delivery.handled(),
            (error) => delivery.failed(describe(error)),
          ]);
        } else {
          delivery.handled();
        }
      } catch (error) {
        delivery.failed(describe(error));
      } finally {
        end();
      }
    },
    /** Whether a client of a raw socket may connect: what `take` gets is who it is, or nothing. */
    accept: (handlers) => (requestJson, take, reject) => {
      begin();
      const given = (value) => {
        try {
          if (value === undefined || value === null) take();
          else give(value, take);
        } catch (error) {
          reject(describe(error));
        }
      };
      try {
        const result = handlers.accept(requestJson);
        if (isThenable(result)) {
          apply(then, PromiseClass.resolve(result), [given, (error) => reject(describe(error))]);
        } else {
          given(result);
        }
      } catch (error) {
        reject(describe(error));
      } finally {
        end();
      }
    },
    /** A step of a service's life, or any function that may return a promise. */
    call: (callback, life, resolve, reject) => {
      try {
        const result = callback(life);
        if (isThenable(result)) {
          apply(then, PromiseClass.resolve(result), [
            () => resolve(),
            (error) => reject(describe(error)),
          ]);
        } else {
          resolve();
        }
      } catch (error) {
        reject(describe(error));
      }
    },
    /** What a service hands on to the one that takes its place: (kind, data, offset, length). */
    save: (callback, life, take, reject) => {
      const given = (value) => {
        try {
          if (value === undefined) take();
          else give(value, take);
        } catch (error) {
          reject(describe(error));
        }
      };
      try {
        const result = callback(life);
        if (isThenable(result)) {
          apply(then, PromiseClass.resolve(result), [given, (error) => reject(describe(error))]);
        } else {
          given(result);
        }
      } catch (error) {
        reject(describe(error));
      }
    },
    /** Gives a service what the one before it has saved. */
    restore: (callback, kind, data, resolve, reject) => {
      try {
        const result = callback(decode(kind, data));
        if (isThenable(result)) {
          apply(then, PromiseClass.resolve(result), [
            () => resolve(),
            (error) => reject(describe(error)),
          ]);
        } else {
          resolve();
        }
      } catch (error) {
        reject(describe(error));
      }
    },
    /** The rest of the load: resolves when nothing that the SDK began is open any more. */
    finishLoading: (resolve, reject) => {
      apply(then, finishLoading(), [() => resolve(), reject]);
    },
    decode,
    describe,
    member: (object, name) => object?.[name],
    /** An event handler that throws unless it gets exactly what every event handler is promised. */
    selfTest: () =>
      function () {
        const payload = arguments[0];
        const event = arguments[1];
        if (
          arguments.length !== 2 || payload === null || typeof payload !== 'object' ||
          stringify(payload) !== '{"check":"runar","n":1}' || event?.topic() !== '$selftest'
        ) {
          throw new ErrorClass('the self-test event did not arrive as promised');
        }
      },
  };
})
