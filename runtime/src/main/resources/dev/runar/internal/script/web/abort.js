// AbortController and AbortSignal.
(function (env) {
  'use strict';
  const { need, hooks } = env;
  const { expose, required, enforceRange } = need('idl');
  const { List, SafeSet } = need('safe');
  const { DOMException } = need('exception');
  const { Event, EventTarget, fire, handlerAttributes, hasListeners, watched } = need('events');
  const { setDeadline } = hooks; // a node that stops does not wait for it
  const KEY = Symbol('made by the host');

  let stateOf;
  let isSignal;

  class AbortSignal extends EventTarget {
    #state = {
      aborted: false,
      reason: undefined,
      algorithms: new SafeSet(),
      /** Signals of `any` that follow this one; weak, so that an old signal keeps none alive. */
      followers: new List(),
      /** Those of them that somebody listens to. */
      kept: new SafeSet(),
      sources: new List(),
    };

    static {
      stateOf = (signal) => signal.#state;
      isSignal = (value) => typeof value === 'object' && value !== null && #state in value;
    }

    constructor(key = undefined) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      super();
    }

    get aborted() {
      return this.#state.aborted;
    }
    get reason() {
      return this.#state.reason;
    }
    throwIfAborted() {
      if (this.#state.aborted) throw this.#state.reason;
    }

    static abort(reason = undefined) {
      const signal = new AbortSignal(KEY);
      const state = signal.#state;
      state.aborted = true;
      state.reason = reason === undefined ? abortError() : reason;
      return signal;
    }

    static timeout(milliseconds) {
      required(arguments.length, 1, 'AbortSignal.timeout');
      const delay = enforceRange(milliseconds, Number.MAX_SAFE_INTEGER, 'AbortSignal.timeout');
      const signal = new AbortSignal(KEY);
      wait(delay, () => abort(signal, new DOMException('The operation timed out.', 'TimeoutError')));
      return signal;
    }

    static any(signals) {
      required(arguments.length, 1, 'AbortSignal.any');
      const all = new List();
      for (const signal of signals) all.push(signal);
      for (const signal of all) {
        if (!isSignal(signal)) throw new TypeError('AbortSignal.any: not an AbortSignal');
      }
      const made = new AbortSignal(KEY);
      const state = made.#state;
      for (const signal of all) {
        if (signal.#state.aborted) {
          state.aborted = true;
          state.reason = signal.#state.reason;
          return made;
        }
      }
      for (const signal of all) {
        const { sources } = signal.#state;
        if (sources.length === 0) join(made, signal);
        for (const source of sources) join(made, source);
      }
      return made;
    }

    /** A signal that somebody listens to stays as long as what can abort it. */
    [watched]() {
      const state = this.#state;
      if (state.sources.length === 0) return;
      const listened = hasListeners(this, 'abort') || state.algorithms.size > 0;
      for (const source of state.sources) {
        if (listened) source.#state.kept.add(this);
        else source.#state.kept.delete(this);
      }
    }
  }
  expose(AbortSignal);
  handlerAttributes(AbortSignal, 'abort');
  Object.defineProperty(AbortSignal, 'length', { value: 0 });

  const LONGEST = 2147483647; // of a timer

  function wait(delay, callback) {
    if (delay <= LONGEST) setDeadline(callback, delay);
    else setDeadline(() => wait(delay - LONGEST, callback), LONGEST);
  }

  function join(made, source) {
    const { sources } = stateOf(made);
    if (sources.includes(source)) return;
    sources.push(source);
    follow(stateOf(source), made);
  }

  function follow(source, follower) {
    if (source.followers.length >= 32 && (source.followers.length & (source.followers.length - 1)) === 0) {
      source.followers = source.followers.filter((ref) => ref.deref() !== undefined);
    }
    source.followers.push(new WeakRef(follower));
  }

  function abortError() {
    return new DOMException('This operation was aborted', 'AbortError');
  }

  /** Aborts a signal and those that follow it: all are aborted before the first is told. */
  function abort(signal, reason) {
    const state = stateOf(signal);
    if (state.aborted) return;
    state.aborted = true;
    state.reason = reason;
    const told = new List();
    told.push(signal);
    for (const ref of state.followers) {
      const follower = ref.deref();
      const followed = follower && stateOf(follower);
      if (!followed || followed.aborted) continue;
      followed.aborted = true;
      followed.reason = reason;
      told.push(follower);
    }
    state.followers = new List();
    for (const each of told) tell(each);
    state.kept.clear();
  }

  function tell(signal) {
    const state = stateOf(signal);
    const { algorithms } = state;
    state.algorithms = new SafeSet();
    for (const algorithm of algorithms) algorithm();
    fire(signal, new Event('abort'));
  }

  /** Runs when it is aborted, before the event; returns what takes that back. */
  function whenAborted(signal, algorithm) {
    const state = stateOf(signal);
    if (state.aborted) return () => {};
    state.algorithms.add(algorithm);
    signal[watched]();
    return () => {
      stateOf(signal).algorithms.delete(algorithm);
      signal[watched]();
    };
  }

  class AbortController {
    #signal = new AbortSignal(KEY);

    get signal() {
      return this.#signal;
    }
    abort(reason = undefined) {
      abort(this.#signal, reason === undefined ? abortError() : reason);
    }
  }
  expose(AbortController);

  return { AbortController, AbortSignal, isSignal, whenAborted };
});
