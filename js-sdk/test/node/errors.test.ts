// What a caller is told of a failure, with a real node between the two; see docs/scripts.md, "Errors".
import {
  CallbackError,
  type Context,
  defineError,
  Node,
  NotFoundError,
  type RunarError,
} from "runar-ts";
import { afterAll, beforeAll, expect, test } from "vitest";

const node = new Node({ transport: "process", server: { port: 0 }, requestTimeout: 10_000 });
const NoFunds = defineError<{ missing: number }>("NoFunds");

function findsNothing(): never {
  throw new TypeError("no such order", { cause: new RangeError("8 of 7", { cause: "why" }) });
}

const PROXY = new Proxy(new Error("never"), {
  get() {
    throw new Error("trap");
  },
});

const ACTIONS = {
  cause: () => findsNothing(),
  late: async () => {
    await null;
    findsNothing();
  },
  fails: (_: unknown, ctx: Context) => ctx.fail("INVALID_INPUT", "b is zero", { b: 0n }),
  own: () => {
    throw new NoFunds("5 are missing", { data: { missing: 5 } });
  },
  both: () => {
    throw new AggregateError([new TypeError("one"), "two"], "both");
  },
  text: () => {
    throw "just a text";
  },
  nothing: () => Promise.reject(undefined),
  object: () => {
    throw { status: 404 };
  },
  proxy: () => {
    throw PROXY;
  },
  huge: () => {
    throw new Error("x".repeat(1_000_000));
  },
  unserialisable: () => ({ list: [1, { run: () => 1 }] }),
  relays: (path: string, ctx: Context) => ctx.request(path),
};

beforeAll(async () => {
  node.addService({ name: "bad", path: "bad", actions: ACTIONS });
  await node.start();
});
afterAll(() => node.stop());

async function failureOf(path: keyof typeof ACTIONS, payload?: unknown): Promise<RunarError> {
  try {
    await node.request(`bad/${path}`, payload);
  } catch (error) {
    return error as RunarError;
  }
  throw new Error("it has not failed");
}

test("both stacks: who asked here, and where it was thrown", async () => {
  for (const path of ["cause", "late"] as const) {
    const error = await failureOf(path);
    expect(error).toBeInstanceOf(CallbackError);
    expect(error).toMatchObject({
      code: "HANDLER_FAILED",
      name: "TypeError",
      message: "no such order",
      path: `bad/${path}`,
    });
    expect(error.stack).toMatch(/^TypeError: no such order\n/);
    expect(error.stack).toMatch(/failureOf .*errors\.test\.ts/);
    expect(error.remoteStack).toMatch(/^TypeError: no such order\n *at .*findsNothing/);
    expect(error.remoteStack).toMatch(/errors\.test\.ts/);
  }
});

test("the causes of an error come with it", async () => {
  const { cause } = await failureOf("cause");
  expect(cause).toMatchObject({ name: "RangeError", message: "8 of 7", code: "HANDLER_FAILED" });
  expect((cause as RunarError).remoteStack).toMatch(/findsNothing/);
  expect((cause as RunarError).cause).toMatchObject({ message: 'threw "why"' });
});

test("code and data of an error that the handler has made, and its class", async () => {
  const failed = await failureOf("fails");
  expect(failed).toMatchObject({ code: "INVALID_INPUT", message: "b is zero", data: { b: 0n } });
  const own = await failureOf("own");
  expect(own).toBeInstanceOf(NoFunds);
  expect(own).toMatchObject({ code: "HANDLER_FAILED", name: "NoFunds", data: { missing: 5 } });
});

test("the errors of an AggregateError", async () => {
  const error = (await failureOf("both")) as RunarError & { readonly errors: readonly unknown[] };
  expect(error).toMatchObject({ name: "AggregateError", message: "both" });
  expect(error.errors).toMatchObject([
    { name: "TypeError", message: "one" },
    { name: "Error", message: 'threw "two"' },
  ]);
});

test.each([
  ["text", 'threw "just a text"'],
  ["nothing", "threw undefined"],
  ["object", "threw an object without a message"],
] as const)("what is thrown and is no error: %s", async (path, message) => {
  const error = await failureOf(path);
  expect(error).toMatchObject({ code: "HANDLER_FAILED", message });
  expect(error.remoteStack).toBe(`HANDLER_FAILED: ${message}`);
  expect(error.stack).toMatch(/failureOf/);
});

test("an error that cannot be read, and one that is too long", async () => {
  expect(await failureOf("proxy")).toMatchObject({ code: "HANDLER_FAILED" });
  const huge = await failureOf("huge");
  expect(huge.message).toHaveLength(4_096);
  expect(huge.message).toMatch(/x…$/);
});

test("a result that cannot cross says where in it", async () => {
  expect(await failureOf("unserialisable")).toMatchObject({
    code: "UNSUPPORTED_VALUE",
    message: expect.stringContaining("list[1].run"),
  });
});

test("an error that goes on through another handler stays what it is", async () => {
  const own = await failureOf("relays", "bad/own");
  expect(own).toBeInstanceOf(NoFunds);
  expect(own).toMatchObject({ data: { missing: 5 }, path: "bad/own" });
  const missing = await failureOf("relays", "no/such");
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({ code: "NOT_FOUND", path: "no/such" });
  expect(missing.stack).toMatch(/failureOf/);
});
