// Blob and File, in memory.
(function (env) {
  'use strict';
  const { need, engine } = env;
  const { expose, required, dictionary, usv, bytesOf, clone, isBuffer } = need('idl');
  const CHUNK = 65_536;
  const KEY = Symbol('made by the host');

  let bytesIn;
  let isBlob;

  function typeOf(type) {
    const text = `${type}`;
    return /[^\x20-\x7e]/.test(text) ? '' : text.toLowerCase();
  }

  function partsOf(parts, endings) {
    if (parts === undefined) return [];
    if ((typeof parts !== 'object' && typeof parts !== 'function') || parts === null || typeof parts[Symbol.iterator] !== 'function') {
      throw new TypeError('Blob: the parts are not a sequence');
    }
    const encoder = new engine.TextEncoder();
    return [...parts].map((part) => {
      if (isBlob(part)) return bytesIn(part);
      if (ArrayBuffer.isView(part) || isBuffer(part)) return bytesOf(part, 'Blob').slice();
      const text = `${part}`;
      return encoder.encode(endings === 'native' ? text.replace(/\r\n?/g, '\n') : text);
    });
  }

  function joined(parts) {
    if (parts.length === 1) return parts[0];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  function relative(position, size, otherwise) {
    if (position === undefined) return otherwise;
    const number = Math.trunc(Number(position)) || 0;
    return number < 0 ? Math.max(size + number, 0) : Math.min(number, size);
  }

  class Blob {
    /** Never changed, so a slice can share them. */
    #bytes;
    #type;

    static {
      bytesIn = (blob) => blob.#bytes;
      isBlob = (value) => typeof value === 'object' && value !== null && #bytes in value;
    }

    constructor(parts = undefined, options = undefined, key = undefined) {
      if (key === KEY) {
        this.#bytes = parts;
        this.#type = options;
        return;
      }
      if (parts !== undefined && (typeof parts !== 'object' && typeof parts !== 'function' || parts === null)) {
        throw new TypeError('Blob: the parts are not a sequence');
      }
      const init = dictionary(options, 'Blob');
      const endings = init.endings === undefined ? 'transparent' : `${init.endings}`;
      if (endings !== 'transparent' && endings !== 'native') throw new TypeError(`Blob: endings ${endings}`);
      const type = init.type === undefined ? '' : typeOf(init.type);
      this.#bytes = joined(partsOf(parts, endings));
      this.#type = type;
    }
    get size() {
      return this.#bytes.length;
    }
    get type() {
      return this.#type;
    }
    slice(start = undefined, end = undefined, contentType = '') {
      const size = this.#bytes.length;
      const from = relative(start, size, 0);
      const to = relative(end, size, size);
      return new Blob(this.#bytes.subarray(from, Math.max(from, to)), typeOf(contentType), KEY);
    }
    stream() {
      const bytes = this.#bytes;
      let at = 0;
      return new (need('streams').ReadableStream)({
        type: 'bytes',
        pull(controller) {
          if (at >= bytes.length) {
            controller.close();
            controller.byobRequest?.respond(0);
            return;
          }
          const chunk = bytes.slice(at, at + CHUNK);
          at += chunk.length;
          controller.enqueue(chunk);
        },
      });
    }
    async text() {
      return new engine.TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#bytes);
    }
    async arrayBuffer() {
      return this.#bytes.slice().buffer;
    }
    async bytes() {
      return this.#bytes.slice();
    }
    [clone]() {
      return new Blob(this.#bytes, this.#type, KEY);
    }
  }
  expose(Blob);
  Object.defineProperty(Blob, 'length', { value: 0 });

  class File extends Blob {
    #name;
    #lastModified;

    constructor(parts, name, options = undefined) {
      required(arguments.length, 2, 'File');
      if (parts === undefined) throw new TypeError('File: the parts are not a sequence');
      const init = dictionary(options, 'File');
      super(parts, init);
      this.#name = usv(name);
      this.#lastModified = init.lastModified === undefined ? Date.now() : Math.trunc(Number(init.lastModified)) || 0;
    }
    get name() {
      return this.#name;
    }
    get lastModified() {
      return this.#lastModified;
    }
    [clone]() {
      return new File([this], this.#name, { type: this.type, lastModified: this.#lastModified });
    }
  }
  expose(File);

  return { Blob, File, isBlob, bytesIn, blobOf: (bytes, type) => new Blob(bytes, typeOf(type), KEY) };
});
