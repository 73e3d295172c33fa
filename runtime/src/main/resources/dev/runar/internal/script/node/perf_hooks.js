// node:perf_hooks, as far as the global has it.
'use strict';
const { performance } = globalThis;
module.exports = {
  performance,
  get PerformanceObserver() {
    return globalThis.PerformanceObserver;
  },
  constants: {},
};
