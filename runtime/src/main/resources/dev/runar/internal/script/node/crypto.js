// node:crypto: random values, digests, AES, keys from passwords, and what compares them. Key pairs
// and signatures are in crypto.subtle, which is the global of the web.
'use strict';
const host = internal.part('crypto');
const { Buffer } = require('buffer');
const { Transform } = require('stream');

function argument(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

function bytesOf(data, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return argument('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView');
}

const bufferOf = (bytes) => Buffer.from(new ArrayBuffer(bytes));
const encoded = (buffer, encoding) => (encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer);

class Digest extends Transform {
  #digest;
  #ended = false;

  constructor(digest) {
    super();
    this.#digest = digest;
  }

  update(data, encoding) {
    if (this.#ended) internal.fail('Digest already called', 'ERR_CRYPTO_HASH_FINALIZED');
    const bytes = bytesOf(data, encoding);
    this.#digest.update(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this;
  }

  digest(encoding) {
    if (this.#ended) internal.fail('Digest already called', 'ERR_CRYPTO_HASH_FINALIZED');
    this.#ended = true;
    return encoded(bufferOf(this.#digest.end()), encoding);
  }

  copy() {
    return new Digest(this.#digest.copy() ?? internal.fail('this digest cannot be copied', 'ERR_CRYPTO'));
  }

  _transform(chunk, encoding, done) {
    this.update(chunk, encoding);
    done();
  }

  _flush(done) {
    this.push(this.digest());
    done();
  }
}

const known = (digest) => new Digest(digest ?? internal.fail('Digest method not supported', 'ERR_CRYPTO_INVALID_DIGEST'));
const createHash = (algorithm) => known(host.hash(String(algorithm)));

function createHmac(algorithm, key) {
  const bytes = bytesOf(key);
  return known(host.hmac(String(algorithm), bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function randomBytes(size, callback) {
  if (typeof size !== 'number') argument('The "size" argument must be of type number');
  if (!(size >= 0 && size <= 16777216)) throw new RangeError('The value of "size" is out of range: 0 to 16777216');
  const bytes = bufferOf(host.random(size));
  if (callback === undefined) return bytes;
  queueMicrotask(() => callback(null, bytes));
}

function fill(target) {
  const view = bytesOf(target);
  view.set(randomBytes(view.byteLength));
  return target;
}

function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') return randomInt(0, min, max);
  const range = max - min;
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && range > 0 && range <= 2 ** 48 - 1)) {
    throw new RangeError('The range of randomInt must be safe integers, at most 2^48 - 1 apart');
  }
  const limit = 2 ** 48 - (2 ** 48 % range);
  let n;
  do n = randomBytes(6).readUIntBE(0, 6);
  while (n >= limit);
  const result = min + (n % range);
  if (callback === undefined) return result;
  queueMicrotask(() => callback(null, result));
}

function timingSafeEqual(a, b) {
  const left = bytesOf(a);
  const right = bytesOf(b);
  if (left.byteLength !== right.byteLength) {
    const error = new RangeError('Input buffers must have the same byte length');
    error.code = 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH';
    throw error;
  }
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
  return difference === 0;
}

/** What the host takes: an ArrayBuffer of its own, so that offsets need not cross. */
const buffered = (data, encoding) => bytesOf(data, encoding).slice().buffer;

class Cipher extends Transform {
  #name;
  #encrypts;
  #key;
  #iv;
  #padding = true;
  #cipher;
  #ended = false;

  constructor(name, encrypts, key, iv) {
    super();
    this.#name = String(name);
    this.#encrypts = encrypts;
    this.#key = buffered(key);
    this.#iv = buffered(iv ?? argument('The "iv" argument must be of type string or an instance of Buffer'));
    this.#open();
  }

  #open() {
    const made = host.cipher(this.#name, this.#encrypts, this.#key, this.#iv, this.#padding);
    if (made[0] === null) internal.fail(made[1], 'ERR_CRYPTO_INVALID_CIPHER');
    this.#cipher = made[0];
  }

  setAutoPadding(padding = true) {
    this.#padding = Boolean(padding);
    this.#open();
    return this;
  }

  setAAD(data, options) {
    const bytes = buffered(data, options?.encoding);
    this.#cipher.authenticated(bytes, 0, bytes.byteLength);
    return this;
  }

  setAuthTag(tag, encoding) {
    const bytes = buffered(tag, encoding);
    this.#cipher.expectTag(bytes, 0, bytes.byteLength);
    return this;
  }

  getAuthTag() {
    if (!this.#ended) internal.fail('Invalid state for operation getAuthTag', 'ERR_CRYPTO_INVALID_STATE');
    return bufferOf(this.#cipher.tag());
  }

  update(data, inputEncoding, outputEncoding) {
    const bytes = buffered(data, inputEncoding);
    return encoded(bufferOf(this.#cipher.update(bytes, 0, bytes.byteLength)), outputEncoding);
  }

  final(encoding) {
    if (this.#ended) internal.fail('Unsupported state', 'ERR_CRYPTO_INVALID_STATE');
    this.#ended = true;
    const last = bufferOf(this.#cipher.end());
    if (this.#cipher.problem() !== '') internal.fail(this.#cipher.problem(), 'ERR_OSSL_EVP_BAD_DECRYPT');
    return encoded(last, encoding);
  }

  _transform(chunk, encoding, done) {
    this.push(this.update(chunk, encoding));
    done();
  }

  _flush(done) {
    this.push(this.final());
    done();
  }
}

function derive(password, salt, iterations, size, digest, now, done) {
  if (typeof digest !== 'string') argument('The "digest" argument must be of type string');
  host.pbkdf2(buffered(password), buffered(salt), iterations, size, digest, now, done);
}

function pbkdf2Sync(password, salt, iterations, size, digest) {
  let result;
  derive(password, salt, iterations, size, digest, true, (key) => (result = key));
  return typeof result === 'string' ? internal.fail(result, 'ERR_CRYPTO_INVALID_DIGEST') : bufferOf(result);
}

function pbkdf2(password, salt, iterations, size, digest, callback) {
  if (typeof callback !== 'function') argument('The "callback" argument must be of type function');
  derive(password, salt, iterations, size, digest, false, (key) => {
    if (typeof key === 'string') callback(Object.assign(new Error(key), { code: 'ERR_CRYPTO_INVALID_DIGEST' }));
    else callback(null, bufferOf(key));
  });
}

const randomUUID = () => host.uuid();
const own = { getRandomValues: fill, randomUUID };
module.exports = {
  createHash,
  createHmac,
  hash: (algorithm, data, encoding = 'hex') => createHash(algorithm).update(data).digest(encoding),
  Hash: Digest,
  createCipheriv: (name, key, iv) => new Cipher(name, true, key, iv),
  createDecipheriv: (name, key, iv) => new Cipher(name, false, key, iv),
  getCiphers: () => [128, 192, 256].flatMap((bits) => ['cbc', 'ctr', 'gcm'].map((mode) => `aes-${bits}-${mode}`)),
  pbkdf2,
  pbkdf2Sync,
  getHashes: () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFillSync: fill,
  randomInt,
  randomUUID,
  getRandomValues: fill,
  timingSafeEqual,
  get webcrypto() {
    return globalThis.crypto ?? own;
  },
  get subtle() {
    return globalThis.crypto?.subtle;
  },
};
