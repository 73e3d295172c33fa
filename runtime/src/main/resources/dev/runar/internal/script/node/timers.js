// node:timers
'use strict';
const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
module.exports = {
  setTimeout,
  setInterval,
  clearTimeout,
  clearInterval,
  setImmediate: (callback, ...args) => setTimeout(callback, 0, ...args),
  clearImmediate: clearTimeout,
  get promises() {
    return require('./timers/promises.js');
  },
};
