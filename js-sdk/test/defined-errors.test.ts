import { describe, expect, expectTypeOf, test } from "vitest";
import { codec } from "../src/codec.js";
import { CallbackError, DuplicateError, defineError, RunarError } from "../src/index.js";

const InsufficientFunds = defineError<{ missing: number }>("InsufficientFunds", {
  description: "There is not enough on the account",
});

const arrived = (thrown: unknown): Error => {
  const it = JSON.parse(codec.describeError(thrown)) as Record<string, unknown>;
  const json = (key: string): string | null => (key in it ? JSON.stringify(it[key]) : null);
  return codec.makeError(
    it["code"] as string,
    it["message"] as string,
    it["name"] as string,
    json("data"),
    it["stack"] as string,
    json("cause"),
    json("errors"),
    it,
  );
};

test("a defined error arrives as its class, with its data", () => {
  const error = arrived(new InsufficientFunds("no", { data: { missing: 5 }, cause: "why" }));
  expect(error).toBeInstanceOf(InsufficientFunds);
  expect(error).toBeInstanceOf(RunarError);
  expect(error).not.toBeInstanceOf(CallbackError);
  expect(error).toMatchObject({
    name: "InsufficientFunds",
    code: "HANDLER_FAILED",
    message: "no",
    data: { missing: 5 },
  });
  if (error instanceof InsufficientFunds) {
    expectTypeOf(error.data).toEqualTypeOf<{ missing: number }>();
  }
});

test("an undefined one of the same name does not", () => {
  const error = arrived(new (class InsufficientFunds extends Error {})("no"));
  expect(error).toBeInstanceOf(CallbackError);
  expect(error.name).toBe("InsufficientFunds");
});

test("one without a class here keeps its identity on the way on", () => {
  const described = {
    node: "default/1",
    path: "a/b",
    defined: true,
  };
  const error = codec.makeError("HANDLER_FAILED", "m", "Far", "5", null, null, null, described);
  expect(error).toBeInstanceOf(CallbackError);
  expect(error).toMatchObject({ name: "Far", node: "default/1", path: "a/b", data: 5 });
  expect(JSON.parse(codec.describeError(error))).toMatchObject({ name: "Far", ...described });
});

test("the description is the message of one that is thrown without", () => {
  const Gone = defineError("Gone", { description: "It is gone" });
  expect(new Gone().message).toBe("It is gone");
  // @ts-expect-error the class promises data
  new InsufficientFunds("no");
  // @ts-expect-error the class promises a number
  new InsufficientFunds("no", { data: { missing: "5" } });
  // @ts-expect-error the class promises none
  new Gone("no", { data: 5 });
});

describe("a definition", () => {
  test("of the same text is the same class", () => {
    const data = { type: "number" };
    const One = defineError("SameText", { data });
    expect(defineError("SameText", { data: { ...data } })).toBe(One);
  });

  test("of another text is refused", () => {
    defineError("OtherText");
    expect(() => defineError("OtherText", { description: "x" })).toThrow(DuplicateError);
  });

  test.each<[string, unknown, unknown, string]>([
    ["a small letter", "oops", {}, "must begin with a capital letter"],
    ["a space", "Not Good", {}, "must begin with a capital letter"],
    ["an unknown option", "A", { date: {} }, "error A has no option date"],
    ["no schema", "B", { data: 5 }, "error B: data is no schema"],
    ["no text", "C", { description: 5 }, "error C: description is not a text"],
  ])("with %s is refused", (_, name, options, message) => {
    expect(() => defineError(name as string, options as object)).toThrow(message);
  });
});
