// Events and their targets. There is no tree here, so an event is only ever at its target.
(function (env) {
  'use strict';
  const { need, clock, reportError } = env;
  const { expose, required, dictionary } = need('idl');
  const { DOMException } = need('exception');
  const { List } = need('safe');
  const { defineProperty, getOwnPropertyDescriptor, freeze } = Object;
  const { apply } = Reflect;

  let stateOf; // of an event
  let listenersOf; // of a target

  class Event {
    #state;

    static {
      stateOf = (event) => event.#state;
      defineProperty(this, 'isEvent', { value: (value) => typeof value === 'object' && value !== null && #state in value, configurable: true });
    }

    constructor(type, options = undefined) {
      required(arguments.length, 1, new.target.name);
      const text = `${type}`;
      const init = dictionary(options, new.target.name);
      this.#state = {
        type: text,
        bubbles: Boolean(init.bubbles),
        cancelable: Boolean(init.cancelable),
        composed: Boolean(init.composed),
        target: null,
        currentTarget: null,
        phase: 0,
        initialized: true,
        dispatching: false,
        stopped: false,
        stoppedNow: false,
        canceled: false,
        passive: false,
        trusted: false,
        timeStamp: clock.now(),
      };
      defineProperty(this, 'isTrusted', TRUSTED);
    }

    get type() {
      return this.#state.type;
    }
    get target() {
      return this.#state.target;
    }
    get srcElement() {
      return this.#state.target;
    }
    get currentTarget() {
      return this.#state.currentTarget;
    }
    composedPath() {
      return this.#state.currentTarget === null ? [] : [this.#state.currentTarget];
    }
    get eventPhase() {
      return this.#state.phase;
    }
    stopPropagation() {
      this.#state.stopped = true;
    }
    get cancelBubble() {
      return this.#state.stopped;
    }
    set cancelBubble(value) {
      if (value) this.#state.stopped = true;
    }
    stopImmediatePropagation() {
      this.#state.stopped = true;
      this.#state.stoppedNow = true;
    }
    get bubbles() {
      return this.#state.bubbles;
    }
    get cancelable() {
      return this.#state.cancelable;
    }
    get returnValue() {
      return !this.#state.canceled;
    }
    set returnValue(value) {
      if (!value) cancel(this.#state);
    }
    preventDefault() {
      cancel(this.#state);
    }
    get defaultPrevented() {
      return this.#state.canceled;
    }
    get composed() {
      return this.#state.composed;
    }
    get timeStamp() {
      return this.#state.timeStamp;
    }
    initEvent(type, bubbles = false, cancelable = false) {
      required(arguments.length, 1, 'initEvent');
      const text = `${type}`;
      const state = this.#state;
      if (state.dispatching) return;
      state.initialized = true;
      state.stopped = state.stoppedNow = state.canceled = false;
      state.trusted = false;
      state.target = null;
      state.type = text;
      state.bubbles = Boolean(bubbles);
      state.cancelable = Boolean(cancelable);
    }
  }
  const isEvent = Event.isEvent;
  delete Event.isEvent;
  const TRUSTED = {
    get: getOwnPropertyDescriptor(
      { get isTrusted() { return stateOf(this).trusted; } },
      'isTrusted',
    ).get,
    enumerable: true,
    configurable: false,
  };
  expose(Event, { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });

  function cancel(state) {
    if (state.cancelable && !state.passive) state.canceled = true;
  }

  class CustomEvent extends Event {
    #detail;

    constructor(type, options = undefined) {
      required(arguments.length, 1, 'CustomEvent');
      super(type, options);
      const { detail } = dictionary(options, 'CustomEvent');
      this.#detail = detail === undefined ? null : detail;
    }
    get detail() {
      return this.#detail;
    }
    initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
      required(arguments.length, 1, 'initCustomEvent');
      if (stateOf(this).dispatching) return;
      this.initEvent(type, bubbles, cancelable);
      this.#detail = detail;
    }
  }
  expose(CustomEvent);

  class ErrorEvent extends Event {
    #message;
    #filename;
    #lineno;
    #colno;
    #error;

    constructor(type, options = undefined) {
      required(arguments.length, 1, 'ErrorEvent');
      super(type, options);
      const init = dictionary(options, 'ErrorEvent');
      this.#colno = (init.colno ?? 0) >>> 0;
      this.#error = init.error;
      this.#filename = init.filename === undefined ? '' : `${init.filename}`;
      this.#lineno = (init.lineno ?? 0) >>> 0;
      this.#message = init.message === undefined ? '' : `${init.message}`;
    }
    get message() {
      return this.#message;
    }
    get filename() {
      return this.#filename;
    }
    get lineno() {
      return this.#lineno;
    }
    get colno() {
      return this.#colno;
    }
    get error() {
      return this.#error;
    }
  }
  expose(ErrorEvent);

  class PromiseRejectionEvent extends Event {
    #promise;
    #reason;

    constructor(type, options) {
      required(arguments.length, 2, 'PromiseRejectionEvent');
      super(type, options);
      const init = dictionary(options, 'PromiseRejectionEvent');
      if (typeof init.promise !== 'object' || init.promise === null) {
        throw new TypeError('PromiseRejectionEvent: promise is required');
      }
      this.#promise = init.promise;
      this.#reason = init.reason;
    }
    get promise() {
      return this.#promise;
    }
    get reason() {
      return this.#reason;
    }
  }
  expose(PromiseRejectionEvent);

  class MessageEvent extends Event {
    #data;
    #origin;
    #lastEventId;
    #source;
    #ports;

    constructor(type, options = undefined) {
      required(arguments.length, 1, 'MessageEvent');
      super(type, options);
      const init = dictionary(options, 'MessageEvent');
      this.#data = init.data === undefined ? null : init.data;
      this.#origin = init.origin === undefined ? '' : `${init.origin}`.toWellFormed();
      this.#lastEventId = init.lastEventId === undefined ? '' : `${init.lastEventId}`;
      this.#source = init.source ?? null;
      this.#ports = freeze(init.ports === undefined ? [] : [...init.ports]);
    }
    get data() {
      return this.#data;
    }
    get origin() {
      return this.#origin;
    }
    get lastEventId() {
      return this.#lastEventId;
    }
    get source() {
      return this.#source;
    }
    get ports() {
      return this.#ports;
    }
  }
  expose(MessageEvent);

  class CloseEvent extends Event {
    #wasClean;
    #code;
    #reason;

    constructor(type, options = undefined) {
      required(arguments.length, 1, 'CloseEvent');
      super(type, options);
      const init = dictionary(options, 'CloseEvent');
      this.#wasClean = Boolean(init.wasClean);
      this.#code = (init.code ?? 0) & 0xffff;
      this.#reason = init.reason === undefined ? '' : `${init.reason}`.toWellFormed();
    }
    get wasClean() {
      return this.#wasClean;
    }
    get code() {
      return this.#code;
    }
    get reason() {
      return this.#reason;
    }
  }
  expose(CloseEvent);

  // What is told about the listeners of a target: AbortSignal keeps itself alive by it.
  const watched = Symbol('listeners changed');

  class EventTarget {
    #listeners = new List();

    static {
      listenersOf = (target) => target.#listeners;
    }

    addEventListener(type, callback, options = undefined) {
      required(arguments.length, 2, 'addEventListener');
      const target = this ?? globalThis;
      add(listenersOf(target), target, `${type}`, callback, options);
      target[watched]?.();
    }

    removeEventListener(type, callback, options = undefined) {
      required(arguments.length, 2, 'removeEventListener');
      const target = this ?? globalThis;
      const listeners = listenersOf(target);
      const text = `${type}`;
      const capture = isCapture(options);
      checkCallback(callback, 'removeEventListener');
      remove(listeners, listeners.find((l) => l.type === text && l.callback === callback && l.capture === capture));
      target[watched]?.();
    }

    dispatchEvent(event) {
      required(arguments.length, 1, 'dispatchEvent');
      const target = this ?? globalThis;
      const listeners = listenersOf(target);
      if (!isEvent(event)) throw new TypeError('dispatchEvent: not an Event');
      const state = stateOf(event);
      if (state.dispatching || !state.initialized) {
        throw new DOMException('the event is being dispatched already', 'InvalidStateError');
      }
      state.trusted = false;
      return dispatch(target, listeners, event, state);
    }
  }
  expose(EventTarget);
  const { addEventListener, removeEventListener } = EventTarget.prototype;

  function isCapture(options) {
    return typeof options === 'object' && options !== null ? Boolean(options.capture) : Boolean(options);
  }

  function checkCallback(callback, where) {
    if (callback !== null && callback !== undefined && typeof callback !== 'object' && typeof callback !== 'function') {
      throw new TypeError(`${where}: the listener is neither a function nor an object`);
    }
  }

  function add(listeners, target, type, callback, options) {
    checkCallback(callback, 'addEventListener');
    const listener = { type, callback: callback ?? null, capture: false, once: false, passive: false, removed: false };
    let signal;
    if (typeof options === 'object' && options !== null) {
      listener.capture = Boolean(options.capture);
      listener.once = Boolean(options.once);
      listener.passive = Boolean(options.passive);
      signal = options.signal;
      if (signal !== undefined && !need('abort').isSignal(signal)) {
        throw new TypeError('addEventListener: signal is not an AbortSignal');
      }
    } else {
      listener.capture = Boolean(options);
    }
    if (signal?.aborted || listener.callback === null) return;
    const known = listeners.some(
      (l) => l.type === type && l.callback === callback && l.capture === listener.capture,
    );
    if (known) return;
    listeners.push(listener);
    if (signal !== undefined) {
      need('abort').whenAborted(signal, () => {
        remove(listeners, listener);
        target[watched]?.();
      });
    }
  }

  function remove(listeners, listener) {
    const index = listeners.indexOf(listener);
    if (index >= 0) {
      listener.removed = true;
      listeners.splice(index, 1);
    }
  }

  function dispatch(target, listeners, event, state) {
    state.dispatching = true;
    state.target = target;
    state.currentTarget = target;
    state.phase = 2;
    if (!state.stopped) {
      invoke(target, listeners, event, state, true);
      if (!state.stopped) invoke(target, listeners, event, state, false);
    }
    state.phase = 0;
    state.currentTarget = null;
    state.dispatching = state.stopped = state.stoppedNow = false;
    return !state.canceled;
  }

  function invoke(target, listeners, event, state, capture) {
    for (const listener of listeners.slice()) {
      if (listener.removed || listener.type !== state.type || listener.capture !== capture) continue;
      if (listener.once) {
        remove(listeners, listener);
        target[watched]?.();
      }
      state.passive = listener.passive;
      try {
        call(listener.callback, target, event);
      } catch (error) {
        reportError(error);
      }
      state.passive = false;
      if (state.stoppedNow) return;
    }
  }

  function call(callback, target, event) {
    if (typeof callback === 'function') {
      apply(callback, target, [event]);
      return;
    }
    const { handleEvent } = callback;
    if (typeof handleEvent !== 'function') throw new TypeError('handleEvent is not a function');
    apply(handleEvent, callback, [event]);
  }

  /** Dispatches an event of the host's own: a trusted one. */
  function fire(target, event) {
    const state = stateOf(event);
    state.trusted = true;
    return dispatch(target, listenersOf(target), event, state);
  }

  const handlers = Symbol('event handlers');

  /** The value of an event handler attribute such as `onabort`. */
  function handlerOf(target, type) {
    listenersOf(target);
    return target[handlers]?.[type]?.value ?? null;
  }

  /** Sets it; it keeps the place among the listeners that it got first. `react` is what calls it. */
  function setHandler(target, type, value, react = reaction) {
    listenersOf(target);
    const callable = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null;
    let all = target[handlers];
    if (all === undefined) {
      all = { __proto__: null };
      defineProperty(target, handlers, { value: all });
    }
    const known = all[type];
    if (known !== undefined && known.value !== null) {
      if (callable !== null) {
        known.value = callable;
        return;
      }
      known.value = null;
      apply(removeEventListener, target, [type, known.listener]);
      return;
    }
    if (callable === null) return;
    const handler = { value: callable, listener: undefined };
    handler.listener = function (event) {
      if (typeof handler.value === 'function') react(handler.value, target, event);
    };
    all[type] = handler;
    apply(addEventListener, target, [type, handler.listener]);
  }

  function reaction(callback, target, event) {
    if (apply(callback, target, [event]) === false) event.preventDefault();
  }

  /** Gives a class event handler attributes. */
  function handlerAttributes(type, ...names) {
    for (const name of names) {
      const accessors = {
        get [`on${name}`]() {
          return handlerOf(this, name);
        },
        set [`on${name}`](value) {
          setHandler(this, name, value);
        },
      };
      defineProperty(type.prototype, `on${name}`, {
        ...getOwnPropertyDescriptor(accessors, `on${name}`),
        enumerable: true,
        configurable: true,
      });
    }
  }

  return {
    Event, CustomEvent, ErrorEvent, PromiseRejectionEvent, MessageEvent, CloseEvent, EventTarget,
    fire, handlerOf, setHandler, handlerAttributes, watched,
    hasListeners: (target, type) => listenersOf(target).some((l) => l.type === type),
  };
});
