import assert from 'node:assert';
import crypto, { createHash } from 'node:crypto';

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
assert.strictEqual(createHash('sha256').update('a').update('bc').digest('hex'), abc);
assert.strictEqual(
  crypto.createHmac('sha256', 'key').update('The quick brown fox jumps over the lazy dog').digest('hex'),
  'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
);
assert.strictEqual(createHash('md5').update('').digest('base64'), '1B2M2Y8AsgTpgAmY7PhCfg==');
assert.throws(() => createHash('nonsense'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
assert.strictEqual(crypto.randomBytes(8).length, 8);
assert.match(crypto.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
for (let i = 0; i < 20; i++) assert.ok([5, 6].includes(crypto.randomInt(5, 7)));
assert.ok(crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')));
assert.ok(!crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b')));
