// CompressionStream and DecompressionStream; the work is done in Java.
(function (env) {
  'use strict';
  const { need, java } = env;
  const { expose, required, bytesOf, ownBytes } = need('idl');
  const { TransformStream, ReadableStream, WritableStream } = need('streams');
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

  /**
   * Takes output when it is read, so a small input that means a large output stays small: one piece
   * waits at most. A write ends when all that it gives was taken.
   */
  class Unpacking {
    #decompress;
    #source; // controller of the readable end
    #sink; // controller of the writable end
    #piece = null; // the next output
    #written = null; // ends the write that is under way
    #awaited = null; // ends the pull that waits for input

    constructor(decompress) {
      this.#decompress = decompress;
      this.readable = new ReadableStream(
        {
          start: (controller) => { this.#source = controller; },
          pull: () => this.#pull(),
          cancel: (reason) => this.#stop(reason),
        },
        { highWaterMark: 0 },
      );
      this.writable = new WritableStream({
        start: (controller) => { this.#sink = controller; },
        write: (chunk) => this.#write(chunk),
        close: () => this.#close(),
        abort: (reason) => {
          this.#source.error(reason);
          this.#release();
        },
      });
    }

    #write(chunk) {
      return new Promise((resolve, reject) => {
        try {
          this.#guard(this.#decompress(bytesOf(chunk, 'DecompressionStream')));
          this.#written = { resolve, reject };
          if (this.#awaited === null) return; // nobody reads: nothing is unpacked
          this.#next();
          this.#hand();
        } catch (error) {
          this.#fail(error);
          reject(error);
        }
      });
    }

    #pull() {
      try {
        if (this.#piece === null && this.#written !== null) this.#next();
        if (this.#piece !== null) {
          this.#hand();
          return undefined;
        }
      } catch (error) {
        this.#fail(error);
        return undefined;
      }
      return new Promise((resolve) => { this.#awaited = resolve; });
    }

    /** Unpacks the next piece; when there is none the write has ended. */
    #next() {
      this.#piece = this.#guard(this.#decompress());
      if (this.#piece === null && this.#written !== null) {
        this.#written.resolve();
        this.#written = null;
      }
    }

    /** Gives the piece to whoever waits for it, and looks whether it was the last of its write. */
    #hand() {
      if (this.#piece === null) return;
      this.#source.enqueue(ownBytes(this.#piece));
      this.#piece = null;
      this.#release();
      this.#next();
    }

    #close() {
      try {
        this.#guard(this.#decompress(null));
      } catch (error) {
        this.#fail(error);
        throw error;
      }
      this.#source.close();
      this.#release();
    }

    #guard(answer) {
      if (typeof answer === 'string') throw new TypeError(`DecompressionStream: ${answer}`);
      return answer;
    }

    #fail(error) {
      this.#source.error(error);
      this.#stop(error);
    }

    #stop(reason) {
      this.#piece = null;
      this.#sink.error(reason);
      this.#written?.reject(reason);
      this.#written = null;
      this.#release();
      this.#decompress(null); // gives its memory back
    }

    #release() {
      this.#awaited?.();
      this.#awaited = null;
    }
  }

  class DecompressionStream {
    #stream;

    constructor(format) {
      required(arguments.length, 1, 'DecompressionStream');
      this.#stream = new Unpacking(java('decompress')(checked(format, 'DecompressionStream')));
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
