// The script's half of CommonJS and of the modules of Node.js; `host` is CommonJs.java. Runs when a
// script first needs it, and makes the functions that generated modules and globals call.
(function (host) {
  'use strict';
  const { apply } = Reflect;
  const { create, defineProperty, keys } = Object;
  const parseJson = JSON.parse;
  const ErrorClass = Error;
  const TypeErrorClass = TypeError;

  /** Every module that was required, by its path; scripts may see it and take entries out. */
  const cache = create(null);
  const taken = [];

  function fail(message, code) {
    const error = new ErrorClass(message);
    error.code = code;
    throw error;
  }

  function checked(specifier) {
    if (typeof specifier !== 'string') {
      const error = new TypeErrorClass('The "id" argument must be of type string');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    return specifier;
  }

  function resolve(importer, specifier) {
    const answer = host.resolve(importer, checked(specifier));
    return answer[0] ? answer[1] : fail(answer[1], 'MODULE_NOT_FOUND');
  }

  class Module {
    constructor(id = '', parent = undefined) {
      this.id = id;
      this.path = id === '' ? '' : host.folder(id);
      this.exports = {};
      this.filename = id;
      this.loaded = false;
      this.children = [];
      this.paths = [];
      defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
    }

    require(specifier) {
      return load(resolve(this.filename, specifier), this);
    }
  }

  function requireOf(module) {
    const require = (specifier) => module.require(specifier);
    require.resolve = (specifier) => {
      const path = resolve(module.filename, specifier);
      return isBuiltin(path) ? checked(specifier) : path;
    };
    require.cache = cache;
    defineProperty(require, 'main', { get: () => cache[host.main()], enumerable: true });
    return require;
  }

  function load(path, parent) {
    const known = cache[path];
    if (known !== undefined) return known.exports;
    const module = new Module(path, parent);
    cache[path] = module;
    parent?.children.push(module);
    try {
      run(module);
      module.loaded = true;
    } finally {
      if (!module.loaded) delete cache[path];
    }
    return module.exports;
  }

  function run(module) {
    const opened = host.open(module.id);
    const content = opened[1];
    switch (opened[0]) {
      case 'COMMONJS':
      case 'BUILTIN': {
        const { exports, filename, path } = module;
        const more = opened[0] === 'BUILTIN' ? internal : undefined;
        apply(content, exports, [exports, requireOf(module), module, filename, path, more]);
        if (more !== undefined) complete(module);
        return;
      }
      case 'JSON':
        try {
          module.exports = parseJson(content);
        } catch (error) {
          error.message = module.id + ': ' + error.message;
          throw error;
        }
        return;
      case 'TEXT':
        module.exports = content;
        return;
      case 'ES_MODULE':
        module.exports = esModule(module.id);
        return;
      default:
        fail(content, 'ERR_MODULE_LOAD');
    }
  }

  /** What a module has in Node.js and not here can be imported, and says so when it is called. */
  function complete(module) {
    const { exports } = module;
    if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return;
    const name = module.id.slice('/runar-node/'.length, -'.js'.length);
    const members = host.members(name);
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      if (member in exports) continue;
      const notAvailable = () =>
        fail(`node:${name} has no ${member} in Runar; docs/node-modules.md has what there is`, 'ERR_NOT_AVAILABLE');
      defineProperty(exports, member, {
        value: notAvailable, writable: true, enumerable: true, configurable: true,
      });
    }
  }

  /** The exports of an ES module, which must not wait for anything. */
  function esModule(path) {
    const depth = taken.length;
    host.runModule(path);
    if (taken.length === depth) {
      fail(
        `cannot require ${path}: it waits at its top level (await). Use import("${path}") instead.`,
        'ERR_REQUIRE_ASYNC_MODULE',
      );
    }
    const exports = taken.pop();
    if ('module.exports' in exports) return exports['module.exports'];
    if (!('default' in exports) || '__esModule' in exports) return exports;
    const marked = create(null, { __esModule: { value: true } });
    for (const name of keys(exports)) {
      defineProperty(marked, name, { get: () => exports[name], enumerable: true });
    }
    return marked;
  }

  function isBuiltin(path) {
    return path.startsWith('/runar-node/');
  }

  function builtin(name) {
    return load('/runar-node/' + name + '.js');
  }

  function pathOf(urlOrPath) {
    const text = typeof urlOrPath === 'object' && urlOrPath !== null ? urlOrPath.href : urlOrPath;
    return checked(text).startsWith('file:') ? decodeURIComponent(text.replace(/^file:(\/\/[^/]*)?/, '')) : text;
  }

  /** What the modules of Node.js have besides what every CommonJS module has. */
  const internal = {
    part: (name) => host.part(name) ?? fail(`this host has no ${name}`, 'ERR_NOT_AVAILABLE'),
    fail,
    Module,
    cache,
    pathOf,
    urlOf: (path) => host.url(path),
    createRequire: (from) => requireOf(new Module(pathOf(from))),
    nodeModules() {
      const names = host.nodeModules();
      const list = [];
      for (let i = 0; i < names.length; i++) list[i] = names[i];
      return list;
    },
  };

  return {
    load: (path) => load(path),
    take(exports) {
      taken.push(exports);
    },
    names: (path) => {
      const exports = load(path);
      return exports === null || (typeof exports !== 'object' && typeof exports !== 'function')
        ? []
        : keys(exports);
    },
    global: (name) => (name === 'Buffer' ? builtin('buffer').Buffer : builtin('process')),
    /** What Node.js adds to import.meta. */
    meta(meta) {
      const filename = pathOf(meta.url);
      meta.dirname = host.folder(filename);
      meta.filename = filename;
      meta.main = filename === host.main();
      meta.resolve = (specifier) => {
        const answer = host.resolveImport(filename, checked(specifier));
        if (!answer[0]) fail(answer[1], 'ERR_MODULE_NOT_FOUND');
        return isBuiltin(answer[1])
          ? 'node:' + answer[1].slice('/runar-node/'.length, -'.js'.length)
          : host.url(answer[1]);
      };
    },
  };
})
