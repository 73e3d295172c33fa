import assert from 'node:assert';
import fs, { existsSync, readFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';

const here = import.meta.filename;
assert.ok(readFileSync(here, 'utf8').startsWith('import assert'));
assert.strictEqual(readFileSync({ href: import.meta.url })[0], 'i'.charCodeAt(0));
assert.ok((await readFile(here)).length > 100);
assert.ok((await readdir(import.meta.dirname)).includes('fs.mjs'));
const facts = await stat(here);
assert.ok(facts.isFile() && facts.size > 100 && facts.mtime instanceof Date);
assert.ok(fs.statSync(import.meta.dirname).isDirectory());
assert.ok(existsSync(here) && !existsSync(here + '.gone'));
assert.throws(() => readFileSync(here + '.gone'), { code: 'ENOENT', syscall: 'open' });
await assert.rejects(readFile(here + '.gone'), { code: 'ENOENT' });
for (const outside of ['/etc/passwd', import.meta.dirname + '/../../../../../etc/passwd']) {
  assert.throws(() => readFileSync(outside), { code: 'PERMISSION_DENIED' });
  await assert.rejects(readFile(outside), { code: 'PERMISSION_DENIED' });
}
assert.throws(() => fs.writeFileSync(here, ''), { code: 'EROFS' });
const [error, text] = await new Promise((done) => fs.readFile(here, 'utf8', (...args) => done(args)));
assert.ok(error === null && text.length > 100);
