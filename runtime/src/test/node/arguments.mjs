import assert from 'node:assert';
import { parseArgs, styleText } from 'node:util';

const options = {
  port: { type: 'string', short: 'p', default: '80' },
  verbose: { type: 'boolean', short: 'v' },
  tag: { type: 'string', short: 't', multiple: true },
};
const parse = (args, more) => parseArgs({ args, options, ...more });
assert.deepStrictEqual({ ...parse([]).values }, { port: '80' });
assert.deepStrictEqual({ ...parse(['--port=3', '-v', '-t', 'a', '--tag', 'b', '-tc']).values },
  { port: '3', verbose: true, tag: ['a', 'b', 'c'] });
assert.deepStrictEqual({ ...parse(['-vp', '9']).values }, { port: '9', verbose: true });
assert.deepStrictEqual(parse(['a', '-v', '--', '-x', 'b'], { allowPositionals: true }).positionals, ['a', '-x', 'b']);
assert.deepStrictEqual({ ...parse(['--other', 'x', '-y'], { strict: false }).values }, { port: '80', other: true, y: true });
assert.throws(() => parse(['--other']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
assert.throws(() => parse(['stray']), { code: 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' });
assert.throws(() => parse(['--port']), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
assert.throws(() => parse(['--verbose=1']), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
assert.throws(() => parse([], { options: { x: { type: 'number' } } }), { code: 'ERR_INVALID_ARG_TYPE' });
assert.deepStrictEqual(
  parse(['-v', 'f', '--port', '1'], { allowPositionals: true, tokens: true }).tokens.map((t) => ({ ...t })),
  [
    { kind: 'option', name: 'verbose', rawName: '-v', index: 0, value: undefined, inlineValue: undefined },
    { kind: 'positional', index: 1, value: 'f' },
    { kind: 'option', name: 'port', rawName: '--port', index: 2, value: '1', inlineValue: false },
  ],
);
const always = { validateStream: false };
assert.strictEqual(styleText('red', 'x', always), '\u001b[31mx\u001b[39m');
assert.strictEqual(styleText(['bold', 'red'], 'x', always), '\u001b[1m\u001b[31mx\u001b[39m\u001b[22m');
assert.throws(() => styleText('beige', 'x'), { code: 'ERR_INVALID_ARG_VALUE' });
