import assert from 'node:assert';
import process, { argv } from 'node:process';

assert.strictEqual(process, globalThis.process);
assert.strictEqual(global, globalThis);
assert.ok(argv[1].endsWith('process.mjs'));
assert.match(process.version, /^v\d+\.\d+\.\d+$/);
assert.strictEqual(process.env.FROM_FILE, 'x y');
assert.strictEqual(process.env.QUOTED, 'two\nlines');
assert.strictEqual(process.env.PATH, undefined);
assert.ok(!('HOME' in process.env));
process.env.OWN = 1;
assert.strictEqual(process.env.OWN, '1');
const order = [];
process.nextTick((n) => order.push(n), 1);
await null;
assert.deepStrictEqual(order, [1]);
assert.ok(process.hrtime.bigint() > 0n && process.hrtime().length === 2);
assert.ok(process.memoryUsage().heapUsed > 0 && process.uptime() >= 0);
