// Builds a context's console. What a method does is Java's; here is what only JavaScript can do:
// real functions, labels converted as the language does it, the stack of console.trace.
(function (call) {
  "use strict";

  const ErrorType = Error;
  const TypeErrorType = TypeError;
  const isArray = Array.isArray;
  const indexOf = Function.prototype.call.bind(String.prototype.indexOf);
  const slice = Function.prototype.call.bind(String.prototype.slice);

  const labelOf = (value) => (value === undefined ? "default" : `${value}`);

  // The frames of the script that called, without our own.
  function callerFrames() {
    const stack = new ErrorType().stack;
    if (typeof stack !== "string") return "";
    let frames = "";
    for (let at = indexOf(stack, "\n    at "); at >= 0; ) {
      const next = indexOf(stack, "\n    at ", at + 1);
      const frame = next < 0 ? slice(stack, at) : slice(stack, at, next);
      if (indexOf(frame, "runar:console.js") < 0) frames += frame;
      at = next;
    }
    return frames;
  }

  function assertionText(first) {
    try {
      return `Assertion failed: ${first}`;
    } catch {
      return "Assertion failed";
    }
  }

  // Namespaces have an empty prototype, and no operation counts arguments that may be left out.
  const console = {
    __proto__: {},
    log(...data) { call("log", data); },
    info(...data) { call("info", data); },
    debug(...data) { call("debug", data); },
    warn(...data) { call("warn", data); },
    error(...data) { call("error", data); },
    trace(...data) { call("trace", data, callerFrames()); },
    dirxml(...data) { call("log", data); },
    dir(value = undefined, options = undefined) {
      const depth = options?.depth === null ? Infinity : options?.depth;
      call("dir", value, depth, !!options?.showHidden);
    },
    assert(condition = false, ...data) {
      if (condition) return;
      data[0] = data.length === 0 ? "Assertion failed" : assertionText(data[0]);
      call("warn", data);
    },
    clear() {},
    count(label = undefined) { call("count", labelOf(label)); },
    countReset(label = undefined) { call("countReset", labelOf(label)); },
    group(...data) { call("group", data); },
    groupCollapsed(...data) { call("group", data); },
    groupEnd() { call("groupEnd"); },
    table(data = undefined, columns = undefined) {
      if (columns !== undefined && !isArray(columns)) {
        throw new TypeErrorType('The "properties" argument must be an instance of Array.');
      }
      if (data === null || typeof data !== "object") {
        call("log", [data]);
        return;
      }
      const names = [];
      if (columns !== undefined) {
        for (let i = 0; i < columns.length && i < 100; i++) names[i] = `${columns[i]}`;
      }
      call("table", data, names);
    },
    time(label = undefined) { call("time", labelOf(label)); },
    timeLog(label = undefined, ...data) { call("timeLog", labelOf(label), data); },
    timeEnd(label = undefined) { call("timeEnd", labelOf(label)); },
  };
  Object.defineProperty(console, Symbol.toStringTag, {
    value: "console",
    writable: false,
    enumerable: false,
    configurable: true,
  });
  return console;
});
