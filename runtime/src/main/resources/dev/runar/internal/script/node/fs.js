// node:fs: reading, within the permission of the script. Whatever writes fails and says so.
'use strict';
const host = internal.part('files');
const { Buffer } = require('buffer');

function failure(json) {
  const { code, message, syscall, path } = JSON.parse(json);
  return Object.assign(new Error(message), { code, syscall, path, errno: -1 });
}

function pathOf(path) {
  if (path instanceof Uint8Array) return Buffer.from(path).toString();
  if (typeof path === 'string' || (typeof path === 'object' && path !== null && 'href' in path)) {
    return internal.pathOf(path);
  }
  const error = new TypeError('The "path" argument must be of type string or an instance of Buffer or URL');
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

/** One host call, now: `(ok, failed)` are called before it returns. */
function now(begin) {
  let result;
  let error;
  begin(
    (value) => (result = value),
    (json) => (error = failure(json)),
  );
  if (error !== undefined) throw error;
  return result;
}

const later = (begin) =>
  new Promise((resolve, reject) => begin(resolve, (json) => reject(failure(json))));

function content(options) {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return (bytes) => {
    const buffer = Buffer.from(new Uint8Array(new ArrayBuffer(bytes)));
    return encoding ? buffer.toString(encoding) : buffer;
  };
}

class Stats {
  constructor(json) {
    const { size, mtimeMs, kind } = JSON.parse(json);
    Object.assign(this, { size, mtimeMs, atimeMs: mtimeMs, ctimeMs: mtimeMs, birthtimeMs: mtimeMs });
    this.mode = kind === 'directory' ? 0o40555 : 0o100444;
    Object.defineProperty(this, 'kind', { value: kind });
    for (const name of ['mtime', 'atime', 'ctime', 'birthtime']) this[name] = new Date(mtimeMs);
  }
  isFile() {
    return this.kind === 'file';
  }
  isDirectory() {
    return this.kind === 'directory';
  }
  isSymbolicLink() {
    return false;
  }
  isFIFO() {
    return false;
  }
  isSocket() {
    return false;
  }
  isBlockDevice() {
    return false;
  }
  isCharacterDevice() {
    return false;
  }
}

class Dirent {
  constructor(name, parentPath, isDirectory) {
    this.name = name;
    this.parentPath = parentPath;
    Object.defineProperty(this, 'folder', { value: isDirectory });
  }
  isFile() {
    return !this.folder;
  }
  isDirectory() {
    return this.folder;
  }
  isSymbolicLink() {
    return false;
  }
}

function entries(path, options) {
  return (json) => {
    const { files, folders } = JSON.parse(json);
    if (options?.recursive) internal.fail('readdir with recursive is not available here', 'ERR_NOT_AVAILABLE');
    const names = [...files, ...folders].sort();
    const isFolder = new Set(folders);
    return options?.withFileTypes ? names.map((n) => new Dirent(n, path, isFolder.has(n))) : names;
  };
}

/** Each operation: `(path, options)` to what it asks and what it makes of the answer. */
const operations = {
  readFile: (path, options) => [(ok, no, wait) => host.read(pathOf(path), wait, ok, no), content(options)],
  stat: (path) => [(ok, no, wait) => host.stat(pathOf(path), wait, ok, no), (json) => new Stats(json)],
  readdir: (path, options) => [
    (ok, no, wait) => host.list(pathOf(path), wait, ok, no),
    entries(pathOf(path), options),
  ],
  realpath: (path) => [(ok, no, wait) => host.realPath(pathOf(path), wait, ok, no), (real) => real],
  access: (path, mode) => [
    (ok, no, wait) => host.stat(pathOf(path), wait, ok, no),
    () => {
      if ((mode ?? 0) & 2) internal.fail('scripts may not write files', 'EACCES');
    },
  ],
};
operations.lstat = operations.stat;

const promises = {};
const fs = { Stats, Dirent, promises };
for (const name of Object.keys(operations)) {
  promises[name] = async (path, options) => {
    const [ask, make] = operations[name](path, options);
    return make(await later((ok, no) => ask(ok, no, false)));
  };
  fs[name + 'Sync'] = (path, options) => {
    const [ask, make] = operations[name](path, options);
    try {
      return make(now((ok, no) => ask(ok, no, true)));
    } catch (error) {
      if (error.code === 'ENOENT' && options?.throwIfNoEntry === false) return undefined;
      throw error;
    }
  };
  fs[name] = (path, ...rest) => {
    const callback = rest.pop();
    if (typeof callback !== 'function') {
      const error = new TypeError('The "cb" argument must be of type function');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    promises[name](path, rest[0]).then(
      (value) => queueMicrotask(() => callback(null, value)),
      (error) => queueMicrotask(() => callback(error)),
    );
  };
}

fs.existsSync = (path) => {
  try {
    fs.statSync(path);
    return true;
  } catch {
    return false;
  }
};
fs.exists = (path, callback) => queueMicrotask(() => callback(fs.existsSync(path)));
fs.realpath.native = fs.realpath;
fs.realpathSync.native = fs.realpathSync;
fs.constants = promises.constants = { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 };

const READ_ONLY =
  'appendFile chmod chown copyFile cp link mkdir mkdtemp rename rm rmdir symlink truncate unlink utimes writeFile';
for (const name of READ_ONLY.split(' ')) {
  const refuse = () => internal.fail(`fs.${name} is not available here: scripts only read files`, 'EROFS');
  promises[name] = async () => refuse();
  fs[name] = refuse;
  fs[name + 'Sync'] = refuse;
}
/** A file that was opened to be read: what is read is what it held when it was opened. */
class FileHandle {
  #content;
  #stats;
  #position = 0;

  constructor(content, stats) {
    this.#content = content;
    this.#stats = stats;
  }

  #bytes() {
    return this.#content ?? internal.fail('file closed', 'EBADF');
  }

  async read(buffer, offset, length, position) {
    const given = ArrayBuffer.isView(buffer) ? (typeof offset === 'object' ? (offset ?? {}) : { offset, length, position }) : (buffer ?? {});
    const target = ArrayBuffer.isView(buffer) ? buffer : (given.buffer ?? Buffer.alloc(16384));
    const at = given.offset ?? 0;
    const from = given.position ?? this.#position;
    const bytes = this.#bytes().subarray(from, from + (given.length ?? target.byteLength - at));
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes, at);
    if (given.position === undefined || given.position === null) this.#position += bytes.length;
    return { bytesRead: bytes.length, buffer: target };
  }

  async readFile(options) {
    const encoding = typeof options === 'string' ? options : options?.encoding;
    const rest = this.#bytes().subarray(this.#position);
    this.#position += rest.length;
    return encoding ? rest.toString(encoding) : Buffer.from(rest);
  }

  async stat() {
    this.#bytes();
    return this.#stats;
  }

  createReadStream(options) {
    return streamOf(async () => this.#bytes(), options);
  }

  async *readLines() {
    yield* this.#bytes().toString().replace(/\r?\n$/, '').split(/\r?\n/);
  }

  async close() {
    this.#content = undefined;
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }
}

promises.open = async (path, flags = 'r') => {
  if (flags !== 'r' && flags !== 0) internal.fail('a file can only be opened to be read', 'EROFS');
  return new FileHandle(await promises.readFile(path), await promises.stat(path));
};

/** A stream of what `read` gives, which is asked at once. */
function streamOf(read, options) {
  const { Readable } = require('stream');
  const given = typeof options === 'string' ? { encoding: options } : (options ?? {});
  const { start = 0, end = Infinity, highWaterMark = 65536, encoding } = given;
  let content;
  let at = start;
  const stream = new Readable({
    highWaterMark,
    encoding,
    construct(done) {
      read().then((bytes) => {
        content = bytes;
        done();
        stream.emit('open');
        stream.emit('ready');
      }, done);
    },
    read(size) {
      const last = Math.min(content.length, end + 1);
      const chunk = content.subarray(at, Math.min(last, at + size));
      at += chunk.length;
      stream.bytesRead += chunk.length;
      this.push(chunk.length === 0 ? null : Buffer.from(chunk));
    },
  });
  stream.bytesRead = 0;
  return stream;
}

fs.createReadStream = (path, options) => {
  const stream = streamOf(() => promises.readFile(path), options);
  stream.path = path;
  return stream;
};

for (const name of 'createWriteStream open openSync readSync watch watchFile writeSync'.split(' ')) {
  fs[name] = () => internal.fail(`fs.${name} is not available here; read the whole file`, 'ERR_NOT_AVAILABLE');
}
module.exports = fs;
