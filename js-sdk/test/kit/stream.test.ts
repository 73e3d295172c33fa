// Streams in a TestNode; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import { action, type Context, defineService, stream } from "runar-ts";
import { TestNode, test } from "runar-ts/test";

const ended: string[] = [];

const counter = defineService({
  name: "c",
  path: "counter",
  actions: {
    async *count(to: number) {
      try {
        for (let n = 1; n <= to; n++) {
          yield n;
        }
      } finally {
        ended.push("count");
      }
    },
    slow: stream({
      handler: async function* () {
        yield 1;
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        yield 2;
      },
    }),
    fails: stream({
      handler: async function* (_: unknown, ctx: Context) {
        yield 1;
        ctx.fail("PERMISSION_DENIED", "no more");
      },
    }),
    even: stream({
      output: { type: "number", multipleOf: 2 },
      handler: async function* (to: number) {
        try {
          for (let n = 0; n < to; n += 2) yield n;
          yield 1;
          yield 2;
        } finally {
          ended.push("even");
        }
      },
    }),
    sum: action({
      takesStream: true,
      fallback: async (_: { readonly reads: boolean }, error, ctx: Context) => {
        const rest: unknown[] = [];
        try {
          for await (const n of ctx.input) rest.push(n);
        } catch (unread) {
          rest.push((unread as { code: string }).code);
        }
        return [error.code, ...rest];
      },
      handler: async (input: { readonly reads: boolean }, ctx: Context): Promise<unknown> => {
        if (input.reads) for await (const _ of ctx.input) break;
        return ctx.fail("OVERLOADED", "not now");
      },
    }),
    one: () => 1,
  },
});

async function started(): Promise<TestNode> {
  const node = new TestNode();
  node.addService(counter);
  await node.start();
  return node;
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const item of items) {
      seen.push(item);
    }
  } catch (error) {
    seen.push((error as { code: string }).code);
  }
  return seen;
}

test("items come in order, with bounded read-ahead", async () => {
  const node = await started();
  const items = await all(node.client(counter).count(500));
  assert.deepEqual(
    items,
    Array.from({ length: 500 }, (_, i) => i + 1),
  );
  assert.deepEqual(await all(node.client<typeof counter>("counter").count(2)), [1, 2]);
});

test("a break runs the producer's finally", async () => {
  const node = await started();
  ended.length = 0;
  for await (const n of node.client(counter).count(1_000_000)) {
    if (n === 3) break;
  }
  await node.settled();
  assert.deepEqual(ended, ["count"]);
});

test("an error comes behind the items, with its code", async () => {
  const node = await started();
  assert.deepEqual(await all(node.client(counter).fails()), [1, "PERMISSION_DENIED"]);
  assert.deepEqual(await all(node.stream("counter/one")), ["INVALID_INPUT"]);
  assert.deepEqual(await all(node.stream("counter/none")), ["NOT_FOUND"]);
  await assert.rejects(node.request("counter/slow"), { code: "INVALID_INPUT" });
});

test("each item has its time, by the virtual clock", async () => {
  const node = await started();
  const late = all(node.stream("counter/slow"));
  await node.clock.advance(30_000);
  assert.deepEqual(await late, [1, "TIMEOUT"]);
});

test("items are checked by the JSON Schema of the output", async () => {
  const node = await started();
  ended.length = 0;
  const seen: unknown[] = [];
  await assert.rejects(
    async () => {
      for await (const n of node.client(counter).even(200)) seen.push(n);
    },
    {
      code: "HANDLER_FAILED",
      message: /item 100 of action counter\/even does not fit/,
    },
  );
  assert.equal(seen.length, 100);
  await node.settled();
  assert.deepEqual(ended, ["even"]);
});

test("a fallback reads what is sent only if the handler has not begun to", async () => {
  const node = await started();
  const sum = (reads: boolean): Promise<unknown> =>
    node.request(
      "counter/sum",
      { reads },
      {
        input: (async function* () {
          yield 1;
          yield 2;
        })(),
      },
    );
  assert.deepEqual(await sum(false), ["OVERLOADED", 1, 2]);
  assert.deepEqual(await sum(true), ["OVERLOADED", "INVALID_INPUT"]);
});
