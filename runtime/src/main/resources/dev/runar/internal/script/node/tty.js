// node:tty: a script's output goes through the node's log and is never a terminal.
module.exports = { isatty: () => false };
