// What a shell has besides the globals of every script. `host` is ShellContext.java; the result is
// what it calls.
(function (host) {
  'use strict';
  const { apply } = Reflect;
  const { defineProperty, getOwnPropertyNames, getPrototypeOf } = Object;
  const PromiseClass = Promise;
  const then = PromiseClass.prototype.then;
  const evaluate = eval; // indirect: it sees what scripts have declared
  const ErrorClass = Error;
  const MAX_CANDIDATES = 200;
  const KEYWORDS = ['async', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'default', 'delete',
    'else', 'false', 'finally', 'for', 'function', 'if', 'import', 'instanceof', 'let', 'new', 'null', 'return',
    'switch', 'this', 'throw', 'true', 'try', 'typeof', 'undefined', 'void', 'while', 'yield'];

  function load(specifier) {
    return new PromiseClass((resolve, reject) =>
      host.load(`${specifier}`, resolve, reject, (message) => {
        const error = new ErrorClass(message);
        error.code = 'ERR_MODULE_NOT_FOUND';
        reject(error);
      }),
    );
  }

  // The line that awaits: its promise has handlers before the engine looks for one without.
  let expected;
  const run = (line) => {
    const [done, failed] = expected;
    apply(then, line(), [(result) => done('value' in result, result.value), failed]);
  };

  /** What scripts do not have. */
  const added = ['node', 'services', 'require'];

  defineProperty(globalThis, Symbol.for('runar.shell'), { value: { load, run, added } });
  const { error: printError } = console;

  function global(name, value) {
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }

  let node;

  /** `services.math.add(5, 3)` is a request of math/add with [5, 3]; one object is the payload itself. */
  const services = new Proxy({}, {
    get: (_, service) => (typeof service !== 'string' ? undefined : new Proxy({}, {
      get: (_, action) => (typeof action !== 'string' ? undefined : (...args) => {
        const isPayload = args.length === 1 && args[0] !== null && typeof args[0] === 'object';
        return node.request(`${service}/${action}`, args.length === 0 ? undefined : isPayload ? args[0] : args);
      }),
    })),
  });

  async function begin() {
    const sdk = await load('runar-ts');
    const { createRequire } = await load('node:module');
    for (const name of Object.keys(sdk)) {
      if (!(name in globalThis)) added.push(name);
      global(name, sdk[name]);
    }
    node = new sdk.Node();
    global('node', node);
    global('services', services);
    global('require', createRequire(host.entry()));
  }

  async function known() {
    const list = await node.request('$registry/services/list');
    return list.map((each) => ({ path: each.path, actions: (each.actions ?? []).map((action) => action.name) }));
  }

  /** All names of an object and of what it inherits from, its own first. */
  function namesOf(value) {
    const names = new Set();
    for (let holder = Object(value), depth = 0; holder !== null && depth < 16; holder = getPrototypeOf(holder), depth++) {
      for (const name of getOwnPropertyNames(holder)) {
        if (/^[A-Za-z_$][\w$]*$/.test(name)) names.add(name);
      }
    }
    return [...names];
  }

  const starting = (names, begun) => names.filter((name) => name.startsWith(begun)).slice(0, MAX_CANDIDATES);

  async function candidates(line, declared) {
    const path = /(?:request|publish|subscribe|on|once)\(\s*["'`]([^"'`]*)$/.exec(line);
    if (path !== null) {
      const all = (await known()).flatMap(({ path: service, actions }) => actions.map((action) => `${service}/${action}`));
      return [line.length - path[1].length, starting(all, path[1])];
    }
    const member = /(?:^|[^\w$.)\]'"`])((?:[A-Za-z_$][\w$]*\.)*)([\w$]*)$/.exec(line);
    if (member === null) return [line.length, []];
    const [, owner, begun] = member;
    const from = line.length - begun.length;
    if (owner === '') {
      const all = [...new Set([...declared, ...namesOf(globalThis), ...KEYWORDS])];
      return [from, begun === '' ? [] : starting(all, begun)];
    }
    if (owner === 'services.') return [from, starting((await known()).map((each) => each.path), begun)];
    const ofService = /^services\.([\w$]+)\.$/.exec(owner);
    if (ofService !== null) {
      return [from, starting((await known()).find((each) => each.path === ofService[1])?.actions ?? [], begun)];
    }
    const value = evaluate(owner.slice(0, -1));
    return [from, value === null || value === undefined ? [] : starting(namesOf(value), begun)];
  }

  return {
    /** `(done, failed)`. */
    begin: (done, failed) => apply(then, begin(), [done, failed]),
    /** What becomes of the line that is run next, if it awaits: `(done(hasValue, value), failed(error))`. */
    expect(done, failed) {
      expected = [done, failed];
    },
    uncaught: (error) => printError('Uncaught', error),
    /** `(line, declared, done(from, candidates))`. */
    complete(line, declared, done) {
      const nothing = () => done(line.length, '[]');
      apply(then, candidates(line, JSON.parse(declared)), [([from, names]) => done(from, JSON.stringify(names)), nothing]);
    },
    last: (value) => global('_', value),
    lastError: (error) => global('_error', error),
  };
})
