// node:process. What it says of the machine is little; what it asks of the node is `host`.
'use strict';
const EventEmitter = require('events');
const host = internal.part('process');
const { apply } = Reflect;
const nextTick = internal.part('nextTick');
const EXIT = internal.part('exit');
let exitCode;
let exiting = false;

class Process extends EventEmitter {}
const process = new Process();

const names = () => JSON.parse(host.envNames());
const ownEnv = Object.create(null);
for (const name of names()) ownEnv[name] = host.env(name);
/** A copy: what a script writes there is the script's own. Values are texts, as in Node.js. */
const env = new Proxy(ownEnv, {
  set(target, name, value) {
    target[name] = String(value);
    return true;
  },
  defineProperty(target, name, descriptor) {
    return Reflect.defineProperty(target, name, {
      ...descriptor, value: String(descriptor.value), writable: true, enumerable: true, configurable: true,
    });
  },
});

function hrtime(since) {
  const nanos = host.nanos();
  const now = [Math.floor(nanos / 1e9), Math.floor(nanos % 1e9)];
  if (since === undefined) return now;
  let seconds = now[0] - since[0];
  let rest = now[1] - since[1];
  if (rest < 0) {
    seconds--;
    rest += 1e9;
  }
  return [seconds, rest];
}
hrtime.bigint = () => BigInt(host.nanos());

function output(write) {
  let line = '';
  return {
    isTTY: false,
    columns: 80,
    fd: 1,
    write(text) {
      const lines = (line + text).split('\n');
      line = lines.pop();
      for (const each of lines) write(each);
      return true;
    },
    end() {
      if (line !== '') write(line);
      line = '';
    },
    on: () => {},
    once: () => {},
    removeListener: () => {},
  };
}

Object.assign(process, {
  title: 'runar',
  version: host.nodeVersion(),
  versions: { node: host.nodeVersion().slice(1), runar: host.version() },
  arch: host.arch(),
  platform: host.platform(),
  pid: host.pid(),
  ppid: 0,
  argv: ['runar', host.script()],
  argv0: 'runar',
  execArgv: [],
  execPath: 'runar',
  features: { typescript: 'transform' },
  release: { name: 'runar' },
  config: { variables: {}, target_defaults: {} },
  env,
  hrtime,
  browser: false,
  stdout: output((line) => console.log('%s', line)),
  stderr: output((line) => console.error('%s', line)),
  cwd: () => host.cwd(),
  uptime: () => host.uptime(),
  nextTick(callback, ...args) {
    if (typeof callback !== 'function') {
      const error = new TypeError('The "callback" argument must be of type function');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    if (nextTick(callback, args)) host.tickWaits();
  },
  /** Asks the node to stop, and ends what runs. */
  exit(code = exitCode ?? 0) {
    process.exitCode = code;
    host.exit(exitCode);
    if (!exiting) {
      exiting = true;
      process.emit('exit', exitCode);
    }
    throw EXIT;
  },
  memoryUsage: () => JSON.parse(host.memory()),
  cpuUsage: () => ({ user: 0, system: 0 }),
  emitWarning(warning) {
    console.warn('%s', typeof warning === 'string' ? `Warning: ${warning}` : warning);
  },
  umask: () => 0o22,
  binding: (name) => internal.fail(`process.binding(${name}) is not available here`, 'ERR_NOT_AVAILABLE'),
});
Object.defineProperty(process, 'exitCode', {
  get: () => exitCode,
  set(code) {
    if (code !== undefined && code !== null && !Number.isInteger(Number(code))) {
      const error = new TypeError('The "code" argument must be an integer');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    exitCode = code ?? undefined;
    host.exitCode(Number(code ?? 0));
  },
  enumerable: true,
  configurable: true,
});
process.memoryUsage.rss = () => process.memoryUsage().rss;
module.exports = process;
