import assert from 'node:assert';
import * as crypto from 'node:crypto';

const iv = Buffer.alloc(16, 7);
for (const [name, size] of [['aes-128-cbc', 16], ['aes-256-cbc', 32], ['aes-192-ctr', 24]]) {
  const key = Buffer.alloc(size, 3);
  const cipher = crypto.createCipheriv(name, key, iv);
  const secret = Buffer.concat([cipher.update('grüße '), cipher.update(Buffer.from('from here')), cipher.final()]);
  const decipher = crypto.createDecipheriv(name, key, iv);
  assert.strictEqual(decipher.update(secret, undefined, 'utf8') + decipher.final('utf8'), 'grüße from here');
}
const cbc = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16, 1), Buffer.alloc(16, 2));
assert.strictEqual(
  cbc.update('sixteen bytes ok', 'utf8', 'hex') + cbc.final('hex'),
  'ffb7e9767e20ff50591cdfa1b3f234559c477d268193f5202907383525a20d89',
);

const key = Buffer.alloc(32, 9);
const nonce = Buffer.alloc(12, 5);
const sealing = crypto.createCipheriv('aes-256-gcm', key, nonce);
sealing.setAAD(Buffer.from('header'));
const sealed = Buffer.concat([sealing.update('attack at dawn', 'utf8'), sealing.final()]);
const tag = sealing.getAuthTag();
assert.strictEqual(sealed.toString('hex'), 'ae03c23768b33c2c3604319faa01');
assert.strictEqual(tag.toString('hex'), '3102994bdc05272053b0634e8f97b0ca');
const open = (expected) => {
  const opening = crypto.createDecipheriv('aes-256-gcm', key, nonce);
  opening.setAAD(Buffer.from('header'));
  opening.setAuthTag(expected);
  return Buffer.concat([opening.update(sealed), opening.final()]).toString();
};
assert.strictEqual(open(tag), 'attack at dawn');
assert.throws(() => open(Buffer.alloc(16)), /unable to authenticate/);
assert.throws(() => crypto.createCipheriv('aes-256-gcm', Buffer.alloc(5), nonce), /Invalid key length/);
assert.throws(() => crypto.createCipheriv('rot13', key, nonce));

assert.strictEqual(
  crypto.pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex'),
  'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957',
);
const derived = await new Promise((resolve, reject) =>
  crypto.pbkdf2(Buffer.from([0xff, 0]), 'salt', 1000, 64, 'sha512', (error, value) => (error ? reject(error) : resolve(value))));
assert.strictEqual(
  derived.toString('hex'),
  '92d177476b1cbecaa8f2e147b407ef71ed8bec565fb9d47b76749ad8115ac00d' +
    'ae124b7b259ecb365a3a91112e5d6e79fa2ec24bce571ba7ccc014b399295e74',
);
assert.throws(() => crypto.pbkdf2Sync('p', 's', 1, 1, 'md9'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
