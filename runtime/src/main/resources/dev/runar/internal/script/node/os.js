// node:os, without what would tell one machine from another.
'use strict';
const { EOL } = { EOL: '\n' };
const host = internal.part('process');
module.exports = {
  EOL,
  devNull: '/dev/null',
  arch: () => host.arch(),
  platform: () => host.platform(),
  type: () => ({ linux: 'Linux', darwin: 'Darwin', win32: 'Windows_NT' })[host.platform()] ?? host.platform(),
  release: () => '',
  version: () => '',
  machine: () => host.arch(),
  endianness: () => 'LE',
  hostname: () => 'localhost',
  homedir: () => '/',
  tmpdir: () => '/tmp',
  availableParallelism: () => host.processors(),
  cpus: () => Array.from({ length: host.processors() }, () => ({ model: '', speed: 0, times: {} })),
  totalmem: () => JSON.parse(host.memory()).max,
  freemem: () => JSON.parse(host.memory()).free,
  loadavg: () => [0, 0, 0],
  uptime: () => host.uptime(),
  networkInterfaces: () => ({}),
  userInfo: () => ({ uid: -1, gid: -1, username: '', homedir: '/', shell: null }),
  constants: { signals: {}, errno: {}, priority: {} },
};
