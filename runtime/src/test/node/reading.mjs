import assert from 'node:assert';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);
const whole = await readFile(file, 'utf8');
let streamed = '';
for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 100 })) streamed += chunk;
assert.strictEqual(streamed, whole);
let part = Buffer.alloc(0);
for await (const chunk of createReadStream(file, { start: 7, end: 12 })) part = Buffer.concat([part, chunk]);
assert.strictEqual(part.toString(), whole.slice(7, 13));
const missing = createReadStream(file + '.gone');
const error = await new Promise((resolve) => missing.on('error', resolve));
assert.strictEqual(error.code, 'ENOENT');

const handle = await open(file);
const { bytesRead, buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0);
assert.strictEqual(bytesRead, 6);
assert.strictEqual(buffer.toString(), 'import');
assert.strictEqual((await handle.stat()).size, Buffer.byteLength(whole));
assert.strictEqual(await handle.readFile('utf8'), whole);
await handle.close();
await assert.rejects(() => handle.readFile(), { code: 'EBADF' });
