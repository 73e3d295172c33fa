// node:module
'use strict';
const { Module, createRequire, nodeModules } = internal;
const builtinModules = nodeModules();
module.exports = Object.assign(Module, {
  Module,
  createRequire,
  builtinModules,
  isBuiltin: (name) => builtinModules.includes(String(name).replace(/^node:/, '')),
});
