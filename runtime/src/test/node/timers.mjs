import assert from 'node:assert';
import * as timers from 'node:timers';
import { setInterval, setTimeout as wait } from 'node:timers/promises';

assert.strictEqual(await wait(1, 'v'), 'v');
assert.strictEqual(await new Promise((done) => timers.setImmediate(done, 2)), 2);
let ticks = 0;
for await (const value of setInterval(1, 'tick')) {
  assert.strictEqual(value, 'tick');
  if (++ticks === 3) break;
}

assert.strictEqual(timers.setImmediate, globalThis.setImmediate);
const alive = setTimeout(() => {}, 60_000);
assert.strictEqual(await wait(1, 'v', { ref: false }), 'v');
clearTimeout(alive);

// What a timer is.
const later = (...values) => new Promise((done) => setTimeout(done, ...values));
const ran = [];
const kept = setTimeout(() => ran.push('kept'), 1);
assert.strictEqual(kept.hasRef(), true);
assert.strictEqual(kept.unref(), kept);
assert.strictEqual(kept.hasRef(), false);
assert.strictEqual(kept.ref(), kept);
assert.strictEqual(kept.hasRef(), true);
assert.strictEqual(typeof kept, 'object');
assert.ok(+kept > 0);
await later(20);
assert.deepStrictEqual(ran.splice(0), ['kept']);
assert.strictEqual(kept.refresh(), kept); // also when it has fired
await later(20);
assert.deepStrictEqual(ran.splice(0), ['kept']);

// The ways to clear it.
clearTimeout(setTimeout(() => ran.push('by itself'), 1));
clearTimeout(+setTimeout(() => ran.push('by its number'), 1));
clearTimeout(String(+setTimeout(() => ran.push('by its number as text'), 1)));
clearInterval(setTimeout(() => ran.push('as if it were an interval'), 1));
clearTimeout(globalThis.setInterval(() => ran.push('as if it fired once'), 1));
const closed = setTimeout(() => ran.push('closed'), 1);
assert.strictEqual(closed.close(), closed);
assert.strictEqual(closed.refresh(), closed); // in vain
setTimeout(() => ran.push('disposed'), 1)[Symbol.dispose]();
clearImmediate(setImmediate(() => ran.push('immediate')));
for (const nothing of [undefined, null, -1, 0, Number.NaN, 'x', {}, kept]) clearTimeout(nothing);
await later(20);
assert.deepStrictEqual(ran.splice(0), []);

// An interval goes on when it is not referenced, and from its new beginning.
const interval = globalThis.setInterval(() => ran.push('tick'), 5).unref();
while (ran.length < 2) await later(5);
clearInterval(interval.refresh());
ran.length = 0;

// setImmediate comes before a timer that was set by then.
setTimeout(() => ran.push('timeout'), 5);
setImmediate((...values) => ran.push(...values), 'immediate', 1);
assert.strictEqual(setImmediate(() => {}).hasRef(), true);
await later(30);
assert.deepStrictEqual(ran, ['immediate', 1, 'timeout']);
assert.throws(() => setImmediate('no function'), TypeError);
