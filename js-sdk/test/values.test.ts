import { describe, expect, test } from "vitest";
import { codec } from "../src/codec.js";
import type { Kind } from "../src/host.js";
import { RunarError } from "../src/index.js";
import vectors from "./values.json" with { type: "json" };

interface Vector {
  readonly name: string;
  readonly js: string;
  readonly kind: string;
  readonly text: string;
  readonly decoded?: string;
}

/** The value of the JavaScript expression. */
function valueOf(js: string): unknown {
  return new Function("RunarError", `return (${js});`)(RunarError);
}

describe.each(vectors as readonly Vector[])("$name", ({ js, kind, text, decoded }) => {
  test("is written as the vector says", () => {
    const [written, data] = codec.encode(valueOf(js));
    // Scalars of plain JSON cross as they are.
    const asText = written === "value" ? JSON.stringify(data) : data;
    expect([written === "value" ? "json" : written, asText]).toEqual([kind, text]);
  });

  test("is read back", () => {
    expect(codec.decode(kind as Kind, text)).toEqual(valueOf(decoded ?? js));
  });
});

describe("bytes", () => {
  test("cross as a buffer and arrive as Uint8Array", () => {
    const [kind, data] = codec.encode(new Uint8Array([1, 2]));
    expect(kind).toBe("bytes");
    expect(data).toBeInstanceOf(ArrayBuffer);
    expect(codec.decode(kind, data)).toEqual(new Uint8Array([1, 2]));
  });

  test("of a part of a buffer are that part", () => {
    const [, data] = codec.encode(new Uint8Array([0, 1, 2, 3]).subarray(1, 3));
    expect(new Uint8Array(data as ArrayBuffer)).toEqual(new Uint8Array([1, 2]));
  });

  test.each([0, 1, 2, 3, 6143, 6144, 6145, 20_000])("%d of them survive base64", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 256);
    const [kind, data] = codec.encode({ bytes });
    expect(data).toContain(Buffer.from(bytes).toString("base64"));
    expect(codec.decode(kind, data)).toEqual({ bytes });
  });
});

class Cycle {
  self: unknown = [this];
}

describe("what cannot cross is refused by its path", () => {
  const cyclic: { a: unknown[] } = { a: [] };
  cyclic.a.push({ back: cyclic });
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) {
    deep = [deep];
  }
  test.each<[string, unknown, string]>([
    [
      "function",
      { items: [1, 2, { onClick: () => {} }] },
      "value.items[2].onClick: it is a function",
    ],
    ["top level", () => {}, "cannot send value: it is a function"],
    ["symbol", [Symbol("s")], "value[0]: it is a symbol"],
    ["odd key", { "a b": Symbol("s") }, 'value["a b"]: it is a symbol'],
    ["promise", { p: Promise.resolve() }, "value.p: it is a Promise; await it first"],
    ["weak map", new WeakMap(), "value: it is a WeakMap"],
    ["map value", { m: new Map([["k", () => {}]]) }, "value.m.<value 0>: it is a function"],
    ["cycle", cyclic, "value.a[0].back: it contains itself (it is value)"],
    ["cycle of a class", new Cycle(), "value.self[0]: it contains itself"],
    ["depth", deep, "it is nested deeper than 500 levels"],
    [
      "throwing getter",
      {
        get x(): never {
          throw new RangeError("boom");
        },
      },
      "value.x: reading it threw RangeError: boom",
    ],
  ])("%s", (_, value, message) => {
    expect(() => codec.encode(value)).toThrow(message);
    expect(() => codec.encode(value)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_VALUE" }) as Error,
    );
  });
});

test("a shared part is no cycle", () => {
  const part = { a: 1 };
  expect(codec.encode([part, part])).toEqual(["json", '[{"a":1},{"a":1}]']);
});

test("a class instance crosses as its own properties", () => {
  class Point {
    x = 1;
    #hidden = 2;
    get sum(): number {
      return this.x + this.#hidden;
    }
  }
  expect(codec.encode(new Point())).toEqual(["json", '{"x":1}']);
});

test("boxed scalars cross as scalars", () => {
  const boxed = [Object(1), Object("a"), Object(true)] as unknown[];
  expect(codec.encode(boxed)).toEqual(["json", '[1,"a",true]']);
});

test("incoming __proto__ keys do not change prototypes", () => {
  for (const [kind, text] of [
    ["json", '{"__proto__":{"admin":true}}'],
    ["rich", '{"__proto__":{"admin":{"$":"bigint","v":"1"}}}'],
    ["rich", '{"$":"object","v":[["__proto__",{"admin":true}]]}'],
  ] as const) {
    const value = codec.decode(kind, text) as { admin?: unknown };
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(["__proto__"]);
  }
});

test.each([
  '{"$":"nonsense"}',
  '{"$":1}',
  '{"$":"map","v":1}',
  '{"$":"bytes","v":"A"}',
  '{"$":"bytes","v":"####"}',
  '{"$":"bytes","v":"AAAA","as":"constructor"}',
  '{"$":"number","v":"1"}',
  '{"$":"error","v":null}',
])("malformed %s is refused", (text) => {
  expect(() => codec.decode("rich", text)).toThrow(TypeError);
});

test("a script that overwrites built-ins does not change what crosses", () => {
  const value = { d: new Date(0), m: new Map([["k", [1n]]]), l: [1, "a"] };
  const expected = codec.encode(value);
  const plain = codec.encode([1, { a: "b" }]);
  const { stringify, parse } = JSON;
  const { keys } = Object;
  const { forEach } = Map.prototype;
  const { toISOString } = Date.prototype;
  const iterator = Array.prototype[Symbol.iterator];
  const broken = (): never => {
    throw new Error("overwritten");
  };
  let encoded: unknown;
  let encodedPlain: unknown;
  let decoded: unknown;
  try {
    Object.assign(JSON, { stringify: broken, parse: broken });
    Object.assign(Object, { keys: broken });
    Map.prototype.forEach = broken;
    Date.prototype.toISOString = broken;
    Array.prototype[Symbol.iterator] = broken;
    (Array.prototype as { toJSON?: unknown }).toJSON = broken;
    encoded = codec.encode(value);
    decoded = codec.decode("rich", expected[1]);
  } finally {
    (Array.prototype as { toJSON?: unknown }).toJSON = undefined;
    delete (Array.prototype as { toJSON?: unknown }).toJSON;
    encodedPlain = codec.encode([1, { a: "b" }]);
    Array.prototype[Symbol.iterator] = iterator;
    Object.assign(JSON, { stringify, parse });
    Object.assign(Object, { keys });
    Map.prototype.forEach = forEach;
    Date.prototype.toISOString = toISOString;
  }
  expect(encoded).toEqual(expected);
  expect(encodedPlain).toEqual(plain);
  expect(decoded).toEqual(value);
});
