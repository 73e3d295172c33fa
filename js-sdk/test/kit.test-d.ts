import { expectTypeOf, test } from "vitest";
import { action, type Context, defineService, Node, type StandardSchema } from "../src/index.js";
import { type RecordedCall, TestNode } from "../src/test/index.js";

const shop = defineService({
  name: "shop",
  path: "shop",
  actions: {
    add: (a: number, b: number, _ctx: Context) => a + b,
    pay: action({
      input: {} as StandardSchema<{ amount: number }>,
      handler: async ({ amount }) => ({ paid: amount }),
    }),
  },
});

const node = new TestNode({ seed: 7, faults: { delay: { probability: 1, max: 5 } } });

test("a test node is a node", () => {
  expectTypeOf(node).toExtend<Node>();
  expectTypeOf(node.client(shop).add(1, 2)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error no such option
  new TestNode({ sede: 7 });
  // @ts-expect-error no such fault
  new TestNode({ faults: { deth: 1 } });
  // @ts-expect-error a plain node has no clock
  new Node().clock;
});

test("fakes take and answer what the real actions do", () => {
  node.fake(shop);
  node.fake(shop, { add: 5, pay: { paid: 1 } });
  node.fake(shop, {
    add: (a, b) => a * b,
    pay: ({ amount }, ctx) => {
      expectTypeOf(amount).toEqualTypeOf<number>();
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return { paid: amount };
    },
  });
  node.fake("anything", { at: 1, all: () => "x" });
  // @ts-expect-error no such action
  node.fake(shop, { ad: 5 });
  // @ts-expect-error the result is a number
  node.fake(shop, { add: "5" });
  // @ts-expect-error the result has another field
  node.fake(shop, { pay: async () => ({ payed: 1 }) });
});

test("records have the types that are asked for", () => {
  expectTypeOf(node.calls.last("shop/pay")?.input).toEqualTypeOf<unknown>();
  const calls = node.calls.of<RecordedCall<{ amount: number }, { paid: number }>>("shop/pay");
  expectTypeOf(calls[0]?.result).toEqualTypeOf<{ paid: number } | undefined>();
});
