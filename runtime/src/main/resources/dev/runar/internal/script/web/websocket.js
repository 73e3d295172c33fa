// WebSocket, the client's end. The connection is in Java: see ClientSocket.
(function (env) {
  'use strict';
  const { need, java, engine } = env;
  const { expose, required, usv, bytesOf, ownBytes, isBuffer } = need('idl');
  const { DOMException } = need('exception');
  const { EventTarget, Event, ErrorEvent, MessageEvent, CloseEvent, fire, handlerAttributes } = need('events');
  const { refused } = need('fetch');
  const { isBlob, bytesIn, blobOf } = need('blob');
  const { isArray } = Array;
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const MAX_REASON = 123; // bytes, as a control frame has room for
  const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];

  const utf8 = (text) => new engine.TextEncoder().encode(text);

  function addressOf(given) {
    let url;
    try {
      url = new (need('url').URL)(usv(given));
    } catch {
      throw new DOMException(`WebSocket: ${given} is no URL`, 'SyntaxError');
    }
    if (url.protocol === 'http:') url.protocol = 'ws:';
    if (url.protocol === 'https:') url.protocol = 'wss:';
    if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
      throw new DOMException(`WebSocket: ${url.protocol} is no protocol of a WebSocket`, 'SyntaxError');
    }
    if (url.href.includes('#')) throw new DOMException('WebSocket: the URL has a fragment', 'SyntaxError');
    return url;
  }

  function protocolsOf(given) {
    const isSequence = isArray(given) ||
      ((typeof given === 'object' || typeof given === 'function') && given !== null && given[Symbol.iterator] != null);
    const names = isSequence ? [...given].map((name) => `${name}`) : [`${given}`];
    const seen = new Set();
    for (const name of names) {
      const key = name.toLowerCase();
      if (!TOKEN.test(name) || seen.has(key)) {
        throw new DOMException(`WebSocket: ${JSON.stringify(name)} cannot be a subprotocol here`, 'SyntaxError');
      }
      seen.add(key);
    }
    return names;
  }

  class WebSocket extends EventTarget {
    #url;
    #connection;
    #readyState = CONNECTING;
    #protocol = '';
    #bufferedAmount = 0;
    #binaryType = 'blob';

    constructor(url, protocols = []) {
      required(arguments.length, 1, 'WebSocket');
      const address = addressOf(url);
      const wanted = protocolsOf(protocols);
      const denied = refused(address);
      if (denied !== undefined) throw new DOMException(denied.message, 'SecurityError');
      super();
      this.#url = address;
      this.#connection = java('socket')(address.href, wanted, (what, a, b, c, d) => this.#hear(what, a, b, c, d));
      if (this.#connection === null) {
        throw new DOMException('too many connections are open in this script', 'QuotaExceededError');
      }
    }

    get url() {
      return this.#url.href;
    }
    get readyState() {
      return this.#readyState;
    }
    get bufferedAmount() {
      return this.#bufferedAmount;
    }
    get extensions() {
      return this.#url && '';
    }
    get protocol() {
      return this.#protocol;
    }
    get binaryType() {
      return this.#binaryType;
    }
    set binaryType(value) {
      const type = `${value}`;
      if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
    }

    send(data) {
      required(arguments.length, 1, 'WebSocket.send');
      if (this.#readyState === CONNECTING) {
        throw new DOMException('the WebSocket is not open yet', 'InvalidStateError');
      }
      const bytes = isBlob(data) ? bytesIn(data)
        : ArrayBuffer.isView(data) || isBuffer(data) ? bytesOf(data, 'WebSocket.send') : undefined;
      const text = bytes === undefined ? usv(data) : undefined;
      const length = bytes === undefined ? utf8(text).length : bytes.length;
      if (this.#readyState === OPEN) {
        const taken = bytes === undefined
          ? this.#connection('text', text, length)
          : this.#connection('bytes', bytes);
        if (!taken) {
          throw new DOMException(
            `the WebSocket has ${this.#bufferedAmount} bytes to send and takes no ${length} more`, 'QuotaExceededError');
        }
      }
      this.#bufferedAmount += length;
    }

    close(code = undefined, reason = undefined) {
      const text = reason === undefined ? '' : usv(reason);
      const status = code !== undefined ? clamped(code) : text === '' ? null : 1000;
      if (status !== null && status !== 1000 && !(status >= 3000 && status <= 4999)) {
        throw new DOMException(`WebSocket.close: ${status} is neither 1000 nor in the range 3000 to 4999`, 'InvalidAccessError');
      }
      if (utf8(text).length > MAX_REASON) {
        throw new DOMException(`WebSocket.close: the reason is longer than ${MAX_REASON} bytes`, 'SyntaxError');
      }
      if (this.#readyState >= CLOSING) return;
      const how = this.#readyState === CONNECTING ? 'abort' : 'close';
      this.#readyState = CLOSING;
      this.#connection(how, status, text);
    }

    /** What the connection tells, each in a turn of its own. */
    #hear(what, a, b, c, d) {
      switch (what) {
        case 'open':
          if (this.#readyState !== CONNECTING) return;
          this.#readyState = OPEN;
          this.#protocol = a;
          fire(this, new Event('open'));
          return;
        case 'text':
          this.#receive(a);
          return;
        case 'bytes': {
          const bytes = ownBytes(a);
          this.#receive(this.#binaryType === 'blob' ? blobOf(bytes, '') : bytes.buffer);
          return;
        }
        case 'sent':
          this.#bufferedAmount -= a;
          return;
        default:
          this.#readyState = CLOSED;
          if (d !== null) fire(this, new ErrorEvent('error', { message: `WebSocket ${this.#url.href}: ${d}` }));
          fire(this, new CloseEvent('close', { wasClean: a, code: b, reason: c }));
      }
    }

    #receive(data) {
      if (this.#readyState === OPEN) fire(this, new MessageEvent('message', { data, origin: this.#url.origin }));
    }
  }
  handlerAttributes(WebSocket, 'open', 'message', 'error', 'close');
  expose(WebSocket, { CONNECTING, OPEN, CLOSING, CLOSED });

  /** [Clamp] unsigned short. */
  function clamped(value) {
    const number = Number(value);
    if (Number.isNaN(number)) return 0;
    const bounded = Math.min(Math.max(number, 0), 65_535);
    const floor = Math.floor(bounded);
    const half = bounded - floor;
    return half > 0.5 || (half === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  }

  return { WebSocket };
});
