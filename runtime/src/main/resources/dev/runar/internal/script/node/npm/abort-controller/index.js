// Streams ask for this package. The classes are globals, where there are any; without them a stream
// cannot be aborted by a signal, and nothing else is missing.
'use strict';
class AbortSignal {
  aborted = false;
  addEventListener() {}
  removeEventListener() {}
}
class AbortController {
  signal = new AbortSignal();
  abort() {}
}
module.exports = {
  get AbortController() {
    return globalThis.AbortController ?? AbortController;
  },
  get AbortSignal() {
    return globalThis.AbortSignal ?? AbortSignal;
  },
};
