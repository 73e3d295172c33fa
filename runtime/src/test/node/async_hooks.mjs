import assert from 'node:assert';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

const store = new AsyncLocalStorage();
const seen = [];
await Promise.all(
  [1, 2].map((n) =>
    store.run(n, async () => {
      await new Promise((done) => setTimeout(done, 2));
      seen.push(store.getStore());
      await null;
      setTimeout(() => seen.push(store.getStore()), 1);
      await new Promise((done) => queueMicrotask(done));
      seen.push(store.getStore());
    }),
  ),
);
await new Promise((done) => setTimeout(done, 5));
assert.deepStrictEqual(seen.sort(), [1, 1, 1, 2, 2, 2]);
assert.strictEqual(store.getStore(), undefined);
const resource = store.run('r', () => new AsyncResource('x'));
assert.strictEqual(resource.runInAsyncScope(() => store.getStore()), 'r');
assert.throws(() => store.enterWith(1), { code: 'ERR_NOT_AVAILABLE' });
