import assert from 'node:assert';
import url from 'node:url';

assert.strictEqual(url.fileURLToPath('file:///a%20b'), '/a b');
assert.strictEqual(url.pathToFileURL('/a b').href, 'file:///a%20b');
const parsed = url.parse('HTTP://me:x@A.b:80/c/d?e=1#f', true);
assert.strictEqual(parsed.hostname, 'a.b');
assert.strictEqual(parsed.port, '80');
assert.strictEqual(parsed.pathname, '/c/d');
assert.strictEqual(parsed.query.e, '1');
assert.strictEqual(url.resolve('http://a/b/c', '../d?x'), 'http://a/d?x');
assert.strictEqual(url.format({ protocol: 'https', host: 'a.b', pathname: 'c', query: { d: 1 } }), 'https://a.b/c?d=1');
assert.strictEqual(url.domainToASCII('bücher.example'), 'xn--bcher-kva.example');
