// node:path/win32 is there for those who ask whether it is theirs; it fails when it is used.
'use strict';
module.exports = new Proxy({ sep: '\\', delimiter: ';' }, {
  get(target, name) {
    if (name in target || typeof name === 'symbol') return target[name];
    return () => internal.fail(`path.win32.${name} is not available here`, 'ERR_NOT_AVAILABLE');
  },
});
