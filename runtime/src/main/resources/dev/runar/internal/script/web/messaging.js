// MessageChannel and MessagePort, between two ends in one context.
(function (env) {
  'use strict';
  const { need, timers } = env;
  const { expose, required, transfer } = need('idl');
  const { DOMException } = need('exception');
  const { EventTarget, MessageEvent, fire, setHandler, handlerOf, handlerAttributes } = need('events');
  const { cloneWith } = need('clone');
  const KEY = Symbol('made by the host');
  const MAX_WAITING = 10_000;

  class MessagePort extends EventTarget {
    /** The pipe is what moves when a port is transferred: messages that wait for an end, and its port. */
    #pipe;

    constructor(key, pipe) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      super();
      this.#pipe = pipe;
      pipe.port = this;
    }

    postMessage(message, options = undefined) {
      required(arguments.length, 1, 'postMessage');
      const list =
        options === undefined || options === null ? []
          : typeof options === 'object' && Symbol.iterator in options ? [...options]
            : [...(options.transfer ?? [])];
      if (list.includes(this)) throw new DOMException('a port cannot transfer itself', 'DataCloneError');
      const other = this.#pipe?.other;
      const made = cloneWith(message, list);
      if (other === undefined || other.closed) return;
      if (other.waiting.length >= MAX_WAITING) {
        throw new DOMException(`${MAX_WAITING} messages wait for the other port`, 'QuotaExceededError');
      }
      other.waiting.push({ data: made.value, ports: made.moved.filter((moved) => moved instanceof MessagePort) });
      if (other.open) schedule(other);
    }

    start() {
      const pipe = this.#pipe;
      if (pipe === undefined || pipe.open) return;
      pipe.open = true;
      if (pipe.waiting.length > 0) schedule(pipe);
    }

    close() {
      const pipe = this.#pipe;
      if (pipe === undefined) return;
      pipe.closed = true;
      pipe.other.closed = true;
    }

    get onmessage() {
      return handlerOf(this, 'message');
    }
    set onmessage(value) {
      setHandler(this, 'message', value);
      this.start();
    }

    [transfer]() {
      const pipe = this.#pipe;
      if (pipe === undefined) throw new DOMException('the port was transferred', 'DataCloneError');
      this.#pipe = undefined;
      pipe.open = false;
      return new MessagePort(KEY, pipe);
    }
  }
  expose(MessagePort);
  handlerAttributes(MessagePort, 'messageerror');
  Object.defineProperty(MessagePort, 'length', { value: 0 });

  /** One message in each turn, as every callback of a context. */
  function schedule(pipe) {
    if (pipe.scheduled) return;
    pipe.scheduled = true;
    timers.setTimeout(() => {
      pipe.scheduled = false;
      if (pipe.closed && pipe.waiting.length === 0) return;
      if (!pipe.open) return;
      const message = pipe.waiting.shift();
      if (pipe.waiting.length > 0) schedule(pipe);
      if (message !== undefined) {
        fire(pipe.port, new MessageEvent('message', { data: message.data, ports: message.ports }));
      }
    }, 0);
  }

  const pipe = () => ({ port: undefined, other: undefined, waiting: [], open: false, closed: false, scheduled: false });

  class MessageChannel {
    #port1;
    #port2;

    constructor() {
      const one = pipe();
      const two = pipe();
      one.other = two;
      two.other = one;
      this.#port1 = new MessagePort(KEY, one);
      this.#port2 = new MessagePort(KEY, two);
    }
    get port1() {
      return this.#port1;
    }
    get port2() {
      return this.#port2;
    }
  }
  expose(MessageChannel);

  return { MessageChannel, MessagePort };
});
