import assert from 'node:assert';
import { createRequire, isBuiltin } from 'node:module';
import os from 'node:os';
import { performance } from 'node:perf_hooks';

const require = createRequire(import.meta.url);
assert.strictEqual(require('node:path'), require('path'));
assert.strictEqual(require('./others.json').n, 1);
assert.ok(isBuiltin('node:fs') && !isBuiltin('lodash'));
assert.ok(os.EOL === '\n' && os.cpus().length > 0);
assert.ok(performance.now() > 0);
await assert.rejects(import('node:http'), /cannot find module "node:http"/);
