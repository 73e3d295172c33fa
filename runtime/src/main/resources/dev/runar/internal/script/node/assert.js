// node:assert
'use strict';
const { inspect, isDeepEqual, isDeepStrictEqual } = require('./util.js');

class AssertionError extends Error {
  constructor({ message, actual, expected, operator }) {
    super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
    this.name = 'AssertionError';
    this.code = 'ERR_ASSERTION';
    this.generatedMessage = message === undefined;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

function fail(actual, expected, message, operator, otherwise) {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message: message ?? otherwise, actual, expected, operator });
  error.generatedMessage = message === undefined;
  throw error;
}

const differ = (what, actual, expected) =>
  `Expected values to be ${what}:\n\n${inspect(actual)} should ${what.startsWith('not') ? 'not ' : ''}equal\n\n${inspect(expected)}`;

function assert(value, message) {
  if (!value) fail(value, true, message, '==', `The expression evaluated to a falsy value: ${inspect(value)}`);
}

function comparison(operator, what, holds) {
  return (actual, expected, message) => {
    if (!holds(actual, expected)) fail(actual, expected, message, operator, differ(what, actual, expected));
  };
}

const looselySame = (a, b) => a == b || (a !== a && b !== b);
const not = (holds) => (a, b) => !holds(a, b);

/** Whether what was thrown is what was expected; throws if it is not. */
function matches(error, expected, message) {
  if (expected === undefined) return;
  if (expected instanceof RegExp) {
    if (!expected.test(String(error))) {
      fail(error, expected, message, 'throws', `The input did not match ${expected}. Input: ${inspect(String(error))}`);
    }
  } else if (typeof expected === 'object') {
    const names = expected instanceof Error ? ['name', 'message', ...Object.keys(expected)] : Object.keys(expected);
    for (const name of names) {
      const wanted = expected[name];
      const isMatch = wanted instanceof RegExp && typeof error?.[name] === 'string' && wanted.test(error[name]);
      if (!isMatch && !isDeepStrictEqual(error?.[name], wanted)) {
        fail(error, expected, message, 'throws', differ('strictly deep-equal', error?.[name], wanted));
      }
    }
  } else if (expected.prototype !== undefined && error instanceof expected) {
    return;
  } else if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    throw error;
  } else if (expected.call({}, error) !== true) {
    fail(error, expected, message, 'throws', 'The validation function is expected to return "true"');
  }
}

function missing(expected, message, operator) {
  const name = typeof expected === 'function' && expected.name ? ` (${expected.name})` : '';
  const what = operator === 'rejects' ? 'rejection' : 'exception';
  fail(undefined, expected, typeof expected === 'string' ? expected : message, operator, `Missing expected ${what}${name}.`);
}

const expectation = (expected) => (typeof expected === 'string' ? undefined : expected);

function throws(callback, expected, message) {
  try {
    callback();
  } catch (error) {
    return matches(error, expectation(expected), message);
  }
  return missing(expected, message, 'throws');
}

async function rejects(promise, expected, message) {
  try {
    await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    return matches(error, expectation(expected), message);
  }
  return missing(expected, message, 'rejects');
}

function unwanted(error, expected, message, what) {
  const text = typeof expected === 'string' ? expected : message;
  fail(error, expected, text, what, `Got unwanted ${what}.\nActual message: "${error?.message}"`);
}

const matched = (text, pattern) => typeof text === 'string' && pattern.test(text);

const functions = {
  AssertionError,
  ok: assert,
  fail: (message = 'Failed') => fail(undefined, undefined, message, 'fail'),
  strictEqual: comparison('strictEqual', 'strictly equal', Object.is),
  notStrictEqual: comparison('notStrictEqual', 'not strictly equal', not(Object.is)),
  deepStrictEqual: comparison('deepStrictEqual', 'strictly deep-equal', isDeepStrictEqual),
  notDeepStrictEqual: comparison('notDeepStrictEqual', 'not strictly deep-equal', not(isDeepStrictEqual)),
  equal: comparison('==', 'loosely equal', looselySame),
  notEqual: comparison('!=', 'not loosely equal', not(looselySame)),
  deepEqual: comparison('deepEqual', 'loosely deep-equal', isDeepEqual),
  notDeepEqual: comparison('notDeepEqual', 'not loosely deep-equal', not(isDeepEqual)),
  match: comparison('match', 'a match of the pattern', matched),
  doesNotMatch: comparison('doesNotMatch', 'not a match of the pattern', not(matched)),
  throws,
  rejects,
  doesNotThrow(callback, expected, message) {
    try {
      callback();
    } catch (error) {
      unwanted(error, expected, message, 'exception');
    }
  },
  async doesNotReject(promise, expected, message) {
    try {
      await (typeof promise === 'function' ? promise() : promise);
    } catch (error) {
      unwanted(error, expected, message, 'rejection');
    }
  },
  ifError(value) {
    if (value !== null && value !== undefined) throw value;
  },
};

const strict = (value, message) => assert(value, message);
Object.assign(strict, functions, {
  equal: functions.strictEqual,
  notEqual: functions.notStrictEqual,
  deepEqual: functions.deepStrictEqual,
  notDeepEqual: functions.notDeepStrictEqual,
});
strict.strict = strict;
module.exports = Object.assign(assert, functions, { strict });
