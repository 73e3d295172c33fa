const { test, describe, it, before, after, beforeEach, afterEach } = require('node:test');
const assert = require('node:assert');
test('passes', () => {});
test('fails', () => { assert.strictEqual(1, 2); });
test('skipped', { skip: true }, () => {});
test('skip why', { skip: 'because' }, () => {});
test.skip('skip fn', () => {});
test('todo', { todo: true }, () => { throw new Error('x'); });
test('todo why', { todo: 'later' });
test.todo('todo fn');
test('runtime skip', (t) => { t.skip('not now'); });
test('runtime todo', (t) => { t.todo('some day'); });
test('nested', async (t) => {
  await t.test('one', () => {});
  await t.test('two', async (t) => { await t.test('deep', () => { throw new TypeError('deep') }); });
  t.diagnostic('a note');
});
test('not awaited', (t) => { t.test('sub', async () => { await new Promise(r => setTimeout(r, 20)); }); });
describe('suite', () => {
  before(() => {}); after(() => {});
  it('a', () => {});
  it('b', () => { throw 'text'; });
  describe('inner', () => { it('c', () => {}); });
  it.todo('d');
  it.skip('e');
});
describe('throws', () => { throw new Error('suite'); });
describe.skip('skipped suite', () => { it('x', () => {}); });
test('timeout', { timeout: 20 }, () => new Promise(() => { setTimeout(() => {}, 100); }));
test('callback', (t, done) => { setTimeout(done, 5); });
test('callback fails', (t, done) => { setTimeout(() => done(new Error('cb')), 5); });
test('unhandled', async () => { Promise.reject(new Error('lost')); await new Promise(r => setTimeout(r, 10)); });
test('uncaught', (t, done) => { setTimeout(() => { throw new Error('timer') }, 5); });
test(function named() {});
test('# odd \\ name', () => {});
test('deep', () => { assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }); });
describe('hooks', () => {
  beforeEach(() => { throw new Error('before each') });
  it('f', () => {});
});
describe('hooks2', () => {
  before(() => { throw new Error('before') });
  it('g', () => {});
});
describe('empty', () => {});
