// crypto: random numbers, and crypto.subtle by the providers of the JDK. Keys are bytes here: raw,
// or in PKCS #8 and X.509 form; a script sees only a CryptoKey.
(function (env) {
  'use strict';
  const { need, java } = env;
  const { expose, required, bytesOf, ownBytes, clone } = need('idl');
  const { DOMException } = need('exception');
  const KEY = Symbol('made by the host');
  const QUOTA = 65_536;
  const HASHES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
  const BLOCK = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };
  const CURVES = { 'P-256': 256, 'P-384': 384, 'P-521': 528 };
  const SHORT = { 'SHA-1': '1', 'SHA-256': '256', 'SHA-384': '384', 'SHA-512': '512' };
  const USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];
  const ALGORITHMS = [
    'RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP', 'ECDSA', 'ECDH', 'Ed25519', 'X25519', 'HMAC',
    'AES-GCM', 'AES-CBC', 'AES-CTR', 'AES-KW', 'PBKDF2', 'HKDF',
  ];

  const error = (name, message) => new DOMException(message, name);
  const unsupported = (what) => error('NotSupportedError', `${what} is not supported`);

  /** Runs an operation in Java. */
  function compute(operation, ...given) {
    return new Promise((resolve, reject) => {
      java('crypto')(operation, resolve, (name, message) => reject(error(name, message)), ...given);
    });
  }
  const bytesFrom = async (...call) => ownBytes(await compute(...call));
  async function orDataError(promise) {
    try {
      return await promise;
    } catch (reason) {
      throw reason.name === 'OperationError' ? error('DataError', reason.message) : reason;
    }
  }

  let keyOf;

  class CryptoKey {
    #key;
    #algorithm;
    #usages;

    static {
      keyOf = (value) => {
        if (typeof value !== 'object' || value === null || !(#key in value)) throw new TypeError('not a CryptoKey');
        return value.#key;
      };
    }

    constructor(key, parts) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      this.#key = parts;
      this.#algorithm = Object.freeze({ ...parts.algorithm });
      this.#usages = Object.freeze([...parts.usages]);
    }
    get type() {
      return this.#key.type;
    }
    get extractable() {
      return this.#key.extractable;
    }
    get algorithm() {
      return this.#algorithm;
    }
    get usages() {
      return this.#usages;
    }
    [clone]() {
      return new CryptoKey(KEY, this.#key);
    }
  }
  expose(CryptoKey);
  Object.defineProperty(CryptoKey, 'length', { value: 0 });

  function keyMade(type, extractable, algorithm, usages, data, publicData) {
    const ordered = USAGES.filter((usage) => usages.includes(usage));
    if ((type === 'secret' || type === 'private') && ordered.length === 0) {
      throw error('SyntaxError', 'a key without usages');
    }
    return new CryptoKey(KEY, { type, extractable, algorithm, usages: ordered, data, publicData });
  }

  function normalized(given) {
    const algorithm = typeof given === 'string' ? { name: given } : given;
    if (typeof algorithm !== 'object' || algorithm === null || algorithm.name === undefined) {
      throw new TypeError('the algorithm has no name');
    }
    const wanted = `${algorithm.name}`.toUpperCase();
    const name = [...ALGORITHMS, ...HASHES].find((known) => known.toUpperCase() === wanted);
    if (name === undefined) throw unsupported(`${algorithm.name}`);
    return { given: algorithm, name };
  }

  function hashOf(given) {
    if (given === undefined) throw new TypeError('the algorithm has no hash');
    const { name } = normalized(given);
    if (!HASHES.includes(name)) throw unsupported(name);
    return name;
  }

  function part(given, name) {
    if (given[name] === undefined) throw new TypeError(`the algorithm has no ${name}`);
    return bytesOf(given[name], name).slice();
  }

  function usagesOf(given, ...allowed) {
    const usages = [...given].map((usage) => `${usage}`);
    for (const usage of usages) {
      if (!USAGES.includes(usage)) throw new TypeError(`${usage} is no usage`);
      if (!allowed.includes(usage)) throw error('SyntaxError', `the key cannot be used to ${usage}`);
    }
    return usages;
  }

  const AES = ['AES-GCM', 'AES-CBC', 'AES-CTR', 'AES-KW'];
  const RSA = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP'];
  const EC = ['ECDSA', 'ECDH'];
  const EDWARDS = ['Ed25519', 'X25519'];
  const HASHED = ['HMAC', ...RSA]; // these name a hash when a key is made
  const WRAP = ['wrapKey', 'unwrapKey'];

  /** What keys of an algorithm can be used for: secret, private, public. */
  function allowed(name) {
    if (name === 'AES-KW') return { secret: WRAP };
    if (AES.includes(name)) return { secret: ['encrypt', 'decrypt', ...WRAP] };
    if (name === 'HMAC') return { secret: ['sign', 'verify'] };
    if (name === 'PBKDF2' || name === 'HKDF') return { secret: ['deriveKey', 'deriveBits'] };
    if (name === 'RSA-OAEP') return { private: ['decrypt', 'unwrapKey'], public: ['encrypt', 'wrapKey'] };
    if (name === 'ECDH' || name === 'X25519') return { private: ['deriveKey', 'deriveBits'], public: [] };
    return { private: ['sign'], public: ['verify'] };
  }

  function lengthOfAes(length) {
    if (length !== 128 && length !== 192 && length !== 256) throw error('OperationError', `AES of ${length} bits`);
    return length;
  }

  const random = (count) => ownBytes(java('random')(count));

  async function generate(algorithm, extractable, given) {
    const { given: init, name } = normalized(algorithm);
    const may = allowed(name);
    if (HASHED.includes(name)) hashOf(init.hash); // before the usages, as the standard has it
    if (name === 'PBKDF2' || name === 'HKDF' || HASHES.includes(name)) throw unsupported(`generating a key of ${name}`);
    if (may.secret !== undefined) {
      const usages = usagesOf(given, ...may.secret);
      const made = name === 'HMAC' ? hmacAlgorithm(init) : { name, length: lengthOfAes(Number(init.length)) };
      return keyMade('secret', extractable, made, usages, random(Math.ceil(made.length / 8)));
    }
    const usages = usagesOf(given, ...may.private, ...may.public);
    const made = pairAlgorithm(name, init);
    if (!usages.some((usage) => may.private.includes(usage))) throw error('SyntaxError', 'a private key without usages');
    const pair = await compute('generate', name, ...(RSA.includes(name) ? [made.modulusLength, made.publicExponent] : [made.namedCurve ?? '']));
    const [privateData, publicData] = [ownBytes(pair[0]), ownBytes(pair[1])];
    return {
      privateKey: keyMade('private', extractable, made, usages.filter((u) => may.private.includes(u)), privateData, publicData),
      publicKey: keyMade('public', true, made, usages.filter((u) => may.public.includes(u)), publicData),
    };
  }

  function hmacAlgorithm(init, bytes) {
    const hash = hashOf(init.hash);
    const length = init.length === undefined ? (bytes === undefined ? BLOCK[hash] : bytes.length * 8) : Number(init.length);
    if (!(length > 0)) throw error(bytes === undefined ? 'OperationError' : 'DataError', 'a key of 0 bits');
    return { name: 'HMAC', hash: { name: hash }, length };
  }

  function pairAlgorithm(name, init) {
    if (EDWARDS.includes(name)) return { name };
    if (EC.includes(name)) return { name, namedCurve: curveOf(init) };
    const exponent = init.publicExponent;
    if (!(exponent instanceof Uint8Array)) throw new TypeError('publicExponent is not a Uint8Array');
    const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < 3 || value % 2 === 0) throw error('OperationError', 'the public exponent cannot be used');
    if (!(init.modulusLength >= 512 && init.modulusLength <= 16_384)) throw error('OperationError', 'the modulus length cannot be used');
    return { name, modulusLength: Number(init.modulusLength), publicExponent: exponent.slice(), hash: { name: hashOf(init.hash) } };
  }

  function curveOf(init) {
    if (init.namedCurve === undefined) throw new TypeError('the algorithm has no namedCurve');
    const curve = `${init.namedCurve}`;
    if (!(curve in CURVES)) throw unsupported(curve);
    return curve;
  }

  // ---- keys from outside

  async function importKey(format, keyData, algorithm, extractable, given) {
    const { given: init, name } = normalized(algorithm);
    const form = `${format}`;
    if (!['raw', 'pkcs8', 'spki', 'jwk'].includes(form)) throw new TypeError(`${form} is no format`);
    if (form === 'jwk' && (typeof keyData !== 'object' || keyData === null || ArrayBuffer.isView(keyData) || keyData instanceof ArrayBuffer)) {
      throw new TypeError('the key is no JSON Web Key');
    }
    const data = form === 'jwk' ? keyData : bytesOf(keyData, 'importKey').slice();
    const may = allowed(name);
    if (HASHED.includes(name)) hashOf(init.hash);
    if (may.secret !== undefined) return await importSecret(form, data, name, init, extractable, usagesOf(given, ...may.secret));
    const type = form === 'pkcs8' || (form === 'jwk' && data.d !== undefined) ? 'private' : 'public';
    const usages = usagesOf(given, ...may[type]);
    const made = RSA.includes(name) ? { name, hash: { name: hashOf(init.hash) } } : EC.includes(name) ? { name, namedCurve: curveOf(init) } : { name };
    if (form === 'jwk') checkJwk(data, name, made, usages, extractable);
    const { encoded, publicData } = await orDataError(encodedOf(form, data, type, name, made));
    const is = await orDataError(compute('checkKey', name, type, encoded));
    if (RSA.includes(name)) {
      made.modulusLength = is[0];
      made.publicExponent = ownBytes(is[1]);
      return keyMade(type, extractable, { name, modulusLength: made.modulusLength, publicExponent: made.publicExponent, hash: made.hash }, usages, encoded, publicData);
    }
    if (EC.includes(name) && is !== made.namedCurve) throw error('DataError', `the key is of ${is}`);
    return keyMade(type, extractable, made, usages, encoded, publicData);
  }

  function importSecret(form, data, name, init, extractable, usages) {
    if (form !== 'raw' && form !== 'jwk') throw unsupported(`${form} for ${name}`);
    if (name === 'PBKDF2' || name === 'HKDF') {
      if (form !== 'raw') throw unsupported(`${form} for ${name}`);
      if (extractable) throw error('SyntaxError', `a key of ${name} cannot be extractable`);
      return keyMade('secret', false, { name }, usages, data);
    }
    let bytes = data;
    if (form === 'jwk') {
      if (data.kty !== 'oct' || typeof data.k !== 'string') throw error('DataError', 'the key is not of type oct');
      bytes = fromUrl(data.k);
    }
    let algorithm;
    if (name === 'HMAC') {
      if (bytes.length === 0) throw error('DataError', 'the key is empty');
      algorithm = hmacAlgorithm(init, bytes);
      if (algorithm.length > bytes.length * 8 || algorithm.length <= bytes.length * 8 - 8) throw error('DataError', 'the length does not fit');
    } else {
      if (![16, 24, 32].includes(bytes.length)) throw error('DataError', `AES of ${bytes.length * 8} bits`);
      algorithm = { name, length: bytes.length * 8 };
    }
    if (form === 'jwk') checkJwk(data, name, algorithm, usages, extractable);
    return keyMade('secret', extractable, algorithm, usages, bytes);
  }

  const SIGNS = ['HMAC', 'ECDSA', 'Ed25519', 'RSASSA-PKCS1-v1_5', 'RSA-PSS'];

  function checkJwk(jwk, name, algorithm, usages, extractable) {
    const use = SIGNS.includes(name) ? 'sig' : 'enc';
    if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) throw error('DataError', `the key is for ${jwk.use}`);
    if (jwk.key_ops !== undefined && !usages.every((usage) => jwk.key_ops.includes(usage))) throw error('DataError', 'the key has other key_ops');
    if (jwk.ext === false && extractable) throw error('DataError', 'the key is not extractable');
    const alg = jwkAlg(name, algorithm);
    if (jwk.alg !== undefined && alg !== undefined && jwk.alg !== alg) throw error('DataError', `the key is for ${jwk.alg}`);
  }

  function jwkAlg(name, algorithm) {
    const short = SHORT[algorithm.hash?.name];
    switch (name) {
      case 'HMAC': return `HS${short}`;
      case 'RSASSA-PKCS1-v1_5': return `RS${short}`;
      case 'RSA-PSS': return `PS${short}`;
      case 'RSA-OAEP': return short === '1' ? 'RSA-OAEP' : `RSA-OAEP-${short}`;
      default: return AES.includes(name) ? `A${algorithm.length}${name.slice(4)}` : undefined;
    }
  }

  const toUrl = (bytes) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });

  function fromUrl(text) {
    try {
      return Uint8Array.fromBase64(`${text}`, { alphabet: 'base64url' });
    } catch {
      throw error('DataError', 'a part of the key is not base64url');
    }
  }

  const RSA_PARTS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];

  async function encodedOf(form, data, type, name, algorithm) {
    if (form === 'pkcs8' || form === 'spki') return { encoded: data };
    if (RSA.includes(name)) {
      if (form === 'raw') throw unsupported(`raw for ${name}`);
      if (data.kty !== 'RSA') throw error('DataError', 'the key is not of type RSA');
      const parts = (type === 'private' ? RSA_PARTS : ['n', 'e']).map((key) => (data[key] === undefined ? null : fromUrl(data[key])));
      return { encoded: await bytesFrom('fromParts', 'RSA', type, ...parts) };
    }
    const scheme = algorithm.namedCurve ?? name;
    if (form === 'raw') return { encoded: await bytesFrom('publicOf', scheme, data) };
    if (EDWARDS.includes(name)) {
      if (data.kty !== 'OKP' || data.crv !== name) throw error('DataError', `the key is not of ${name}`);
      const publicData = await bytesFrom('publicOf', name, fromUrl(data.x));
      if (type === 'public') return { encoded: publicData };
      return { encoded: await pairOf(name, await bytesFrom('fromParts', name, type, fromUrl(data.d)), publicData), publicData };
    }
    if (data.kty !== 'EC' || data.crv !== scheme) throw error('DataError', `the key is not of ${scheme}`);
    const size = CURVES[scheme] >> 3;
    for (const key of type === 'private' ? ['x', 'y', 'd'] : ['x', 'y']) {
      if (fromUrl(data[key] ?? '').length !== size) throw error('DataError', `${key} has not ${size} bytes`);
    }
    const publicData = await bytesFrom('fromParts', scheme, 'public', fromUrl(data.x), fromUrl(data.y));
    if (type === 'public') return { encoded: publicData };
    return { encoded: await pairOf('EC', await bytesFrom('fromParts', scheme, type, fromUrl(data.d)), publicData), publicData };
  }

  /** The private key, when the public one belongs to it. */
  const pairOf = (scheme, privateData, publicData) => bytesFrom('pair', scheme, privateData, publicData);

  // ---- keys to outside

  async function exportKey(format, key) {
    const form = `${format}`;
    const parts = keyOf(key);
    const { type, algorithm, data } = parts;
    if (!['raw', 'pkcs8', 'spki', 'jwk'].includes(form)) throw new TypeError(`${form} is no format`);
    if (algorithm.name === 'PBKDF2' || algorithm.name === 'HKDF') throw unsupported(`exporting a key of ${algorithm.name}`);
    if (!parts.extractable) throw error('InvalidAccessError', 'the key is not extractable');
    const wanted = { raw: type === 'secret' ? 'secret' : 'public', pkcs8: 'private', spki: 'public' }[form];
    if (wanted !== undefined && wanted !== type) {
      throw type === 'secret' ? unsupported(`${form} for ${algorithm.name}`) : error('InvalidAccessError', `a ${type} key as ${form}`);
    }
    if (form === 'jwk') return await jwkOf(parts);
    if (form !== 'raw' || type === 'secret') return data.slice().buffer;
    if (RSA.includes(algorithm.name)) throw unsupported(`raw for ${algorithm.name}`);
    return (await bytesFrom('pointOf', algorithm.name, data)).buffer;
  }

  async function jwkOf({ type, algorithm, data, publicData, usages, extractable }) {
    const { name } = algorithm;
    const common = { key_ops: [...usages], ext: extractable };
    const alg = jwkAlg(name, algorithm);
    if (alg !== undefined) common.alg = alg;
    if (type === 'secret') return { kty: 'oct', k: toUrl(data), ...common };
    const list = async (kind, bytes) => [...(await compute('toParts', name, kind, bytes))].map((each) => toUrl(ownBytes(each)));
    const own = await list(type, data);
    if (RSA.includes(name)) return { kty: 'RSA', ...Object.fromEntries(own.map((value, i) => [RSA_PARTS[i], value])), ...common };
    if (type === 'private' && publicData === undefined) throw unsupported('a JSON Web Key of a private key that came without its public part');
    const [x, y] = type === 'public' ? own : await list('public', publicData);
    const curve = EDWARDS.includes(name) ? { kty: 'OKP', crv: name, x } : { kty: 'EC', crv: algorithm.namedCurve, x, y };
    return { ...curve, ...(type === 'private' ? { d: own[0] } : {}), ...common };
  }

  // ---- work with keys

  function usable(key, name, usage) {
    const parts = keyOf(key);
    if (parts.algorithm.name !== name) throw error('InvalidAccessError', `the key is for ${parts.algorithm.name}`);
    if (!parts.usages.includes(usage)) throw error('InvalidAccessError', `the key may not be used to ${usage}`);
    return parts;
  }

  async function cipher(way, algorithm, key, data, usage = way) {
    const { given, name } = normalized(algorithm);
    if (!['AES-GCM', 'AES-CBC', 'AES-CTR', 'RSA-OAEP'].includes(name)) throw unsupported(`${way} with ${name}`);
    const bytes = bytesOf(data, way).slice();
    const iv = name === 'AES-GCM' || name === 'AES-CBC' ? part(given, 'iv') : name === 'AES-CTR' ? part(given, 'counter') : null;
    const parts = usable(key, name, usage);
    switch (name) {
      case 'AES-GCM': {
        const tag = given.tagLength === undefined ? 128 : Number(given.tagLength);
        if (![32, 64, 96, 104, 112, 120, 128].includes(tag)) throw error('OperationError', `a tag of ${tag} bits`);
        if (way === 'decrypt' && bytes.length < tag / 8) throw error('OperationError', 'the data is shorter than its tag');
        const more = given.additionalData === undefined ? new Uint8Array(0) : part(given, 'additionalData');
        return await bytesFrom('aesGcm', way, parts.data, iv, bytes, more, tag);
      }
      case 'AES-CBC':
        if (iv.length !== 16) throw error('OperationError', 'iv has not 16 bytes');
        return await bytesFrom('aesCbc', way, parts.data, iv, bytes);
      case 'AES-CTR': {
        const bits = Number(given.length);
        if (iv.length !== 16) throw error('OperationError', 'counter has not 16 bytes');
        if (!(bits >= 1 && bits <= 128)) throw error('OperationError', `a counter of ${bits} bits`);
        return await bytesFrom('aesCtr', way, parts.data, iv, bytes, bits);
      }
      default: {
        if (parts.type !== (way === 'encrypt' ? 'public' : 'private')) throw error('InvalidAccessError', `a ${parts.type} key`);
        const label = given.label === undefined ? new Uint8Array(0) : part(given, 'label');
        return await bytesFrom('rsaOaep', way, parts.data, label, bytes, parts.algorithm.hash.name);
      }
    }
  }

  /** The scheme of a signature with its parameters. */
  function signing(algorithm, key, usage) {
    const { given, name } = normalized(algorithm);
    if (!SIGNS.includes(name)) throw unsupported(`${usage} with ${name}`);
    const hash = name === 'ECDSA' ? hashOf(given.hash) : undefined;
    if (name === 'RSA-PSS' && given.saltLength === undefined) throw new TypeError('the algorithm has no saltLength');
    const parts = usable(key, name, usage);
    if (name !== 'HMAC' && parts.type !== (usage === 'sign' ? 'private' : 'public')) throw error('InvalidAccessError', `a ${parts.type} key`);
    return { name, parts, given: [name, hash ?? parts.algorithm.hash?.name ?? '', Number(given.saltLength ?? 0), parts.data] };
  }

  async function sign(algorithm, key, data) {
    const bytes = bytesOf(data, 'sign').slice();
    const { name, parts, given } = signing(algorithm, key, 'sign');
    if (name === 'HMAC') return await bytesFrom('hmac', parts.algorithm.hash.name, parts.data, bytes);
    return await bytesFrom('sign', ...given, bytes);
  }

  async function verify(algorithm, key, signature, data) {
    const mark = bytesOf(signature, 'verify').slice();
    const bytes = bytesOf(data, 'verify').slice();
    const { name, parts, given } = signing(algorithm, key, 'verify');
    if (name !== 'HMAC') return await compute('verify', ...given, bytes, mark);
    const own = await bytesFrom('hmac', parts.algorithm.hash.name, parts.data, bytes);
    let difference = own.length ^ mark.length;
    for (let i = 0; i < own.length; i++) difference |= own[i] ^ mark[i]; // in the same time, wherever they differ
    return difference === 0;
  }

  async function derive(algorithm, key, length, usage) {
    const { given, name } = normalized(algorithm);
    switch (name) {
      case 'PBKDF2': {
        const [hash, salt, iterations] = [hashOf(given.hash), part(given, 'salt'), Number(given.iterations)];
        const { data } = usable(key, name, usage);
        if (length === null || length % 8 !== 0) throw error('OperationError', `${length} bits`);
        if (!(iterations > 0 && iterations <= 0x7fffffff)) throw error('OperationError', `${given.iterations} iterations`);
        return length === 0 ? new Uint8Array(0) : bytesFrom('pbkdf2', hash, data, salt, iterations, length);
      }
      case 'HKDF': {
        const [hash, salt, info] = [hashOf(given.hash), part(given, 'salt'), part(given, 'info')];
        const { data } = usable(key, name, usage);
        if (length === null || length % 8 !== 0) throw error('OperationError', `${length} bits`);
        return await bytesFrom('hkdf', hash, data, salt, info, length);
      }
      case 'ECDH':
      case 'X25519': {
        const other = keyOf(given.public);
        const own = usable(key, name, usage);
        if (own.type !== 'private' || other.type !== 'public') throw error('InvalidAccessError', 'a private and a public key are needed');
        if (other.algorithm.name !== name || other.algorithm.namedCurve !== own.algorithm.namedCurve) {
          throw error('InvalidAccessError', 'the keys do not fit');
        }
        const secret = await bytesFrom('agree', name, own.data, other.data);
        if (length === null) return secret;
        if (length > secret.length * 8) throw error('OperationError', `${length} bits`);
        const cut = secret.slice(0, Math.ceil(length / 8));
        if (length % 8 !== 0) cut[cut.length - 1] &= 0xff << (8 - (length % 8));
        return cut;
      }
      default:
        throw unsupported(`deriving with ${name}`);
    }
  }

  function lengthFor(algorithm) {
    const { given, name } = normalized(algorithm);
    if (AES.includes(name)) return lengthOfAes(Number(given.length));
    if (name === 'HMAC') return hmacAlgorithm(given).length;
    if (name === 'PBKDF2' || name === 'HKDF') return null;
    throw unsupported(`deriving a key of ${name}`);
  }

  async function wrapped(way, algorithm, key, bytes, usage) {
    const { name } = normalized(algorithm);
    if (name !== 'AES-KW') return await cipher(way, algorithm, key, bytes, usage);
    const { data } = usable(key, name, usage);
    if (bytes.length % 8 !== 0) throw error('OperationError', 'the key is not a multiple of 8 bytes');
    return await bytesFrom('aesWrap', way, data, bytes);
  }

  class SubtleCrypto {
    constructor(key = undefined) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
    }
    async encrypt(algorithm, key, data) {
      required(arguments.length, 3, 'encrypt');
      return (await cipher('encrypt', algorithm, key, data)).buffer;
    }
    async decrypt(algorithm, key, data) {
      required(arguments.length, 3, 'decrypt');
      return (await cipher('decrypt', algorithm, key, data)).buffer;
    }
    async sign(algorithm, key, data) {
      required(arguments.length, 3, 'sign');
      return (await sign(algorithm, key, data)).buffer;
    }
    async verify(algorithm, key, signature, data) {
      required(arguments.length, 4, 'verify');
      return await verify(algorithm, key, signature, data);
    }
    async digest(algorithm, data) {
      required(arguments.length, 2, 'digest');
      const hash = hashOf(algorithm);
      return (await bytesFrom('digest', hash, bytesOf(data, 'digest').slice())).buffer;
    }
    async generateKey(algorithm, extractable, usages) {
      required(arguments.length, 3, 'generateKey');
      return await generate(algorithm, Boolean(extractable), usages);
    }
    async deriveKey(algorithm, key, derivedType, extractable, usages) {
      required(arguments.length, 5, 'deriveKey');
      const length = lengthFor(derivedType);
      const bits = await derive(algorithm, key, length, 'deriveKey');
      return await importKey('raw', bits, derivedType, Boolean(extractable), usages);
    }
    async deriveBits(algorithm, key, length = null) {
      required(arguments.length, 2, 'deriveBits');
      return (await derive(algorithm, key, length === null ? null : Number(length) >>> 0, 'deriveBits')).buffer;
    }
    async importKey(format, keyData, algorithm, extractable, usages) {
      required(arguments.length, 5, 'importKey');
      return await importKey(format, keyData, algorithm, Boolean(extractable), usages);
    }
    async exportKey(format, key) {
      required(arguments.length, 2, 'exportKey');
      return await exportKey(format, key);
    }
    async wrapKey(format, key, wrappingKey, algorithm) {
      required(arguments.length, 4, 'wrapKey');
      const exported = await exportKey(format, key);
      const bytes = exported instanceof ArrayBuffer ? new Uint8Array(exported) : new env.engine.TextEncoder().encode(JSON.stringify(exported));
      return (await wrapped('encrypt', algorithm, wrappingKey, bytes, 'wrapKey')).buffer;
    }
    async unwrapKey(format, data, unwrappingKey, algorithm, keyAlgorithm, extractable, usages) {
      required(arguments.length, 7, 'unwrapKey');
      const bytes = await wrapped('decrypt', algorithm, unwrappingKey, bytesOf(data, 'unwrapKey').slice(), 'unwrapKey');
      const key = `${format}` === 'jwk' ? JSON.parse(new env.engine.TextDecoder().decode(bytes)) : bytes;
      return await importKey(format, key, keyAlgorithm, Boolean(extractable), usages);
    }
  }
  expose(SubtleCrypto);

  const INTEGERS = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array'];
  const subtle = new SubtleCrypto(KEY);

  class Crypto {
    #own;

    constructor(key = undefined) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      this.#own = true;
    }
    get subtle() {
      return this.#own && subtle;
    }
    getRandomValues(array) {
      required(this.#own && arguments.length, 1, 'getRandomValues');
      if (!ArrayBuffer.isView(array) || !INTEGERS.includes(array[Symbol.toStringTag])) {
        throw error('TypeMismatchError', 'getRandomValues: not an array of integers');
      }
      if (array.byteLength > QUOTA) throw error('QuotaExceededError', `getRandomValues: more than ${QUOTA} bytes`);
      if (array.byteLength > 0) new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random(array.byteLength));
      return array;
    }
    randomUUID() {
      const bytes = this.#own && random(16);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = bytes.toHex();
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    }
  }
  expose(Crypto);

  return { crypto: new Crypto(KEY), Crypto, CryptoKey, SubtleCrypto };
});
