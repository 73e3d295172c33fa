import assert from 'node:assert';
import { setImmediate } from 'node:timers';
import { setInterval, setTimeout as wait } from 'node:timers/promises';

assert.strictEqual(await wait(1, 'v'), 'v');
assert.strictEqual(await new Promise((done) => setImmediate(done, 2)), 2);
let ticks = 0;
for await (const value of setInterval(1, 'tick')) {
  assert.strictEqual(value, 'tick');
  if (++ticks === 3) break;
}
