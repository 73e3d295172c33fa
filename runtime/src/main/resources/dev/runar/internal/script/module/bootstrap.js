// Runs once in each script context, before anything else. `place` maps a place in running code to
// the text "file:line:column" as its author knows it, or to null for code that is not the author's.
(function (place) {
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

  // The handlers are there before the engine looks for rejections that have none.
  return (path, loaded, failed) => apply(then, import(path), [loaded, failed]);
});
