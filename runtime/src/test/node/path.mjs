import assert from 'node:assert';
import path, { posix } from 'node:path';

assert.strictEqual(path.join('/a', '../b', './c.txt'), '/b/c.txt');
assert.strictEqual(path.resolve('x'), process.cwd() + '/x');
assert.strictEqual(path.relative('/a/b', '/a/c/d'), '../c/d');
assert.deepStrictEqual(path.parse('/a/b.tar.gz'), {
  root: '/', dir: '/a', base: 'b.tar.gz', ext: '.gz', name: 'b.tar',
});
assert.strictEqual(posix.extname('x.js'), '.js');
