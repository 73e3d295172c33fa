// util.parseArgs: options and positionals of a command line, as Node.js reads them.
'use strict';
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

function wrong(message, code, type = TypeError) {
  const error = new type(message);
  error.code = code;
  throw error;
}

/** The words as tokens: option, positional, option-terminator. */
function tokensOf(args, options) {
  const longOf = (short) => Object.keys(options).find((name) => options[name].short === short) ?? short;
  const takesValue = (name) => own(options, name)?.type === 'string';
  const tokens = [];
  const words = args.map((word, index) => ({ word, index }));
  const option = (name, rawName, index, value, inlineValue) =>
    tokens.push({ kind: 'option', name, rawName, index, value, inlineValue });
  /** An option whose value may be the next word. */
  const withNext = (name, rawName, index) => {
    const next = words[0]?.word;
    if (takesValue(name) && next !== undefined && !(next.length > 1 && next.startsWith('-'))) {
      words.shift();
      option(name, rawName, index, next, false);
    } else {
      option(name, rawName, index, undefined, undefined);
    }
  };
  while (words.length > 0) {
    const { word, index } = words.shift();
    if (word === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const rest of words) tokens.push({ kind: 'positional', index: rest.index, value: rest.word });
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=', 3);
      if (equals > 0) option(word.slice(2, equals), word.slice(0, equals), index, word.slice(equals + 1), true);
      else withNext(word.slice(2), word, index);
    } else if (word.length > 1 && word.startsWith('-')) {
      for (let i = 1; i < word.length; i++) {
        const name = longOf(word[i]);
        if (takesValue(name) && i + 1 < word.length) {
          option(name, `-${word[i]}`, index, word.slice(i + 1), true);
          break;
        }
        if (i + 1 === word.length) withNext(name, `-${word[i]}`, index);
        else option(name, `-${word[i]}`, index, undefined, undefined);
      }
    } else {
      tokens.push({ kind: 'positional', index, value: word });
    }
  }
  return tokens;
}

function check(token, options, strict) {
  const known = own(options, token.name);
  if (!strict) return;
  if (known === undefined) {
    wrong(
      `Unknown option '${token.rawName}'. To specify a positional argument starting with a '-', place it at the ` +
        `end of the command after '--', as in '-- "${token.rawName}"`,
      'ERR_PARSE_ARGS_UNKNOWN_OPTION',
    );
  }
  const shown = known.short ? `-${known.short}, --${token.name}` : `--${token.name}`;
  if (known.type === 'string' && token.value === undefined) {
    wrong(`Option '${shown} <value>' argument missing`, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE');
  }
  if (known.type === 'boolean' && token.value !== undefined) {
    wrong(`Option '${shown}' does not take an argument`, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE');
  }
}

module.exports = function parseArgs(config = {}) {
  const { args = globalThis.process.argv.slice(2), options = {}, strict = true, tokens: wantsTokens = false } = config;
  const allowPositionals = config.allowPositionals ?? !strict;
  for (const [name, { type, short }] of Object.entries(options)) {
    if (type !== 'string' && type !== 'boolean') {
      wrong(`The "options.${name}.type" property must be one of type string or boolean`, 'ERR_INVALID_ARG_TYPE');
    }
    if (short !== undefined && short.length !== 1) {
      wrong(`The property 'options.${name}.short' must be a single character`, 'ERR_INVALID_ARG_VALUE');
    }
  }
  const tokens = tokensOf([...args], options);
  const values = Object.create(null);
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!allowPositionals) {
        wrong(
          `Unexpected argument '${token.value}'. This command does not take positional arguments`,
          'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
        );
      }
      positionals.push(token.value);
    } else if (token.kind === 'option') {
      check(token, options, strict);
      const value = token.value ?? true;
      if (own(options, token.name)?.multiple) (values[token.name] ??= []).push(value);
      else values[token.name] = value;
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantsTokens ? { values, positionals, tokens } : { values, positionals };
};
