// Describes values to the console's formatter. Evaluated once per context, before any script.
//
// Every built-in it uses is captured here, so a script that replaces prototypes or globals later
// cannot mislead it. What it hands to Java are lists and records without a prototype: writing to
// them meets no setter of the script. Getters of the script are not called, except where Node
// calls them too: Symbol.toStringTag, the name, message, stack and cause of an error, the name of
// a constructor.
//
// maxText: characters of a nested string; maxElements: elements of a list; maxProperties:
// properties of an object; maxOutput: characters of all; maxKeyed: the longest list whose other
// properties are looked for.
(function (maxText, maxElements, maxProperties, maxOutput, maxKeyed) {
  "use strict";

  const visible = {
    __proto__: null,
    hidden: false,
    text: maxText,
    elements: maxElements,
    properties: maxProperties,
    stack: maxOutput,
    output: maxOutput,
    keyedElements: maxKeyed,
  };
  const everything = { __proto__: visible, hidden: true };

  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const accessor = (prototype, key) =>
    uncurry(Object.getOwnPropertyDescriptor(prototype, key).get);

  const { construct, getPrototypeOf, ownKeys, has } = Reflect;
  const { setPrototypeOf, defineProperty } = Object;
  const descriptorOf = Object.getOwnPropertyDescriptor;
  const keysOf = Object.keys;
  const namesOf = Object.getOwnPropertyNames;
  const symbolsOf = Object.getOwnPropertySymbols;
  const isExtensible = Object.isExtensible;
  const isArray = Array.isArray;
  const isView = ArrayBuffer.isView;
  const ObjectType = Object;
  const FunctionType = Function;
  const StringType = String;
  const NumberType = Number;
  const Bytes = Uint8Array;
  const Regex = RegExp;
  const NativeProxy = Proxy;
  const TypeErrorType = TypeError;
  const stringify = JSON.stringify;
  const parseInteger = NumberType.parseInt;
  const parseDecimal = NumberType.parseFloat;
  const hasOwn = Object.hasOwn;
  const isEnumerable = uncurry(Object.prototype.propertyIsEnumerable);
  const isPrototypeOf = uncurry(Object.prototype.isPrototypeOf);
  const objectText = uncurry(Object.prototype.toString);
  const errorText = uncurry(Error.prototype.toString);
  const functionText = uncurry(Function.prototype.toString);
  const isOrdinaryInstance = uncurry(Function.prototype[Symbol.hasInstance]);
  const regexpText = uncurry(RegExp.prototype.toString);
  const regexpSource = accessor(RegExp.prototype, "source");
  const dateTime = uncurry(Date.prototype.getTime);
  const dateIso = uncurry(Date.prototype.toISOString);
  const symbolText = uncurry(Symbol.prototype.toString);
  const slice = uncurry(String.prototype.slice);
  const includes = uncurry(String.prototype.includes);
  const startsWith = uncurry(String.prototype.startsWith);
  const endsWith = uncurry(String.prototype.endsWith);
  const indexOf = uncurry(String.prototype.indexOf);
  const numberText = uncurry(Number.prototype.toString);
  const mapSize = accessor(Map.prototype, "size");
  const mapEntries = uncurry(Map.prototype.entries);
  const mapNext = uncurry(getPrototypeOf(new Map().entries()).next);
  const setSize = accessor(Set.prototype, "size");
  const setValues = uncurry(Set.prototype.values);
  const setNext = uncurry(getPrototypeOf(new Set().values()).next);
  const weakMapHas = uncurry(WeakMap.prototype.has);
  const weakMapGet = uncurry(WeakMap.prototype.get);
  const weakMapSet = uncurry(WeakMap.prototype.set);
  const weakSetHas = uncurry(WeakSet.prototype.has);
  const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
  const typedArrayName = accessor(TypedArrayPrototype, Symbol.toStringTag);
  const typedArrayLength = accessor(TypedArrayPrototype, "length");
  const bufferLength = accessor(ArrayBuffer.prototype, "byteLength");
  const sharedLength =
    typeof SharedArrayBuffer === "function"
      ? accessor(SharedArrayBuffer.prototype, "byteLength")
      : undefined;
  const numberValue = uncurry(Number.prototype.valueOf);
  const stringValue = uncurry(String.prototype.valueOf);
  const booleanValue = uncurry(Boolean.prototype.valueOf);
  const bigintValue = uncurry(BigInt.prototype.valueOf);
  const symbolValue = uncurry(Symbol.prototype.valueOf);
  const { toStringTag, iterator, toPrimitive } = Symbol;
  const ObjectPrototype = Object.prototype;
  const FunctionPrototype = Function.prototype;
  const ErrorPrototype = Error.prototype;
  const PromisePrototype = Promise.prototype;
  const MapIteratorPrototype = getPrototypeOf(new Map().entries());
  const SetIteratorPrototype = getPrototypeOf(new Set().values());
  const GeneratorFunctionPrototype = getPrototypeOf(function* () {});
  const AsyncFunctionPrototype = getPrototypeOf(async function () {});
  const AsyncGeneratorFunctionPrototype = getPrototypeOf(async function* () {});

  const builtInNames = { __proto__: null };
  for (const name of namesOf(globalThis)) {
    if (/^[A-Z][a-zA-Z0-9]+$/.test(name)) builtInNames[name] = true;
  }
  const circularMessage = (() => {
    try {
      const self = {};
      self.self = self;
      stringify(self);
      return "";
    } catch (error) {
      return error.message.split("\n", 1)[0];
    }
  })();

  const probe = {};
  const list = () => setPrototypeOf([], null);

  // Attempts a brand check: the built-in throws when the value is of another kind.
  function succeeds(check, value, argument) {
    try {
      check(value, argument);
      return true;
    } catch {
      return false;
    }
  }

  // ---- Proxies: the only way to see a target without running a trap is to remember it. ----

  const proxies = new WeakMap(); // proxy -> {target, handler}, both null once revoked

  function remember(proxy, target, handler) {
    weakMapSet(proxies, proxy, { __proto__: null, target, handler });
    return proxy;
  }

  function revocable(target, handler) {
    const pair = NativeProxy.revocable(target, handler);
    const { proxy, revoke } = pair;
    remember(proxy, target, handler);
    pair.revoke = () => {
      remember(proxy, null, null);
      revoke();
    };
    return pair;
  }

  function trackProxies() {
    const tracked = new NativeProxy(NativeProxy, {
      __proto__: null,
      construct(native, args, newTarget) {
        const proxy = construct(native, args, newTarget === tracked ? native : newTarget);
        return remember(proxy, args[0], args[1]);
      },
      get(native, key) {
        return key === "revocable" ? trackedRevocable : native[key];
      },
    });
    const trackedRevocable = { revocable }.revocable;
    // The native function is read-only for nobody: a trap may answer as it likes.
    defineProperty(globalThis, "Proxy", {
      __proto__: null,
      value: tracked,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }

  // ---- Cells: one value as Java reads it. A list of [kind, value, rest]. ----

  // Appends kind, value and the number of characters left out.
  function pushCell(out, value, maxText) {
    const at = out.length;
    const type = typeof value;
    out[at + 2] = 0;
    if (type === "object" || type === "function") {
      out[at] = value === null ? "null" : "object";
      out[at + 1] = value;
    } else if (type === "string") {
      out[at] = "string";
      if (value.length > maxText) {
        out[at + 1] = slice(value, 0, maxText);
        out[at + 2] = value.length - maxText;
      } else {
        out[at + 1] = value;
      }
    } else if (type === "bigint") {
      out[at] = "bigint";
      out[at + 1] = StringType(value);
    } else if (type === "symbol") {
      out[at] = "symbol";
      out[at + 1] = symbolText(value);
    } else {
      out[at] = type; // number, boolean, undefined
      out[at + 1] = value;
    }
    return out;
  }

  const cell = (value, maxText) => pushCell(list(), value, maxText);

  function pushMark(out, kind, value) {
    const at = out.length;
    out[at] = kind;
    out[at + 1] = value;
    out[at + 2] = 0;
  }

  // Appends one property: its name, whether it is a symbol, whether it is enumerable, its cell.
  function pushProperty(out, value, key, limits, descriptor) {
    let known = descriptor;
    let uninitialized = false;
    try {
      known ??= descriptorOf(value, key);
      known ??= { __proto__: null, value: value[key], enumerable: true };
    } catch {
      known = { __proto__: null, enumerable: true };
      uninitialized = true;
    }
    const at = out.length;
    const symbol = typeof key === "symbol";
    out[at] = symbol ? symbolText(key) : key;
    out[at + 1] = symbol;
    out[at + 2] = known.enumerable !== false;
    if (uninitialized) {
      pushMark(out, "uninitialized", null);
    } else if (known.value !== undefined) {
      pushCell(out, known.value, limits.text);
    } else if (known.get !== undefined) {
      pushMark(out, known.set !== undefined ? "accessor" : "getter", null);
    } else if (known.set !== undefined) {
      pushMark(out, "setter", null);
    } else {
      pushMark(out, "undefined", undefined);
    }
  }

  // ---- Names ----

  function thrownText(error) {
    try {
      if (typeof error !== "object" || error === null) return StringType(error);
      const message = descriptorOf(error, "message");
      return message !== undefined && typeof message.value === "string" ? message.value : "";
    } catch {
      return "";
    }
  }

  function constructorOf(object) {
    const descriptor = descriptorOf(object, "constructor");
    return descriptor !== undefined && typeof descriptor.value === "function"
      ? descriptor.value
      : undefined;
  }

  function isInstance(value, type) {
    try {
      return isOrdinaryInstance(type, value);
    } catch {
      return false;
    }
  }

  // Fills in the name of the constructor: null without a prototype; when no constructor is found,
  // the prototypes in between are counted and the last one is given.
  function describeConstructor(out, value, limits) {
    out.constructor = null;
    out.prototypes = 0;
    out.lastPrototype = null;
    out.inherited = list();
    let first;
    let last = null;
    for (let object = value; object !== null && out.prototypes < 1000; ) {
      let name;
      if (object === ObjectPrototype && isInstance(value, ObjectType)) name = "Object";
      else if (object === FunctionPrototype && isInstance(value, FunctionType)) name = "Function";
      let builtIn = name !== undefined;
      if (name === undefined) {
        const type = constructorOf(object);
        if (type !== undefined && type.name !== "" && isInstance(value, type)) {
          name = StringType(type.name);
          builtIn = builtInNames[name] === true;
        }
      }
      if (name !== undefined) {
        if (limits.hidden && (first !== object || !builtIn)) {
          pushInherited(out.inherited, value, first ?? value, limits);
        }
        out.constructor = name;
        return;
      }
      object = getPrototypeOf(object);
      if (first === undefined) first = object;
      if (object !== null) {
        out.prototypes++;
        last = object;
      }
    }
    out.lastPrototype = last;
  }

  // Appends what the prototypes of a script's own class hold besides methods (three at most).
  function pushInherited(out, value, start, limits) {
    let object = start;
    const seen = { __proto__: null };
    for (let depth = 0; depth < 3; depth++) {
      if (depth !== 0 || value === object) {
        object = getPrototypeOf(object);
        if (object === null) return;
        const type = constructorOf(object);
        if (type !== undefined && builtInNames[type.name] === true) return;
      }
      const keys = ownKeys(object);
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i];
        if (key === "constructor" || hasOwn(value, key) || seen[key] === true) continue;
        seen[key] = true;
        const descriptor = descriptorOf(object, key);
        if (typeof descriptor.value !== "function") {
          pushProperty(out, object, key, limits, descriptor);
        }
      }
    }
  }

  function tagOf(value, limits) {
    const tag = value[toStringTag];
    if (typeof tag !== "string" || tag === "") return "";
    const shown = limits.hidden ? hasOwn(value, toStringTag) : isEnumerable(value, toStringTag);
    return shown ? "" : tag;
  }

  // ---- Keys ----

  function keysToShow(value, limits) {
    const out = list();
    let names;
    try {
      names = limits.hidden ? namesOf(value) : keysOf(value);
    } catch {
      names = namesOf(value); // a module whose bindings are not initialised
    }
    for (let i = 0; i < names.length; i++) out[i] = names[i];
    pushSymbols(out, value, limits);
    return out;
  }

  function pushSymbols(out, value, limits) {
    const symbols = symbolsOf(value);
    for (let i = 0; i < symbols.length; i++) {
      if (limits.hidden || isEnumerable(value, symbols[i])) out[out.length] = symbols[i];
    }
  }

  function isIndex(key) {
    const number = +key;
    return number >= 0 && number < 4294967295 && StringType(number) === key && number % 1 === 0;
  }

  // Listing the keys of a long array costs a string per element, so there none are shown.
  function keysBesideElements(value, length, limits) {
    const out = list();
    if (length > limits.keyedElements) return out;
    const names = limits.hidden ? namesOf(value) : keysOf(value);
    for (let i = 0; i < names.length; i++) {
      if (!isIndex(names[i])) out[out.length] = names[i];
    }
    pushSymbols(out, value, limits);
    return out;
  }

  function without(keys, unwanted) {
    const out = list();
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] !== unwanted) out[out.length] = keys[i];
    }
    return out;
  }

  function contains(keys, wanted) {
    for (let i = 0; i < keys.length; i++) if (keys[i] === wanted) return true;
    return false;
  }

  // ---- Contents by kind ----

  function describeArray(out, value, limits) {
    const length = value.length;
    const max = length < limits.elements ? length : limits.elements;
    const cells = list();
    let count = 0;
    let index = 0;
    while (index < max && hasOwn(value, index)) {
      pushElement(cells, value, index, limits);
      index++;
      count++;
    }
    if (index < max) {
      const keys = keysOf(value);
      for (let i = index; i < keys.length && count < max; i++) {
        if (!isIndex(keys[i])) break;
        const next = +keys[i];
        if (next !== index) {
          pushMark(cells, "holes", next - index);
          count++;
          index = next;
          if (count === max) break;
        }
        pushElement(cells, value, index, limits);
        count++;
        index++;
      }
      if (count !== max && index < length) {
        pushMark(cells, "holes", length - index);
        index = length;
      }
    }
    out.kind = "array";
    out.size = length;
    out.cells = cells;
    out.more = length - index;
    out.numeric = out.more === 0 || isNumeric(descriptorOf(value, max)?.value);
    out.keys = keysBesideElements(value, length, limits);
  }

  const isNumeric = (value) => typeof value === "number" || typeof value === "bigint";

  function pushElement(cells, value, index, limits) {
    const descriptor = descriptorOf(value, index);
    if (descriptor.value !== undefined) pushCell(cells, descriptor.value, limits.text);
    else if (descriptor.get !== undefined) {
      pushMark(cells, descriptor.set !== undefined ? "accessor" : "getter", null);
    } else if (descriptor.set !== undefined) pushMark(cells, "setter", null);
    else pushMark(cells, "undefined", undefined);
  }

  function describeSet(out, value, limits) {
    const size = setSize(value);
    const max = size < limits.elements ? size : limits.elements;
    const values = setValues(value);
    const cells = list();
    for (let i = 0; i < max; i++) pushCell(cells, setNext(values).value, limits.text);
    out.kind = "set";
    out.size = size;
    out.cells = cells;
    out.more = size - max;
  }

  function describeMap(out, value, limits) {
    const size = mapSize(value);
    const max = size < limits.elements ? size : limits.elements;
    const entries = mapEntries(value);
    const cells = list();
    for (let i = 0; i < max; i++) {
      const entry = mapNext(entries).value;
      pushCell(cells, entry[0], limits.text);
      pushCell(cells, entry[1], limits.text);
    }
    out.kind = "map";
    out.size = size;
    out.cells = cells;
    out.more = size - max;
  }

  function describeTypedArray(out, value, limits) {
    const length = typedArrayLength(value);
    const max = length < limits.elements ? length : limits.elements;
    const cells = list();
    for (let i = 0; i < max; i++) pushCell(cells, value[i], limits.text);
    out.kind = "typedarray";
    out.fallback = typedArrayName(value);
    out.size = length;
    out.cells = cells;
    out.more = length - max;
    out.numeric = true;
    out.keys = keysBesideElements(value, length, limits);
    if (limits.hidden) {
      const own = ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"];
      out.facts = list();
      for (let i = 0; i < 5; i++) {
        const fact = { __proto__: null, value: value[own[i]], enumerable: false };
        pushProperty(out.facts, value, own[i], limits, fact);
      }
    }
  }

  function describeBuffer(out, value, length, shared, limits) {
    out.kind = "buffer";
    out.fallback = shared ? "SharedArrayBuffer" : "ArrayBuffer";
    const keys = list();
    keys[0] = "byteLength";
    for (let i = 0; i < out.keys.length; i++) keys[i + 1] = out.keys[i];
    out.keys = keys;
    let bytes;
    try {
      bytes = new Bytes(value);
    } catch {
      out.text = "(detached)";
      return;
    }
    const max = length < limits.elements ? length : limits.elements;
    let text = "";
    for (let i = 0; i < max; i++) {
      text += (i === 0 ? "" : " ") + (bytes[i] < 16 ? "0" : "") + numberText(bytes[i], 16);
    }
    if (length > max) {
      text += ` ... ${length - max} more byte${length - max > 1 ? "s" : ""}`;
    }
    out.text = `[Uint8Contents]: <${text}>`;
  }

  function describeFunction(out, value) {
    const text = functionText(value);
    out.kind = "function";
    out.text = "Function";
    const prototype = descriptorOf(value, "prototype");
    if (
      startsWith(text, "class") &&
      endsWith(text, "}") &&
      prototype !== undefined &&
      prototype.writable === false
    ) {
      out.kind = "class";
      out.name = hasOwn(value, "name") ? StringType(value.name) : "";
      const parent = getPrototypeOf(value);
      const parentName = parent === null ? undefined : parent.name;
      out.text = parentName ? StringType(parentName) : "";
      return;
    }
    if (isPrototypeOf(AsyncGeneratorFunctionPrototype, value)) out.text = "AsyncGeneratorFunction";
    else if (isPrototypeOf(GeneratorFunctionPrototype, value)) out.text = "GeneratorFunction";
    else if (isPrototypeOf(AsyncFunctionPrototype, value)) out.text = "AsyncFunction";
    out.name = StringType(value.name);
  }

  function isError(value) {
    if (typeof value !== "object" || value === null) return false;
    try {
      return isPrototypeOf(ErrorPrototype, value) || hasErrorBrand(value);
    } catch {
      return false;
    }
  }

  // An error keeps its brand without a prototype, but a tag of the script can hide it.
  function hasErrorBrand(value) {
    return value[toStringTag] === undefined && objectText(value) === "[object Error]";
  }

  const stackOf = (error) => (error.stack ? StringType(error.stack) : errorText(error));

  function attempt(read, fallback) {
    try {
      return read();
    } catch {
      return fallback;
    }
  }

  function describeError(out, value, limits) {
    out.kind = "error";
    const name = attempt(() => (value.name != null ? StringType(value.name) : "Error"), "Error");
    const stack = attempt(() => stackOf(value), "");
    const message = attempt(() => value.message, undefined);
    const cause = attempt(() => value.cause, undefined);
    out.name = name;
    out.text = stack.length > limits.stack ? slice(stack, 0, limits.stack) : stack;
    out.message = typeof message === "string" ? message : "";
    out.causeStack = isError(cause) ? attempt(() => stackOf(cause), "") : "";
    if (!limits.hidden) {
      const repeated = ["name", "message", "stack"];
      for (let i = 0; i < 3; i++) {
        const key = repeated[i];
        if (contains(out.keys, key)) {
          const inStack = attempt(() => includes(stack, StringType(value[key])), false);
          if (inStack) out.keys = without(out.keys, key);
        }
      }
    }
    if (has(value, "cause") && !contains(out.keys, "cause")) out.keys[out.keys.length] = "cause";
    if (isArray(attempt(() => value.errors, undefined)) && !contains(out.keys, "errors")) {
      out.keys[out.keys.length] = "errors";
    }
  }

  function describeBoxed(out, value, type, primitive, limits) {
    out.kind = "boxed";
    out.fallback = type;
    out.cells = cell(primitive, limits.text);
    if (type === "String") {
      const keys = list();
      for (let i = primitive.length; i < out.keys.length; i++) keys[keys.length] = out.keys[i];
      out.keys = keys;
    }
  }

  // Does the chain of prototypes end in Object.prototype, meeting no other built-in on its way?
  function isPlain(value) {
    let object = getPrototypeOf(value);
    for (let i = 0; i < 1000 && object !== null; i++) {
      if (object === ObjectPrototype) return true;
      if (weakSetHas(builtInPrototypes, object)) return false;
      object = getPrototypeOf(object);
    }
    return false;
  }

  const builtInPrototypes = new WeakSet();
  for (const name of namesOf(globalThis)) {
    if (/^[A-Z]/.test(name) && name !== "Object") {
      const prototype = descriptorOf(globalThis, name).value?.prototype;
      if (typeof prototype === "object" && prototype !== null) builtInPrototypes.add(prototype);
    }
  }
  builtInPrototypes.add(TypedArrayPrototype);
  builtInPrototypes.add(MapIteratorPrototype);
  builtInPrototypes.add(SetIteratorPrototype);

  // Recognises what has an iterator; answers whether it did.
  function describeIterable(out, value, limits) {
    if (isArray(value)) describeArray(out, value, limits);
    else if (succeeds(setSize, value)) describeSet(out, value, limits);
    else if (succeeds(mapSize, value)) describeMap(out, value, limits);
    else if (isView(value) && typedArrayName(value) !== undefined) {
      describeTypedArray(out, value, limits);
    } else if (getPrototypeOf(value) === MapIteratorPrototype) {
      out.kind = "iterator";
      out.fallback = "Map";
    } else if (getPrototypeOf(value) === SetIteratorPrototype) {
      out.kind = "iterator";
      out.fallback = "Set";
    } else return false;
    return true;
  }

  function describeSpecial(out, value, limits) {
    if (succeeds(dateTime, value)) {
      const time = dateTime(value);
      out.kind = "date";
      out.text = time !== time ? "Invalid Date" : dateIso(value);
    } else if (value !== Regex.prototype && succeeds(regexpSource, value)) {
      out.kind = "regexp";
      out.text = regexpText(value);
    } else if (isError(value)) describeError(out, value, limits);
    else if (succeeds(bufferLength, value)) {
      describeBuffer(out, value, bufferLength(value), false, limits);
    } else if (sharedLength !== undefined && succeeds(sharedLength, value)) {
      describeBuffer(out, value, sharedLength(value), true, limits);
    } else if (isView(value)) {
      out.kind = "dataview";
      const keys = list();
      keys[0] = "byteLength";
      keys[1] = "byteOffset";
      keys[2] = "buffer";
      for (let i = 0; i < out.keys.length; i++) keys[i + 3] = out.keys[i];
      out.keys = keys;
    } else if (isPrototypeOf(PromisePrototype, value)) out.kind = "promise";
    else if (succeeds(weakSetHas, value, probe)) out.kind = "weakset";
    else if (succeeds(weakMapHas, value, probe)) out.kind = "weakmap";
    else if (isModule(value)) out.kind = "module";
    else if (succeeds(numberValue, value)) {
      describeBoxed(out, value, "Number", numberValue(value), limits);
    } else if (succeeds(stringValue, value)) {
      describeBoxed(out, value, "String", stringValue(value), limits);
    } else if (succeeds(booleanValue, value)) {
      describeBoxed(out, value, "Boolean", booleanValue(value), limits);
    } else if (succeeds(bigintValue, value)) {
      describeBoxed(out, value, "BigInt", bigintValue(value), limits);
    } else if (succeeds(symbolValue, value)) {
      describeBoxed(out, value, "Symbol", symbolValue(value), limits);
    }
  }

  function isModule(value) {
    if (getPrototypeOf(value) !== null || isExtensible(value)) return false;
    const tag = descriptorOf(value, toStringTag);
    return tag !== undefined && tag.value === "Module" && !tag.writable && !tag.enumerable;
  }

  function isArguments(value) {
    return value[toStringTag] === undefined && objectText(value) === "[object Arguments]";
  }

  function describeObject(value, limits) {
    const out = { __proto__: null, kind: "object", fallback: "", name: "", text: "", more: 0 };
    out.numeric = false;
    describeConstructor(out, value, limits);
    out.tag = tagOf(value, limits);
    out.keys = undefined;
    const plain = isPlain(value);
    const iterable =
      (iterator in value || out.constructor === null) &&
      (!plain || isArray(value)) &&
      describeIterable(out, value, limits);
    if (!iterable || out.keys === undefined) out.keys = keysToShow(value, limits);
    if (!iterable) {
      if (typeof value === "function") describeFunction(out, value);
      else if (out.constructor === "Object" && isArguments(value)) out.kind = "arguments";
      else if (!plain || hasErrorBrand(value)) describeSpecial(out, value, limits);
    }
    const count = out.keys.length;
    const shown = count < limits.properties ? count : limits.properties;
    out.properties = list();
    for (let i = 0; i < shown; i++) pushProperty(out.properties, value, out.keys[i], limits);
    out.moreProperties = count - shown;
    out.keys = undefined;
    return out;
  }

  function describe(value, hidden) {
    try {
      return describeObject(value, hidden ? everything : visible);
    } catch (error) {
      return { __proto__: null, kind: "thrown", text: thrownText(error) };
    }
  }

  // ---- Conversions of the format specifiers; they may run code of the script, as in Node. ----

  function hasBuiltInToString(value) {
    let object = value;
    const known = weakMapGet(proxies, object);
    if (known !== undefined) {
      if (known.target === null) return true;
      object = known.target;
    }
    let ownToString = true;
    let ownToPrimitive = true;
    if (typeof object.toString !== "function") {
      if (typeof object[toPrimitive] !== "function") return true;
      if (hasOwn(object, toPrimitive)) return false;
      ownToString = false;
    } else if (hasOwn(object, "toString")) return false;
    else if (typeof object[toPrimitive] !== "function") ownToPrimitive = false;
    else if (hasOwn(object, toPrimitive)) return false;
    let pointer = object;
    do {
      pointer = getPrototypeOf(pointer);
    } while (
      !(ownToString && hasOwn(pointer, "toString")) &&
      !(ownToPrimitive && hasOwn(pointer, toPrimitive))
    );
    const type = constructorOf(pointer);
    return type !== undefined && builtInNames[type.name] === true;
  }

  function json(value) {
    try {
      return StringType(stringify(value));
    } catch (error) {
      if (error.name === "TypeError" && startsWith(error.message, circularMessage)) {
        return "[Circular]";
      }
      throw error;
    }
  }

  const conversions = {
    __proto__: null,
    string: (value) => StringType(value),
    json,
    number: (value) => NumberType(value),
    integer: (value) => parseInteger(value),
    decimal: (value) => parseDecimal(value),
  };

  // Answers a cell; its kind is "thrown" with the message when the script's own code threw.
  function convert(how, value) {
    try {
      return cell(conversions[how](value), maxOutput);
    } catch (error) {
      const out = list();
      pushMark(out, "thrown", thrownText(error));
      return out;
    }
  }

  const printsByItself = (value) => {
    try {
      return hasBuiltInToString(value);
    } catch {
      return true;
    }
  };

  return {
    __proto__: null,
    describe,
    convert,
    printsByItself,
    cell: (value) => cell(value, maxOutput),
    nested: (value) => cell(value, maxText),
    trackProxies,
    proxyOf: (value) => weakMapGet(proxies, value),
  };
});
