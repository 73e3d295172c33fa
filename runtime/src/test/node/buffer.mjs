import assert from 'node:assert';
import { Buffer as Imported, isUtf8 } from 'node:buffer';

assert.strictEqual(Buffer, Imported);
assert.strictEqual(Buffer.from('hé').toString('base64'), 'aMOp');
assert.strictEqual(Buffer.concat([Buffer.from('a'), Buffer.from('62', 'hex')]).toString(), 'ab');
const buffer = Buffer.alloc(4);
buffer.writeUInt32BE(0xcafebabe);
assert.strictEqual(buffer.toString('hex'), 'cafebabe');
assert.strictEqual(buffer.readInt16LE(1), -17666);
assert.ok(Buffer.from([1]) instanceof Uint8Array && isUtf8(Buffer.from('é')));
