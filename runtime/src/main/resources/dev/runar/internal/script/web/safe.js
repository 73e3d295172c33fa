// Collections for lists that outlive a call, where a script's own methods must not be met: a script
// may overwrite `Array.prototype.push` or an iterator, and events must still reach their listeners.
(function () {
  'use strict';
  const { apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
  const { defineProperty } = Object;

  /** A class like `type` with methods of its own, and an iterator that asks nobody. */
  function safe(type) {
    const Safe = class extends type {};
    for (const key of ownKeys(type.prototype)) {
      if (key !== 'constructor') defineProperty(Safe.prototype, key, getOwnPropertyDescriptor(type.prototype, key));
    }
    const iterate = type.prototype[Symbol.iterator];
    const { next } = getPrototypeOf(new type()[Symbol.iterator]());
    defineProperty(Safe.prototype, Symbol.iterator, {
      value() {
        const iterator = apply(iterate, this, []);
        return { __proto__: null, next: () => apply(next, iterator, []) };
      },
    });
    return Safe;
  }

  return {
    List: safe(Array),
    SafeMap: safe(Map),
    SafeSet: safe(Set),
  };
});
