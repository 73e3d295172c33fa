import assert from 'node:assert';
import { EventEmitter, on, once } from 'node:events';

const emitter = new EventEmitter();
setTimeout(() => emitter.emit('x', 1), 1);
assert.deepStrictEqual(await once(emitter, 'x'), [1]);
setTimeout(() => ['a', 'b'].forEach((v) => emitter.emit('y', v)), 1);
const seen = [];
for await (const [value] of on(emitter, 'y')) {
  seen.push(value);
  if (value === 'b') break;
}
assert.deepStrictEqual(seen, ['a', 'b']);
assert.throws(() => emitter.emit('error', new Error('unheard')), /unheard/);
