import assert from 'node:assert';
import util, { inherits, promisify, types } from 'node:util';

assert.strictEqual(util.format('%s %d %j %%', 'a', 1, { a: 1 }), 'a 1 {"a":1} %');
assert.strictEqual(util.inspect('text'), "'text'");
assert.strictEqual(util.inspect({ a: { b: { c: {} } } }, { depth: 0 }), '{ a: [Object] }');
assert.strictEqual(await promisify((n, done) => done(null, n + 1))(1), 2);
await assert.rejects(promisify((done) => done(new Error('no')))(), /no/);
function Child() {}
inherits(Child, Array);
assert.ok(new Child() instanceof Array);
assert.ok(types.isPromise(Promise.resolve()) && types.isRegExp(/x/) && types.isUint8Array(Buffer.from('')));
assert.ok(util.isDeepStrictEqual(new Map([[1, new Set([2])]]), new Map([[1, new Set([2])]])));
assert.ok(!util.isDeepStrictEqual([1, , 3], [1, undefined, 3]));
