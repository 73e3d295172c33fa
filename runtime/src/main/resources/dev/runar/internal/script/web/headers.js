// Headers.
(function (env) {
  'use strict';
  const { need } = env;
  const { expose, required, byteString } = need('idl');

  let listOf;
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  function checkedName(name) {
    const text = byteString(name, 'Headers');
    if (!TOKEN.test(text)) throw new TypeError(`Headers: ${JSON.stringify(text)} is no name`);
    return text.toLowerCase();
  }

  function checkedValue(value) {
    const text = byteString(value, 'Headers').replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
    if (/[\0\r\n]/.test(text)) throw new TypeError('Headers: a value has a line break');
    return text;
  }

  class Headers {
    /** Name, which is in lower case, and value. */
    #list = [];
    #frozen = false;

    static {
      listOf = (headers) => headers.#list;
      Object.defineProperty(this, 'freeze', {
        value(headers) {
          headers.#frozen = true;
          return headers;
        },
        configurable: true,
      });
    }

    constructor(init = undefined) {
      if (init === undefined) return;
      if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
        throw new TypeError('Headers: neither a sequence nor a record');
      }
      if (typeof init[Symbol.iterator] === 'function') {
        for (const pair of init) {
          const both = typeof pair === 'object' && pair !== null ? [...pair] : [];
          if (both.length !== 2) throw new TypeError('Headers: an entry is not a pair');
          this.append(both[0], both[1]);
        }
        return;
      }
      if (init[Symbol.iterator] !== undefined && init[Symbol.iterator] !== null) {
        throw new TypeError('Headers: the iterator is no function');
      }
      for (const name of Reflect.ownKeys(init)) {
        const property = Reflect.getOwnPropertyDescriptor(init, name);
        if (property?.enumerable) this.append(name, init[name]);
      }
    }
    #change() {
      if (this.#frozen) throw new TypeError('Headers: they cannot be changed');
    }
    append(name, value) {
      required(arguments.length, 2, 'append');
      const key = checkedName(name);
      const text = checkedValue(value);
      this.#change();
      this.#list.push([key, text]);
    }
    delete(name) {
      required(arguments.length, 1, 'delete');
      const key = checkedName(name);
      this.#change();
      this.#list = this.#list.filter(([known]) => known !== key);
    }
    get(name) {
      required(arguments.length, 1, 'get');
      const key = checkedName(name);
      const values = this.#list.filter(([known]) => known === key).map(([, value]) => value);
      return values.length === 0 ? null : values.join(', ');
    }
    getSetCookie() {
      return this.#list.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
    }
    has(name) {
      required(arguments.length, 1, 'has');
      const key = checkedName(name);
      return this.#list.some(([known]) => known === key);
    }
    set(name, value) {
      required(arguments.length, 2, 'set');
      const key = checkedName(name);
      const text = checkedValue(value);
      this.#change();
      const index = this.#list.findIndex(([known]) => known === key);
      if (index < 0) {
        this.#list.push([key, text]);
        return;
      }
      this.#list[index] = [key, text];
      this.#list = this.#list.filter(([known], i) => i <= index || known !== key);
    }
    forEach(callback, self = undefined) {
      required(arguments.length, 1, 'forEach');
      if (typeof callback !== 'function') throw new TypeError('forEach: the callback is no function');
      for (const [name, value] of this) Reflect.apply(callback, self, [value, name, this]);
    }
    #sorted() {
      const names = [...new Set(this.#list.map(([name]) => name))].sort();
      return names.flatMap((name) =>
        name === 'set-cookie' ? this.getSetCookie().map((value) => [name, value]) : [[name, this.get(name)]]);
    }
    *entries() {
      for (let i = 0; ; i++) {
        const all = this.#sorted();
        if (i >= all.length) return;
        yield all[i];
      }
    }
    *keys() {
      for (const [name] of this.entries()) yield name;
    }
    *values() {
      for (const [, value] of this.entries()) yield value;
    }
  }
  const freeze = Headers.freeze;
  delete Headers.freeze;
  Object.defineProperty(Headers.prototype, Symbol.iterator, {
    value: Headers.prototype.entries, writable: true, configurable: true,
  });
  expose(Headers);

  return { Headers, listOf, freeze };
});
