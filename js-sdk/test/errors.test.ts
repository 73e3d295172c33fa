import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codec } from "../src/codec.js";
import {
  CallbackError,
  ERROR_CODES,
  NotFoundError,
  RunarError,
  TimeoutError,
} from "../src/index.js";

const described = (thrown: unknown): Record<string, unknown> =>
  JSON.parse(codec.describeError(thrown)) as Record<string, unknown>;

test("the codes are those of the Java enum", () => {
  const java = readFileSync(
    new URL("../../runtime/src/main/java/dev/runar/RunarException.java", import.meta.url),
    "utf8",
  );
  const body = /enum Code \{([^}]*)\}/.exec(java.replaceAll(/\{@[^}]*\}/g, ""))?.[1] ?? "";
  const codes = [...body.matchAll(/^\s*([A-Z_]+)\s*[,;]?\s*$/gm)].map((match) => match[1]);
  expect(codes).toEqual([...ERROR_CODES]);
});

test("each code has a class of its own, with its name on the prototype", () => {
  const errors = ERROR_CODES.map((code) => codec.makeError(code, "m", null, null, null, null));
  expect(new Set(errors.map((error) => error.constructor)).size).toBe(ERROR_CODES.length);
  for (const error of errors) {
    expect(error).toBeInstanceOf(RunarError);
    expect(error.name).toBe(error.constructor.name);
    expect(Object.keys(error)).not.toContain("name");
  }
});

test("makeError gives back code, data, cause and the remote stack", () => {
  const cause = described(new NotFoundError("inner", { data: [1n] }));
  const error = codec.makeError(
    "TIMEOUT",
    "too late",
    "TimeoutError",
    '{"at":{"$":"date","v":"1970-01-01T00:00:00.000Z"}}',
    "stack over there",
    JSON.stringify(cause),
  );
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({
    code: "TIMEOUT",
    message: "too late",
    data: { at: new Date(0) },
    remoteStack: "stack over there",
    retryable: false,
  });
  expect(error.cause).toBeInstanceOf(NotFoundError);
  expect(error.cause).toMatchObject({ message: "inner", data: [1n] });
});

test("an unknown code of a newer node is INTERNAL", () => {
  expect(codec.makeError("NEWER", "m", null, null, null, null)).toMatchObject({ code: "INTERNAL" });
});

test("another error becomes HANDLER_FAILED under its own name", () => {
  const it = described(new TypeError("x is not a function"));
  expect(it).toMatchObject({
    code: "HANDLER_FAILED",
    name: "TypeError",
    message: "x is not a function",
  });
  expect(it["stack"]).toContain("errors.test.ts");
  const error = codec.makeError("HANDLER_FAILED", "m", "TypeError", null, null, null);
  expect(error).toBeInstanceOf(CallbackError);
  expect(String(error)).toBe("TypeError: m");
});

test("a class without a name of its own is named by its class", () => {
  class CardRefused extends Error {}
  expect(described(new CardRefused("no"))["name"]).toBe("CardRefused");
});

describe("describeError survives", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("trap");
      },
      getOwnPropertyDescriptor: () => {
        throw new Error("trap");
      },
      getPrototypeOf: () => {
        throw new Error("trap");
      },
    },
  );
  const getters = Object.create(Error.prototype, {
    message: {
      get: () => {
        throw new Error("getter");
      },
    },
    name: { get: () => "never called" },
    stack: { value: 5 },
  }) as Error;
  const cyclic = new Error("cyclic");
  cyclic.cause = cyclic;

  test.each<[string, unknown, object]>([
    ["a string", "oops", { message: 'threw "oops"' }],
    ["undefined", undefined, { message: "threw undefined" }],
    ["null", null, { message: "threw null" }],
    ["a symbol", Symbol("s"), { message: "threw a symbol" }],
    ["a bigint", 5n, { message: "threw 5" }],
    ["a function", () => {}, { message: "threw a function" }],
    ["a plain object", { message: "plain" }, { name: "Error", message: "plain" }],
    ["an object without a message", {}, { message: "threw an object without a message" }],
    ["a hostile Proxy", hostile, { message: "threw an object without a message" }],
    ["a revoked Proxy", revoked(), { name: "Error" }],
    ["getters", getters, { name: "Error", message: "" }],
    [
      "data that cannot cross",
      new RunarError("TIMEOUT", "m", { data: () => {} }),
      { message: "m" },
    ],
  ])("%s", (_, thrown, expected) => {
    expect(described(thrown)).toMatchObject(expected);
  });

  test("a cause that is the error itself", () => {
    expect(codec.describeError(cyclic).length).toBeLessThan(200_000);
  });

  test("errors that lead to each other in circles", () => {
    const all = new AggregateError([], "all");
    const errors = Array.from({ length: 8 }, (_, i) => new Error(`e${i}`, { cause: all }));
    all.errors = errors;
    const it = described(all);
    expect(it["errors"]).toHaveLength(8);
    expect((it["errors"] as Record<string, unknown>[])[7]).toMatchObject({
      message: "e7",
      cause: { name: "AggregateError", stack: "AggregateError: all\n    … (told above)" },
    });
  });

  test("more errors than are told", () => {
    const of = (depth: number): Error =>
      depth === 0
        ? new Error("leaf")
        : new AggregateError(
            Array.from({ length: 8 }, () => of(depth - 1)),
            `level ${depth}`,
          );
    const text = codec.describeError(of(4));
    expect(text).toContain("… (one of more than 32 errors)");
    expect(text.length).toBeLessThan(200_000);
  });

  test("a huge message and stack", () => {
    const error = new Error("x".repeat(1_000_000));
    error.stack = "y".repeat(1_000_000);
    const it = described(error);
    expect((it["message"] as string).length).toBe(4096);
    expect((it["stack"] as string).length).toBe(16_384);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
