// Request, Response and fetch. Each hop of a fetch is one request in Java; redirects are decided here,
// so that every hop is asked for by itself.
(function (env) {
  'use strict';
  const { need, java, engine } = env;
  const { expose, required, dictionary, usv, byteString, bytesOf, ownBytes, isBuffer } = need('idl');
  const { DOMException } = need('exception');
  const { Headers, listOf, freeze } = need('headers');
  const { AbortController, isSignal, whenAborted, AbortSignal } = need('abort');
  const MAX_REDIRECTS = 20;
  const NULL_BODY = [101, 103, 204, 205, 304];
  const REDIRECTS = [301, 302, 303, 307, 308];

  const streams = () => need('streams');
  const isStream = (value) => typeof value === 'object' && value !== null && value instanceof streams().ReadableStream;

  /** A body that was given: its bytes or its stream, and the type it has by itself. */
  function extract(body) {
    if (typeof body === 'object' && body !== null) {
      const { isBlob, bytesIn } = need('blob');
      if (isBlob(body)) return { bytes: bytesIn(body), type: body.type === '' ? null : body.type };
      if (ArrayBuffer.isView(body) || isBuffer(body)) return { bytes: bytesOf(body, 'body').slice(), type: null };
      const { FormData, encode } = need('formdata');
      if (body instanceof FormData) {
        const { bytes, boundary } = encode(body);
        return { bytes, type: `multipart/form-data; boundary=${boundary}` };
      }
      if (body instanceof need('url').URLSearchParams) {
        return { bytes: utf8(`${body}`), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
      }
      if (isStream(body)) {
        if (body.locked) throw new TypeError('the stream of the body is locked');
        return { stream: body, type: null };
      }
    }
    return { bytes: utf8(`${body}`), type: 'text/plain;charset=UTF-8' };
  }

  const utf8 = (text) => new engine.TextEncoder().encode(text);
  const fromUtf8 = (bytes) => new engine.TextDecoder('utf-8').decode(bytes);

  /** All of a stream as bytes. */
  async function collect(stream) {
    const reader = stream.getReader();
    const chunks = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError('the body has a chunk that is no Uint8Array');
      length += value.length;
      chunks.push(value);
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** What Request and Response have in common. */
  class Body {
    bytes;
    stream;
    used = false;

    constructor({ bytes, stream } = {}) {
      this.bytes = bytes;
      this.stream = stream;
    }

    get isNull() {
      return this.bytes === undefined && this.stream === undefined;
    }
    /** The stream that a script sees; made when it is asked for. */
    get readable() {
      if (this.stream === undefined && this.bytes !== undefined) {
        const { bytes, used } = this;
        this.stream = new (streams().ReadableStream)({
          type: 'bytes',
          start(controller) {
            if (!used && bytes.length > 0) controller.enqueue(bytes.slice());
            controller.close();
          },
        });
        this.handed = true;
      }
      return this.stream ?? null;
    }
    get disturbed() {
      return this.used || (this.stream !== undefined && this.stream._disturbed === true);
    }
    async take() {
      if (this.disturbed || this.stream?.locked) throw new TypeError('the body was read already');
      if (this.isNull) return new Uint8Array(0);
      this.used = true;
      if (this.bytes !== undefined && !this.handed) return this.bytes;
      return await collect(this.stream);
    }
    copy() {
      if (this.disturbed || this.stream?.locked) throw new TypeError('clone: the body was read already');
      if (this.stream === undefined) return new Body(this);
      const [one, two] = this.stream.tee();
      this.stream = one;
      this.bytes = undefined;
      return new Body({ stream: two });
    }
  }

  /** The methods that read a body, for a class whose instances `bodyOf` knows. */
  function addBody(type, bodyOf) {
    const read = async (self, use) => use(await bodyOf(self).take(), self);
    const mime = (self) => self.headers.get('content-type') ?? '';
    const methods = {
      arrayBuffer() {
        return read(this, (bytes) => bytes.slice().buffer);
      },
      blob() {
        return read(this, (bytes, self) => need('blob').blobOf(bytes.slice(), mime(self)));
      },
      bytes() {
        return read(this, (bytes) => bytes.slice());
      },
      formData() {
        return read(this, (bytes, self) => formOf(bytes, mime(self)));
      },
      json() {
        return read(this, (bytes) => JSON.parse(fromUtf8(bytes)));
      },
      text() {
        return read(this, fromUtf8);
      },
    };
    for (const name in methods) {
      Object.defineProperty(type.prototype, name, { value: methods[name], writable: true, configurable: true });
    }
  }

  function formOf(bytes, mime) {
    const { FormData, decode } = need('formdata');
    const boundary = /^multipart\/form-data\s*;.*boundary="?([^";]+)"?/i.exec(mime);
    if (boundary !== null) return decode(bytes, boundary[1]);
    if (!/^application\/x-www-form-urlencoded/i.test(mime)) throw new TypeError(`formData: the type is ${mime || 'missing'}`);
    const form = new FormData();
    const plain = new engine.TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    // A question mark is cut off by URLSearchParams; here it belongs to the first name.
    const query = plain.startsWith('?') ? `?${plain}` : plain;
    for (const [name, value] of new (need('url').URLSearchParams)(query)) form.append(name, value);
    return form;
  }

  const NORMALIZED = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];

  function methodOf(given) {
    const method = byteString(given, 'Request');
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`Request: ${method} is no method`);
    const upper = method.toUpperCase();
    if (['CONNECT', 'TRACE', 'TRACK'].includes(upper)) throw new TypeError(`Request: ${method} is not allowed`);
    return NORMALIZED.includes(upper) ? upper : method;
  }

  function choice(value, otherwise, all, name) {
    if (value === undefined) return otherwise;
    const text = `${value}`;
    if (!all.includes(text)) throw new TypeError(`Request: ${name} cannot be ${text}`);
    return text;
  }

  let stateOf;

  class Request {
    #state;

    static {
      stateOf = (request) => request.#state;
      Object.defineProperty(this, 'is', { value: (value) => typeof value === 'object' && value !== null && #state in value, configurable: true });
    }

    constructor(input, options = undefined) {
      required(arguments.length, 1, 'Request');
      const init = dictionary(options, 'Request');
      const from = isRequest(input) ? stateOf(input) : undefined;
      const url = from?.url ?? new (need('url').URL)(usv(input));
      if (url.username !== '' || url.password !== '') throw new TypeError('Request: the URL has credentials');
      const method = init.method === undefined ? (from?.method ?? 'GET') : methodOf(init.method);
      const headers = new Headers(init.headers ?? from?.headers);
      let body = new Body();
      if (init.body !== undefined && init.body !== null) {
        if (method === 'GET' || method === 'HEAD') throw new TypeError(`Request: ${method} has no body`);
        const given = extract(init.body);
        if (given.stream !== undefined && init.duplex !== 'half') {
          throw new TypeError("Request: a stream needs duplex: 'half'");
        }
        body = new Body(given);
        if (given.type !== null && !headers.has('content-type')) headers.append('content-type', given.type);
      } else if (from !== undefined && init.body === undefined && !from.body.isNull) {
        if (method === 'GET' || method === 'HEAD') throw new TypeError(`Request: ${method} has no body`);
        if (from.body.disturbed || from.body.stream?.locked) throw new TypeError('Request: the body was read already');
        body = new Body(from.body);
        from.body.used = true;
      }
      const signal = init.signal === undefined ? from?.signal : init.signal;
      if (signal !== undefined && signal !== null && !isSignal(signal)) {
        throw new TypeError('Request: signal is not an AbortSignal');
      }
      this.#state = {
        url,
        method,
        headers,
        body,
        signal: signal ? AbortSignal.any([signal]) : new AbortController().signal,
        redirect: choice(init.redirect, from?.redirect ?? 'follow', ['follow', 'error', 'manual'], 'redirect'),
        cache: choice(init.cache, from?.cache ?? 'default', ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'], 'cache'),
        credentials: choice(init.credentials, from?.credentials ?? 'same-origin', ['omit', 'same-origin', 'include'], 'credentials'),
        mode: choice(init.mode, from?.mode ?? 'cors', ['same-origin', 'no-cors', 'cors'], 'mode'),
        referrer: init.referrer === undefined ? (from?.referrer ?? 'about:client') : `${init.referrer}`,
        referrerPolicy: init.referrerPolicy === undefined ? (from?.referrerPolicy ?? '') : `${init.referrerPolicy}`,
        integrity: init.integrity === undefined ? (from?.integrity ?? '') : `${init.integrity}`,
        keepalive: init.keepalive === undefined ? (from?.keepalive ?? false) : Boolean(init.keepalive),
      };
    }
    get method() {
      return this.#state.method;
    }
    get url() {
      return this.#state.url.href;
    }
    get headers() {
      return this.#state.headers;
    }
    get destination() {
      return '';
    }
    get referrer() {
      return this.#state.referrer;
    }
    get referrerPolicy() {
      return this.#state.referrerPolicy;
    }
    get mode() {
      return this.#state.mode;
    }
    get credentials() {
      return this.#state.credentials;
    }
    get cache() {
      return this.#state.cache;
    }
    get redirect() {
      return this.#state.redirect;
    }
    get integrity() {
      return this.#state.integrity;
    }
    get keepalive() {
      return this.#state.keepalive;
    }
    get duplex() {
      return 'half';
    }
    get signal() {
      return this.#state.signal;
    }
    get body() {
      return this.#state.body.readable;
    }
    get bodyUsed() {
      return this.#state.body.disturbed;
    }
    clone() {
      const body = this.#state.body.copy();
      const made = new Request(this.#state.url.href, { ...this.#state, body: undefined });
      made.#state.body = body;
      return made;
    }
  }
  const isRequest = Request.is;
  delete Request.is;
  addBody(Request, (request) => stateOf(request).body);
  expose(Request);

  let answerOf;
  const KEY = Symbol('made by the host');

  class Response {
    #answer;

    static {
      answerOf = (response) => response.#answer;
    }

    constructor(body = null, options = undefined, key = undefined) {
      if (key === KEY) {
        this.#answer = body;
        return;
      }
      const init = dictionary(options, 'Response');
      const status = init.status === undefined ? 200 : Math.trunc(Number(init.status)) & 0xffff;
      if (status < 200 || status > 599) throw new RangeError(`Response: the status ${init.status} is outside 200 to 599`);
      const statusText = init.statusText === undefined ? '' : byteString(init.statusText, 'Response');
      if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) throw new TypeError('Response: statusText has a line break');
      const headers = new Headers(init.headers);
      this.#answer = { type: 'default', url: '', redirected: false, status, statusText, headers, body: new Body() };
      if (body === null || body === undefined) return;
      if (NULL_BODY.includes(status)) throw new TypeError(`Response: status ${status} has no body`);
      const given = extract(body);
      this.#answer.body = new Body(given);
      if (given.type !== null && !headers.has('content-type')) headers.append('content-type', given.type);
    }
    static error() {
      return made({ type: 'error', status: 0, headers: freeze(new Headers()) });
    }
    static redirect(url, status = 302) {
      required(arguments.length, 1, 'Response.redirect');
      const target = new (need('url').URL)(usv(url)).href;
      if (!REDIRECTS.includes(Number(status))) throw new RangeError(`Response.redirect: the status ${status}`);
      return made({ status: Number(status), headers: freeze(new Headers({ location: target })) });
    }
    static json(data, options = undefined) {
      required(arguments.length, 1, 'Response.json');
      const text = JSON.stringify(data);
      if (text === undefined) throw new TypeError('Response.json: the data has no JSON form');
      const response = new Response(text, options);
      const { headers } = response.#answer;
      if (options?.headers === undefined || !new Headers(options.headers).has('content-type')) {
        headers.set('content-type', 'application/json');
      }
      return response;
    }
    get type() {
      return this.#answer.type;
    }
    get url() {
      return this.#answer.url;
    }
    get redirected() {
      return this.#answer.redirected;
    }
    get status() {
      return this.#answer.status;
    }
    get ok() {
      return this.#answer.status >= 200 && this.#answer.status <= 299;
    }
    get statusText() {
      return this.#answer.statusText;
    }
    get headers() {
      return this.#answer.headers;
    }
    get body() {
      return this.#answer.body.readable;
    }
    get bodyUsed() {
      return this.#answer.body.disturbed;
    }
    clone() {
      const body = this.#answer.body.copy();
      return made({ ...this.#answer, headers: new Headers(this.#answer.headers), body });
    }
  }
  addBody(Response, (response) => answerOf(response).body);
  expose(Response);
  Object.defineProperty(Response, 'length', { value: 0 });

  function made(parts) {
    const answer = { type: 'default', url: '', redirected: false, status: 200, statusText: '', body: new Body(), ...parts };
    return new Response(answer, undefined, KEY);
  }

  async function fetch(input, init = undefined) {
    required(arguments.length, 1, 'fetch');
    const request = new Request(input, init);
    const { signal, url } = stateOf(request);
    signal.throwIfAborted();
    switch (url.protocol) {
      case 'http:':
      case 'https:':
        return await followed(stateOf(request)); // what an async function returns as a promise is asked for its `then`
      case 'data:':
        return fromData(url);
      default:
        throw new TypeError(`fetch: cannot fetch ${url.protocol}`);
    }
  }

  async function followed(request) {
    let { url, method } = request;
    const headers = listOf(request.headers).map((pair) => [...pair]);
    let content = null; // bytes, or what reads a stream while it is sent
    if (!request.body.isNull) {
      const { bytes, stream } = request.body;
      content = bytes ?? sender(stream);
      request.body.used = true;
    }
    const missing = (name) => !headers.some(([known]) => known === name);
    if (missing('accept')) headers.push(['accept', '*/*']);
    if (missing('user-agent')) headers.push(['user-agent', 'Runar']);
    const encoded = missing('accept-encoding');
    if (encoded) headers.push(['accept-encoding', 'gzip, deflate']);
    for (let hops = 0; ; hops++) {
      const answer = await hop(url, method, headers, content, request.signal);
      const location = REDIRECTS.includes(answer.status) ? answer.headers.get('location') : null;
      if (location === null || request.redirect === 'manual') return received(answer, url, hops > 0, method, encoded, request.signal);
      answer.body();
      if (request.redirect === 'error') throw new TypeError(`fetch: ${url.href} redirects`);
      if (hops >= MAX_REDIRECTS) throw new TypeError(`fetch: more than ${MAX_REDIRECTS} redirects`);
      if (content?.isStream && answer.status !== 303) throw new TypeError(`fetch: ${url.href} redirects, and a stream cannot be sent again`);
      const next = new (need('url').URL)(location, url);
      if (next.protocol !== 'http:' && next.protocol !== 'https:') throw new TypeError(`fetch: redirected to ${next.protocol}`);
      if (next.hash === '') next.hash = url.hash;
      if (next.origin !== url.origin) drop(headers, ['authorization', 'cookie', 'proxy-authorization']);
      if ((answer.status === 303 && method !== 'GET' && method !== 'HEAD') || (answer.status <= 302 && method === 'POST')) {
        method = 'GET';
        content = null;
        drop(headers, ['content-encoding', 'content-language', 'content-location', 'content-type']);
      }
      url = next;
    }
  }

  function drop(headers, names) {
    for (let i = headers.length - 1; i >= 0; i--) if (names.includes(headers[i][0])) headers.splice(i, 1);
  }

  /** An error of the network: what the standard wants, with the reason as its cause. */
  function failed(url, reason) {
    return new TypeError(`fetch failed: ${url.origin}: ${reason}`);
  }

  /** Why there may be no connection, as an error. */
  function refused(url) {
    const port = url.port === '' ? (/^(https|wss):$/.test(url.protocol) ? 443 : 80) : Number(url.port);
    const reason = java('refusal')(url.hostname, port);
    if (reason === null) return undefined;
    const error = new TypeError(reason);
    error.code = 'PERMISSION_DENIED';
    return error;
  }

  /** Reads a stream for the host, piece by piece as the host has room: see RequestBody. */
  function sender(stream) {
    const reader = stream.getReader();
    const end = { isStream: true, error: undefined, cancel, more };

    async function cancel(reason) {
      try {
        await reader.cancel(reason);
      } catch {
        // it has failed already, and said so
      }
    }

    async function more(give) {
      if (give === undefined) return void cancel();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return give(null);
          if (!(value instanceof Uint8Array)) throw new TypeError('the body has a chunk that is no Uint8Array');
          if (value.length > 0) return give(value); // an empty piece would say that it is the last
        }
      } catch (error) {
        end.error = { reason: error };
        void cancel(error);
        give('the stream of the body failed');
      }
    }

    return end;
  }

  /** One request and the head of its answer. */
  function hop(url, method, headers, content, signal) {
    const streamed = content?.isStream ? content : undefined;
    const denied = refused(url);
    if (denied !== undefined) {
      streamed?.cancel(denied);
      throw denied;
    }
    return new Promise((resolve, reject) => {
      let forget = () => {};
      const bare = new (need('url').URL)(url);
      bare.hash = '';
      const abort = java('send')(
        method,
        bare.href,
        headers.flat(),
        streamed === undefined ? content : streamed.more,
        (status, flat, body) => {
          forget();
          const answered = new Headers();
          for (let i = 0; i + 1 < flat.length; i += 2) {
            try {
              answered.append(flat[i], flat[i + 1]);
            } catch {
              // A header that cannot be said here is left out, as browsers do.
            }
          }
          resolve({ status, headers: answered, body });
        },
        (reason) => {
          forget();
          const error = failed(url, reason);
          streamed?.cancel(error);
          reject(streamed?.error === undefined ? error : streamed.error.reason);
        },
      );
      forget = whenAborted(signal, () => {
        abort();
        streamed?.cancel(signal.reason);
        reject(signal.reason);
      });
    });
  }

  /** The answer as a script sees it; its body comes as fast as it is read. */
  function received(answer, url, redirected, method, encoded, signal) {
    const { status, headers } = answer;
    let body = new Body();
    if (NULL_BODY.includes(status) || method === 'HEAD') {
      answer.body();
    } else {
      const coding = (headers.get('content-encoding') ?? '').toLowerCase();
      let stream = streamOf(answer.body, url, signal);
      if (encoded && (coding === 'gzip' || coding === 'x-gzip' || coding === 'deflate')) {
        const { DecompressionStream } = need('compression');
        stream = stream.pipeThrough(new DecompressionStream(coding === 'deflate' ? 'deflate' : 'gzip'));
      }
      body = new Body({ stream });
    }
    return made({ type: 'basic', url: withoutHash(url), redirected, status, headers: freeze(headers), body });
  }

  function withoutHash(url) {
    const bare = new (need('url').URL)(url);
    bare.hash = '';
    return bare.href;
  }

  function streamOf(next, url, signal) {
    let forget = () => {};
    return new (streams().ReadableStream)({
      type: 'bytes',
      start(controller) {
        forget = whenAborted(signal, () => {
          next();
          controller.error(signal.reason);
        });
      },
      pull(controller) {
        return new Promise((resolve) => {
          next(
            (bytes) => {
              resolve();
              if (signal.aborted) return;
              if (bytes !== null) {
                const own = ownBytes(bytes);
                if (own.length > 0) controller.enqueue(own);
                return;
              }
              forget();
              controller.close();
              controller.byobRequest?.respond(0);
            },
            (reason) => {
              forget();
              resolve();
              if (!signal.aborted) controller.error(failed(url, reason));
            },
          );
        });
      },
      cancel() {
        forget();
        next();
      },
    });
  }

  function fromData(url) {
    const text = url.href.slice('data:'.length, url.hash === '' ? undefined : -url.hash.length);
    const comma = text.indexOf(',');
    if (comma < 0) throw new TypeError('fetch: a data URL without a comma');
    let type = text.slice(0, comma).trim();
    const percent = text.slice(comma + 1);
    let bytes = Uint8Array.from(unescaped(percent));
    if (/; *base64$/i.test(type)) {
      type = type.replace(/; *base64$/i, '');
      const binary = need('base64').atob(String.fromCharCode(...bytes));
      bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    }
    if (type.startsWith(';')) type = `text/plain${type}`;
    const headers = new Headers({ 'content-type': type === '' ? 'text/plain;charset=US-ASCII' : type });
    return made({ type: 'basic', url: url.href, headers: freeze(headers), body: new Body({ bytes }) });
  }

  function unescaped(text) {
    const bytes = [];
    const raw = utf8(text);
    for (let i = 0; i < raw.length; i++) {
      const hex = raw[i] === 0x25 ? String.fromCharCode(raw[i + 1], raw[i + 2]) : '';
      if (/^[0-9a-f]{2}$/i.test(hex)) {
        bytes.push(Number.parseInt(hex, 16));
        i += 2;
      } else {
        bytes.push(raw[i]);
      }
    }
    return bytes;
  }

  return { Request, Response, fetch, refused };
});
