// CompressionStream and DecompressionStream; the work is done in Java.
(function (env) {
  'use strict';
  const { need, java } = env;
  const { expose, required, bytesOf, ownBytes } = need('idl');
  const { TransformStream } = need('streams');
  const FORMATS = ['deflate', 'deflate-raw', 'gzip'];
  const EMPTY = new Uint8Array(0);

  function checked(given, where) {
    const format = `${given}`;
    if (!FORMATS.includes(format)) throw new TypeError(`${where}: unknown format ${format}`);
    return format;
  }

  class CompressionStream {
    #stream;

    constructor(format) {
      required(arguments.length, 1, 'CompressionStream');
      const compress = java('compress')(checked(format, 'CompressionStream'));
      const give = (bytes, last, controller) => {
        const out = ownBytes(compress(bytes, last));
        if (out.length > 0) controller.enqueue(out);
      };
      this.#stream = new TransformStream({
        transform: (chunk, controller) => give(bytesOf(chunk, 'CompressionStream'), false, controller),
        flush: (controller) => give(EMPTY, true, controller),
      });
    }
    get readable() {
      return this.#stream.readable;
    }
    get writable() {
      return this.#stream.writable;
    }
  }
  expose(CompressionStream);

  class DecompressionStream {
    #stream;

    constructor(format) {
      required(arguments.length, 1, 'DecompressionStream');
      const decompress = java('decompress')(checked(format, 'DecompressionStream'));
      const guard = (answer) => {
        if (typeof answer === 'string') throw new TypeError(`DecompressionStream: ${answer}`);
        return answer;
      };
      this.#stream = new TransformStream({
        transform(chunk, controller) {
          guard(decompress(bytesOf(chunk, 'DecompressionStream')));
          for (;;) {
            const piece = guard(decompress());
            if (piece === null) return;
            controller.enqueue(ownBytes(piece));
          }
        },
        flush() {
          guard(decompress(null));
        },
      });
    }
    get readable() {
      return this.#stream.readable;
    }
    get writable() {
      return this.#stream.writable;
    }
  }
  expose(DecompressionStream);

  return { CompressionStream, DecompressionStream };
});
