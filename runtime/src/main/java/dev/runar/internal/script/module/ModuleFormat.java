package dev.runar.internal.script.module;

/** How the text of a module is to be read. */
enum ModuleFormat {
  ES_MODULE,
  COMMONJS,
  JSON,
  /** The module is its own text. */
  TEXT,
  /** A module that Node.js has built in: CommonJS of the host's own. */
  BUILTIN
}
