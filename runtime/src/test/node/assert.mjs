import assert, { AssertionError } from 'node:assert';
import strict from 'node:assert/strict';

assert(true);
assert.equal(1, '1');
assert.throws(() => strict.equal(1, '1'), AssertionError);
assert.deepEqual({ a: 1, b: [2] }, { b: ['2'], a: 1 });
assert.throws(() => assert.deepStrictEqual({ a: 1 }, { a: '1' }), { code: 'ERR_ASSERTION', actual: { a: 1 } });
assert.throws(() => assert.throws(() => {}), /Missing expected exception/);
assert.throws(() => assert.ok(0, 'my words'), { message: 'my words' });
await assert.rejects(Promise.reject(new TypeError('x')), TypeError);
await assert.doesNotReject(Promise.resolve());
const cyclic = { self: null };
cyclic.self = cyclic;
const other = { self: null };
other.self = other;
assert.deepStrictEqual(cyclic, other);
