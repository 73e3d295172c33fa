// The global object as an event target: what nobody caught is told here first.
(function (env) {
  'use strict';
  const { need, hooks } = env;
  const { EventTarget, ErrorEvent, PromiseRejectionEvent, fire, handlerOf, setHandler, hasListeners } =
    need('events');
  const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
  const { apply } = Reflect;
  // The listeners hang on an object of their own, since the global object was not made here.
  const target = new EventTarget();

  /** `onerror` gets the parts of the event, and true from it means handled. */
  function reactToError(callback, _target, event) {
    if (event instanceof ErrorEvent) {
      const { message, filename, lineno, colno, error } = event;
      if (apply(callback, globalThis, [message, filename, lineno, colno, error]) === true) event.preventDefault();
    } else if (apply(callback, globalThis, [event]) === false) {
      event.preventDefault();
    }
  }

  function handler(type, react) {
    return { get: () => handlerOf(target, type), set: (value) => setHandler(target, type, value, react) };
  }

  function messageOf(error) {
    try {
      return error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
    } catch {
      return 'an error that cannot be read';
    }
  }

  let firing = false; // an error in a handler of errors is reported, not told again

  /** Whether a listener has dealt with it. */
  function told(type, make) {
    if (firing || !hasListeners(target, type)) return false;
    firing = true;
    try {
      return !fire(target, make());
    } finally {
      firing = false;
    }
  }

  hooks.error = (error) =>
    told('error', () => new ErrorEvent('error', { error, message: messageOf(error), cancelable: true }));
  hooks.rejection = (reason, promise) =>
    told('unhandledrejection', () =>
      new PromiseRejectionEvent('unhandledrejection', { reason, promise, cancelable: true }));

  const onTarget = (method) =>
    Object.defineProperty(
      function (...args) {
        return apply(method, this === undefined || this === null || this === globalThis ? target : this, args);
      },
      'name',
      { value: method.name },
    );
  return {
    addEventListener: onTarget(addEventListener),
    removeEventListener: onTarget(removeEventListener),
    dispatchEvent: onTarget(dispatchEvent),
    handlers: {
      onerror: handler('error', reactToError),
      onunhandledrejection: handler('unhandledrejection'),
      onrejectionhandled: handler('rejectionhandled'),
      onmessage: handler('message'),
    },
  };
});
