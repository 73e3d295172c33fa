// TextEncoder and TextDecoder: UTF-8 by the engine, every other encoding of the web by tables.
(function (env) {
  'use strict';
  const { need, engine } = env;
  const { expose, required, dictionary, bytesOf } = need('idl');
  const Engine = engine.TextDecoder;

  class TextEncoder {
    #encoder = new engine.TextEncoder();

    get encoding() {
      return this.#encoder.encoding;
    }
    encode(input = '') {
      return this.#encoder.encode(input);
    }
    encodeInto(source, destination) {
      required(arguments.length, 2, 'encodeInto');
      return this.#encoder.encodeInto(source, destination);
    }
  }
  expose(TextEncoder);

  function encodingOf(label) {
    const text = `${label}`;
    const name = text === 'utf-8' ? text : need('legacy').normalizeEncoding(text);
    if (!name || name === 'replacement') throw new RangeError(`TextDecoder: unknown encoding ${text}`);
    return name;
  }

  class TextDecoder {
    #encoding;
    #fatal;
    #ignoreBOM;
    #decoder;

    constructor(label = 'utf-8', options = undefined) {
      this.#encoding = encodingOf(label);
      const init = dictionary(options, 'TextDecoder');
      this.#fatal = Boolean(init.fatal);
      this.#ignoreBOM = Boolean(init.ignoreBOM);
      this.#renew();
    }

    /** A decoder without anything left over. */
    #renew() {
      const Decoder = this.#encoding === 'utf-8' ? Engine : need('legacy').TextDecoder;
      this.#decoder = new Decoder(this.#encoding, { fatal: this.#fatal, ignoreBOM: this.#ignoreBOM });
    }

    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(input = undefined, options = undefined) {
      const bytes = input === undefined ? new Uint8Array(0) : bytesOf(input, 'TextDecoder.decode');
      const stream = Boolean(dictionary(options, 'TextDecoder.decode').stream);
      try {
        return this.#decoder.decode(bytes, { stream });
      } catch (error) {
        this.#renew();
        throw error;
      }
    }
  }
  expose(TextDecoder);

  return { TextEncoder, TextDecoder };
});
