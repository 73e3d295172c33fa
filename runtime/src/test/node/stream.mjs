import assert from 'node:assert';
import { Readable, Transform, Writable, pipeline } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';

let text = '';
for await (const chunk of Readable.from(['a', 'b'])) text += chunk;
assert.strictEqual(text, 'ab');
const upper = () =>
  new Transform({
    transform(chunk, encoding, done) {
      done(null, chunk.toString().toUpperCase());
    },
  });
const got = [];
await piped(Readable.from(['x', 'y']), upper(), async function* (source) {
  for await (const chunk of source) got.push(chunk.toString());
});
assert.strictEqual(got.join(''), 'XY');
const sink = new Writable({
  write(chunk, encoding, done) {
    got.push(chunk.toString());
    done();
  },
});
const error = await new Promise((done) => pipeline(Readable.from(['z']), upper(), sink, done));
assert.ok(error == null && got.at(-1) === 'Z');
