// WebAssembly as a name: no module is valid here, and what would make one says why. A package that
// asks `validate`, or that catches, goes on without it. See docs/decisions/0008-no-webassembly.md.
(function () {
  'use strict';
  const { defineProperty } = Object;
  const PromiseClass = Promise;
  const ErrorClass = Error;
  const WHY = 'WebAssembly does not run in a script of Runar: the language is not in this build (docs/web-apis.md)';

  class CompileError extends ErrorClass {}
  class LinkError extends ErrorClass {}
  class RuntimeError extends ErrorClass {}
  for (const type of [CompileError, LinkError, RuntimeError]) {
    defineProperty(type.prototype, 'name', { value: type.name, writable: true, configurable: true });
  }

  const refused = () => new CompileError(WHY);

  /** A class that has no instances. */
  function absent(name) {
    const type = { [name]: class { constructor() { throw refused(); } } }[name];
    defineProperty(type.prototype, Symbol.toStringTag, { value: `WebAssembly.${name}`, configurable: true });
    return type;
  }

  const members = {
    validate(bytes) {
      if (!(bytes instanceof ArrayBuffer) && !ArrayBuffer.isView(bytes)) {
        throw new TypeError('WebAssembly.validate: not an ArrayBuffer or a view on one');
      }
      return false;
    },
    compile: (_bytes) => PromiseClass.reject(refused()),
    instantiate: (_bytes) => PromiseClass.reject(refused()),
    compileStreaming: (_source) => PromiseClass.reject(refused()),
    instantiateStreaming: (_source) => PromiseClass.reject(refused()),
  };
  const types = { CompileError, LinkError, RuntimeError };
  for (const name of ['Module', 'Instance', 'Memory', 'Table', 'Global', 'Tag', 'Exception']) types[name] = absent(name);

  const WebAssembly = { ...members };
  for (const name in types) {
    defineProperty(WebAssembly, name, { value: types[name], writable: true, configurable: true });
  }
  defineProperty(WebAssembly, Symbol.toStringTag, { value: 'WebAssembly', configurable: true });
  return { WebAssembly };
});
