// node:util. Values are printed by the formatter of the console.
'use strict';
const print = internal.part('inspect');
const formatted = internal.part('format');
const { apply } = Reflect;
const custom = Symbol.for('nodejs.util.inspect.custom');

function inspect(value, options, ...legacy) {
  if (options === undefined && typeof value !== 'string') return formatted(value);
  const given =
    typeof options === 'object' && options !== null
      ? options
      : { showHidden: options, depth: legacy[0] };
  const depth = given.depth === null || given.depth === Infinity ? 1000 : (given.depth ?? 2);
  const width = given.compact === true || given.breakLength === Infinity ? 2 ** 30 : (given.breakLength ?? 80);
  return print(value, depth, Boolean(given.showHidden), width);
}
Object.assign(inspect, { custom, defaultOptions: {}, colors: {}, styles: {} });

function checkFunction(value, name) {
  if (typeof value === 'function') return value;
  const error = new TypeError(`The "${name}" argument must be of type function`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

const customPromisify = Symbol.for('nodejs.util.promisify.custom');
function promisify(original) {
  checkFunction(original, 'original');
  if (original[customPromisify] !== undefined) return original[customPromisify];
  return Object.setPrototypeOf(
    function (...args) {
      return new Promise((resolve, reject) => {
        apply(original, this, [...args, (error, value) => (error ? reject(error) : resolve(value))]);
      });
    },
    Object.getPrototypeOf(original),
  );
}
promisify.custom = customPromisify;

function callbackify(original) {
  checkFunction(original, 'original');
  return function (...args) {
    const callback = checkFunction(args.pop(), 'last argument');
    apply(original, this, args).then(
      (value) => queueMicrotask(() => callback(null, value)),
      (error) => queueMicrotask(() => callback(error ?? new Error('rejected with ' + error))),
    );
  };
}

function inherits(constructor, parent) {
  constructor.super_ = parent;
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function deprecate(original, message) {
  let told = false;
  return function (...args) {
    if (!told) console.warn('DeprecationWarning: %s', message);
    told = true;
    return new.target ? Reflect.construct(original, args, new.target) : apply(original, this, args);
  };
}

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);
const isTagged = (name) => (value) => typeof value === 'object' && value !== null && tag(value) === name;
const typed = Object.getPrototypeOf(Uint8Array);
const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = function* () {}.constructor;
const types = {
  isPromise: (value) => value instanceof Promise,
  isDate: isTagged('Date'),
  isRegExp: isTagged('RegExp'),
  isMap: (value) => value instanceof Map,
  isSet: (value) => value instanceof Set,
  isWeakMap: (value) => value instanceof WeakMap,
  isWeakSet: (value) => value instanceof WeakSet,
  isNativeError: (value) => value instanceof Error,
  isTypedArray: (value) => value instanceof typed,
  isUint8Array: (value) => value instanceof Uint8Array,
  isArrayBuffer: (value) => value instanceof ArrayBuffer,
  isSharedArrayBuffer: (value) => value instanceof SharedArrayBuffer,
  isAnyArrayBuffer: (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer,
  isArrayBufferView: ArrayBuffer.isView,
  isDataView: (value) => value instanceof DataView,
  isAsyncFunction: (value) => value instanceof AsyncFunction,
  isGeneratorFunction: (value) => value instanceof GeneratorFunction,
  isGeneratorObject: isTagged('Generator'),
  isSymbolObject: (value) => typeof value === 'object' && tag(value) === 'Symbol',
  isNumberObject: (value) => typeof value === 'object' && tag(value) === 'Number',
  isStringObject: (value) => typeof value === 'object' && tag(value) === 'String',
  isBooleanObject: (value) => typeof value === 'object' && tag(value) === 'Boolean',
  isBoxedPrimitive: (value) =>
    typeof value === 'object' && ['Symbol', 'Number', 'String', 'Boolean', 'BigInt'].includes(tag(value)),
  isMapIterator: isTagged('Map Iterator'),
  isSetIterator: isTagged('Set Iterator'),
  isArgumentsObject: isTagged('Arguments'),
  isProxy: () => false,
  isExternal: () => false,
};

const STYLES = {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25],
  inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24],
  black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39],
  magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39], grey: [90, 39],
  redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39],
  magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
  bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49],
  bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49],
};

/** Plain, as in Node.js, unless the stream is a terminal or `validateStream` is false. */
function styleText(format, text, { validateStream = true, stream = globalThis.process.stdout } = {}) {
  const plain = validateStream && !stream.isTTY;
  let styled = text;
  for (const name of [format].flat().reverse()) {
    if (!Object.hasOwn(STYLES, name)) {
      const error = new TypeError(`The argument 'format' must be one of: ${Object.keys(STYLES).join(', ')}`);
      error.code = 'ERR_INVALID_ARG_VALUE';
      throw error;
    }
    if (!plain) styled = `\u001b[${STYLES[name][0]}m${styled}\u001b[${STYLES[name][1]}m`;
  }
  return styled;
}

const { isDeepEqual, isDeepStrictEqual } = require('./internal-equality.js');

const ESCAPES = /[\u001B\u009B][[\]()#;?]*(?:(?:(?:;[-a-zA-Z\d/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d/#&.:=?%@~_]*)*)?\u0007|(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-ntqry=><~])/g;

module.exports = {
  inspect,
  format: (...args) => formatted(...args),
  formatWithOptions: (options, ...args) => formatted(...args),
  promisify,
  callbackify,
  inherits,
  deprecate,
  debuglog: () => Object.assign(() => {}, { enabled: false }),
  debug: () => Object.assign(() => {}, { enabled: false }),
  types,
  isDeepEqual,
  isDeepStrictEqual,
  isArray: Array.isArray,
  stripVTControlCharacters: (text) => String(text).replace(ESCAPES, ''),
  styleText,
  parseArgs: (config) => require('./internal-parseargs.js')(config),
  toUSVString: (text) => String(text).toWellFormed(),
  get TextEncoder() {
    return globalThis.TextEncoder;
  },
  get TextDecoder() {
    return globalThis.TextDecoder;
  },
};
