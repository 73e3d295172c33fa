// Runs once in each script context, before anything else. `place` maps a place in running code to
// the text "file:line:column" as its author knows it, or to null for code that is not the author's.
// `commonJs` gives what commonjs.js makes: it is read when a script first needs it.
(function (place, commonJs) {
  'use strict';
  const { String, Error } = globalThis;
  const { apply } = Reflect;
  const then = Promise.prototype.then;

  function head(error) {
    try {
      return String(error);
    } catch {
      return 'Error';
    }
  }

  function callee(frame) {
    const name = frame.getFunctionName();
    const type = frame.isToplevel() || frame.isConstructor() ? null : frame.getTypeName();
    const prefix = (frame.isAsync?.() ? 'async ' : '') + (frame.isConstructor() ? 'new ' : '');
    if (!name) return prefix ? prefix + '<anonymous>' : '';
    const known = type && !['Object', 'Module', 'global'].includes(type) && !name.includes('.');
    return prefix + (known ? type + '.' : '') + name;
  }

  function line(frame) {
    const at = place(frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber());
    if (at === null) return '';
    const name = callee(frame);
    return '\n    at ' + (name ? name + ' (' + at + ')' : at);
  }

  Error.prepareStackTrace = function prepareStackTrace(error, frames) {
    let stack = head(error);
    for (const frame of frames) stack += line(frame);
    return stack;
  };

  const { defineProperty } = Object;

  // Where the module runar:modules finds it; not enumerable, not to be replaced.
  defineProperty(globalThis, Symbol.for('runar.modules'), { get: () => commonJs() });

  // A proposal of the language that node:async_hooks needs, and scripts should not rely on.
  defineProperty(globalThis, Symbol.for('runar.asyncContext'), { value: globalThis.AsyncContext });
  delete globalThis.AsyncContext;

  // Globals of Node.js, which are made when they are first touched.
  for (const name of ['process', 'Buffer']) {
    const become = (value) =>
      defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
    defineProperty(globalThis, name, {
      get() {
        const value = commonJs().global(name);
        become(value);
        return value;
      },
      set: become,
      enumerable: false,
      configurable: true,
    });
  }
  defineProperty(globalThis, 'global', {
    value: globalThis, writable: true, enumerable: false, configurable: true,
  });

  // The handlers are there before the engine looks for rejections that have none.
  return (path, loaded, failed) => apply(then, import(path), [loaded, failed]);
});
