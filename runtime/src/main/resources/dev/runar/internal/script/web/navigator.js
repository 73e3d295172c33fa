// navigator: what a program may know about where it runs.
(function (env) {
  'use strict';
  const { need, java } = env;
  const { expose } = need('idl');
  const KEY = Symbol('made by the host');

  class Navigator {
    constructor(key = undefined) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
    }
    get userAgent() {
      return 'Runar';
    }
    get hardwareConcurrency() {
      return java('processors')();
    }
    get language() {
      return Intl.DateTimeFormat().resolvedOptions().locale;
    }
    get languages() {
      return Object.freeze([this.language]);
    }
  }
  expose(Navigator);

  return { Navigator, navigator: new Navigator(KEY) };
});
