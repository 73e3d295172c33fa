// TextEncoderStream and TextDecoderStream.
(function (env) {
  'use strict';
  const { need, engine } = env;
  const { expose, bytesOf } = need('idl');
  const { TransformStream } = need('streams');
  const { TextDecoder } = need('encoding');

  class TextEncoderStream {
    #stream;

    constructor() {
      const encoder = new engine.TextEncoder();
      let lead = ''; // the first half of a pair whose second half may come in the next chunk
      this.#stream = new TransformStream({
        transform(chunk, controller) {
          let text = lead + `${chunk}`;
          const last = text.charCodeAt(text.length - 1);
          lead = last >= 0xd800 && last <= 0xdbff ? text.at(-1) : '';
          if (lead !== '') text = text.slice(0, -1);
          if (text !== '') controller.enqueue(encoder.encode(text));
        },
        flush(controller) {
          if (lead !== '') controller.enqueue(encoder.encode(lead));
        },
      });
    }
    get encoding() {
      return this.#stream && 'utf-8';
    }
    get readable() {
      return this.#stream.readable;
    }
    get writable() {
      return this.#stream.writable;
    }
  }
  expose(TextEncoderStream);

  class TextDecoderStream {
    #decoder;
    #stream;

    constructor(label = 'utf-8', options = undefined) {
      const decoder = new TextDecoder(label, options);
      this.#decoder = decoder;
      this.#stream = new TransformStream({
        transform(chunk, controller) {
          const text = decoder.decode(bytesOf(chunk, 'TextDecoderStream'), { stream: true });
          if (text !== '') controller.enqueue(text);
        },
        flush(controller) {
          const text = decoder.decode();
          if (text !== '') controller.enqueue(text);
        },
      });
    }
    get encoding() {
      return this.#decoder.encoding;
    }
    get fatal() {
      return this.#decoder.fatal;
    }
    get ignoreBOM() {
      return this.#decoder.ignoreBOM;
    }
    get readable() {
      return this.#stream.readable;
    }
    get writable() {
      return this.#stream.writable;
    }
  }
  expose(TextDecoderStream);

  return { TextEncoderStream, TextDecoderStream };
});
