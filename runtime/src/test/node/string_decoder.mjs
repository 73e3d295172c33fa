import assert from 'node:assert';
import { StringDecoder } from 'node:string_decoder';

const decoder = new StringDecoder('utf8');
assert.strictEqual(decoder.write(Buffer.from([0xc3])) + decoder.write(Buffer.from([0xa9])), 'é');
