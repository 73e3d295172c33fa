// node:console
module.exports = globalThis.console;
