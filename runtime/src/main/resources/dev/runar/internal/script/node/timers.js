// node:timers
'use strict';
const {
  setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate,
} = globalThis;
module.exports = {
  setTimeout,
  setInterval,
  clearTimeout,
  clearInterval,
  setImmediate,
  clearImmediate,
  get promises() {
    return require('./timers/promises.js');
  },
};
