import assert from 'node:assert';
import querystring from 'node:querystring';

assert.strictEqual(querystring.stringify({ a: [1, 2], b: 'c d' }), 'a=1&a=2&b=c%20d');
assert.deepEqual({ ...querystring.parse('a=1&b=x%20y') }, { a: '1', b: 'x y' });
