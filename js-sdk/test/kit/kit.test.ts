// The test kit itself; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import {
  action,
  type Context,
  defineService,
  Node,
  type RunarError,
  type ServiceDefinition,
} from "runar-ts";
import { describe, example, TestNode, type TestNodeOptions, test } from "runar-ts/test";

async function started(
  service: ServiceDefinition | (() => ServiceDefinition),
  options: TestNodeOptions = {},
): Promise<TestNode> {
  const node = new TestNode(options);
  node.addService(service);
  await node.start();
  return node;
}

const failed = (promise: Promise<unknown>): Promise<RunarError> =>
  promise.then(
    (value) => assert.fail(`resolved to ${JSON.stringify(value)}`),
    (error: RunarError) => error,
  );

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const REAL = "00000000-0000-4000-8000-000000000000";

const payments = defineService({
  name: "payments",
  path: "payments",
  actions: {
    charge: action({
      input: { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] },
      output: {
        type: "object",
        properties: {
          id: { type: "string", format: "uuid" },
          amount: { type: "integer", minimum: 1 },
        },
        required: ["id", "amount"],
      },
      handler: async ({ amount }: { amount: number }) => ({ id: REAL, amount }),
    }),
    refund: (id: string, amount: number) => `${id} ${amount}`,
    silent: () => 1,
  },
});

const shop = defineService({
  name: "shop",
  path: "shop",
  actions: {
    async buy(amount: number, ctx: Context) {
      const { id } = await ctx.client(payments).charge({ amount });
      await ctx.publish("sold", { id, amount });
      return id;
    },
  },
});

describe("the clock", () => {
  const slow = {
    name: "s",
    path: "slow",
    actions: {
      go: async (ms: number, ctx: Context) => {
        const began = Date.now();
        await sleep(ms);
        return [Date.now() - began, ctx.remaining(), new Date().toISOString().slice(17)];
      },
      never: (ctx: Context) =>
        new Promise((_, reject) => {
          ctx.signal.addEventListener("abort", () => {
            aborted.push((ctx.signal.reason as Error).message);
            reject(ctx.signal.reason);
          });
        }),
    },
  };
  const aborted: string[] = [];

  test("stands still until it is moved, for handlers and their timers", async () => {
    const node = await started(slow);
    const answer = node.request("slow/go", [1_000], { timeout: 5_000 });
    await node.clock.advance(999);
    assert.equal(node.calls.last("slow/go")?.took, undefined);
    await node.clock.advance(1);
    assert.deepEqual(await answer, [1_000, 4_000, "01.000Z"]);
    assert.equal(node.calls.last("slow/go")?.took, 1_000);
  });

  test("ends requests and waits at their time, and aborts their handlers", async () => {
    const node = await started(slow);
    const late = failed(node.request("slow/never", null, { timeout: 200 }));
    const missed = failed(node.on("never/comes", { timeout: 300 }));
    await node.clock.advance(200);
    assert.equal((await late).message, "request slow/never timed out after 200 ms");
    await node.settled();
    assert.deepEqual(aborted, ["the deadline of slow/never has passed"]);
    await node.clock.advance(100);
    assert.equal((await missed).message, "no event never/comes within 300 ms");
    assert.equal(node.clock.waiting, 0);
  });

  test("ends what is retained", async () => {
    const node = await started({ name: "r", path: "r" });
    await node.publish("r/a", 1, { retainFor: 1_000 });
    await node.clock.advance(999);
    assert.equal((await node.on("r/a", { includePast: true })).payload, 1);
    await node.clock.advance(1);
    assert.equal(await node.clearRetainedEventsMatching("r/a"), 0);
  });

  test("is not that of the test", async () => {
    const node = await started({ name: "r", path: "r", actions: { now: () => Date.now() } });
    assert.equal(await node.request("r/now"), Date.UTC(2026, 0, 1));
    assert.notEqual(Date.now(), node.clock.now);
    await sleep(2);
  });

  test("moves on by itself if it is told to", async () => {
    const node = await started(slow, { autoAdvance: true });
    const [took] = await node.request<number[]>("slow/go", [10_000]);
    assert.equal(took, 10_000);
  });

  test("runs intervals until they are cleared", async () => {
    const ticks: number[] = [];
    let timer: ReturnType<typeof setInterval> | undefined;
    const node = await started({
      name: "i",
      path: "i",
      start: () => {
        timer = setInterval(() => ticks.push(Date.now() - Date.UTC(2026, 0, 1)), 100);
      },
      stop: () => clearInterval(timer),
    });
    await node.clock.advance(350);
    await node.stop();
    assert.deepEqual(ticks, [100, 200, 300]);
  });
});

describe("records", () => {
  test("have calls and events, with who made them", async () => {
    const node = new TestNode();
    node.addService(payments);
    node.addService(shop);
    await node.start();
    assert.equal(await node.client(shop).buy(5), REAL);
    await failed(node.request("shop/buy", { amuont: 5 }));
    const charge = node.calls.last("payments/charge");
    assert.deepEqual(
      [charge?.input, charge?.result, charge?.caller],
      [{ amount: 5 }, { id: REAL, amount: 5 }, "shop/buy"],
    );
    assert.deepEqual(
      node.calls.of("shop/*").map((call) => [call.caller, call.error?.code]),
      [
        ["", undefined],
        ["", "INVALID_INPUT"],
      ],
    );
    const sold = node.events.last("shop/>");
    assert.deepEqual(
      [sold?.payload, sold?.publisher, sold?.matched],
      [{ id: REAL, amount: 5 }, "shop/buy", 0],
    );
    assert.equal(node.events.all.length, 1);
    node.calls.clear();
    assert.equal(node.calls.count(">"), 0);
  });

  test("have what handlers of events threw, and the log", async () => {
    const node = await started({
      name: "l",
      path: "l",
      events: {
        "l/bad": (_, ctx) => {
          ctx.warn("careful");
          throw new RangeError("no");
        },
      },
    });
    await node.publish("l/bad", 1, { ack: "handled" });
    const [failure] = node.events.last("l/bad")?.failures ?? [];
    assert.equal((failure as Error).message, "no");
    assert.deepEqual(
      node.logs.map(({ level, message }) => [level, message.split("\n")[0]]),
      [
        ["warn", "careful"],
        ["error", "event l/bad for l/bad failed: RangeError: no"],
      ],
    );
  });
});

describe("a fake", () => {
  test("answers what it is given, by path", async () => {
    const node = await started(shop);
    await node.fake("payments", { charge: { id: "fake" } });
    assert.equal(await node.request("shop/buy", 5), "fake");
    assert.equal(node.events.count("shop/sold"), 1);
  });

  test("takes what the real one takes, and answers from its schema", async () => {
    const node = await started(shop, { seed: 7 });
    await node.fake(payments, { refund: (id, amount) => `${id} ${amount * 2}` });
    const client = node.client(payments);
    const { id, amount } = await client.charge({ amount: 1 });
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.ok(Number.isInteger(amount) && amount >= 1);
    assert.equal(await client.refund("r", 2), "r 4");
    const wrong = await failed(node.request("payments/charge", { amount: "5" }));
    assert.equal(wrong.code, "INVALID_INPUT");
    assert.deepEqual((wrong.data as { issues: unknown }).issues, [
      { path: "amount", message: "must be number, it is string", keyword: "type" },
    ]);
    const silent = await failed(client.silent());
    assert.match(silent.message, /the fake of payments\/silent has no result/);
    assert.throws(() => node.fake(payments, { chrage: 1 } as never), /no action chrage to fake/);
  });

  test("gives the same examples for the same seed", async () => {
    const schema = {
      type: "object",
      properties: {
        name: { type: "string", minLength: 3, maxLength: 8 },
        age: { type: "integer", minimum: 18, maximum: 20 },
        tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 2 },
        mail: { type: "string", format: "email" },
        pet: { $ref: "#/$defs/pet" },
        step: { type: "number", multipleOf: 0.5, exclusiveMinimum: 1, maximum: 2 },
      },
      required: ["name", "age", "tags", "mail", "pet", "step"],
      additionalProperties: false,
      $defs: { pet: { anyOf: [{ type: "null" }, { const: "cat" }] } },
    };
    for (let seed = 1; seed <= 50; seed++) {
      const value = example(schema, seed) as { age: number };
      assert.ok(value.age >= 18 && value.age <= 20);
      assert.deepEqual(value, example(schema, seed));
    }
    assert.throws(() => example({ type: "string", pattern: "^x{40}$" }), /found no example/);
    assert.throws(() => example({ type: "string", unevaluatedItems: false }), /unevaluatedItems/);
  });
});

describe("faults", () => {
  const counter = (): ServiceDefinition => {
    let count = 0;
    return {
      name: "c",
      path: "counter",
      actions: {
        add: (by: number) => {
          count += by;
          return count;
        },
        slowly: async (ctx: Context) => {
          await ctx.request("add", 0);
          await sleep(50);
          count += 100;
          await ctx.publish("late", count);
          return count;
        },
      },
      events: { "counter/added": () => {} },
    };
  };

  test("a script that ends fails what waits for it, and comes back anew", async () => {
    const node = await started(counter);
    assert.equal(await node.request("counter/add", 5), 5);
    const waiting = failed(node.request("counter/slowly"));
    await node.clock.advance(1);
    node.end("counter");
    const queued = failed(node.request("counter/add", 5));
    assert.equal((await waiting).code, "CONTEXT_GONE");
    assert.equal(
      (await queued).message,
      'service "counter" is away: its script was ended and is being loaded anew',
    );
    await node.clock.advance(10);
    assert.equal(await node.request("counter/add", 5), 5);
    await node.clock.advance(1_000);
    assert.equal(node.events.count("counter/late"), 0); // the old script did nothing more
    assert.throws(() => node.end("nobody"), /there is no service "nobody"/);
  });

  test("a full queue is told to each sender", async () => {
    const node = await started(counter, { faults: { full: 1 } });
    const { code, message } = await failed(node.request("counter/add", 1));
    assert.deepEqual(
      [code, message],
      ["OVERLOADED", "the queue of counter/add is full; try again later"],
    );
    const receipt = await node.publish("counter/added");
    assert.deepEqual(
      [receipt.matched, receipt.queued, receipt.refusals],
      [1, 0, [{ pattern: "counter/added", reason: "FULL" }]],
    );
  });

  test("the bound of the queue is that of the configuration", async () => {
    const node = await started(counter, { config: { limits: { queuedCallbacks: 2 } } });
    const answers = await Promise.allSettled([1, 1, 1].map((n) => node.request("counter/add", n)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected"],
    );
  });

  /** Two callers who each send three; what the service saw, in its order. */
  const order = async (seed: number): Promise<string[]> => {
    const seen: string[] = [];
    const node = await started(
      { name: "o", path: "o", actions: { note: (text: string) => void seen.push(text) } },
      { seed, autoAdvance: true, faults: { reorder: true, delay: { probability: 0.5, max: 20 } } },
    );
    await Promise.all(
      ["a", "b"].flatMap((caller) =>
        node.as(caller, () => [1, 2, 3].map((n) => node.request("o/note", `${caller}${n}`))),
      ),
    );
    await node.stop();
    return seen;
  };

  test("callers overtake each other, never themselves, and the same way for a seed", async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const seen = await order(seed);
      orders.add(seen.join());
      assert.deepEqual(
        seen.filter((text) => text.startsWith("a")),
        ["a1", "a2", "a3"],
      );
      assert.deepEqual(
        seen.filter((text) => text.startsWith("b")),
        ["b1", "b2", "b3"],
      );
      assert.deepEqual(await order(seed), seen);
    }
    assert.ok(orders.size > 5, `${orders.size} orders`);
  });

  test("exploring finds a lost update, names its seed, and replays it", async () => {
    const lossy = (): ServiceDefinition => {
      let count = 0;
      return {
        name: "l",
        path: "lossy",
        actions: {
          read: () => count,
          add: async (by: number, ctx: Context) => {
            const before = await ctx.request<number>("read");
            count = before + by;
            return count;
          },
        },
      };
    };
    const run = async (node: TestNode): Promise<void> => {
      node.addService(lossy);
      await node.start();
      for (const caller of ["a", "b"]) {
        node.as(caller, () => void node.request("lossy/add", 1));
      }
      await node.clock.advance(1_000);
      assert.equal(await node.request("lossy/read"), 2);
    };
    const options = { faults: { delay: { probability: 0.3, max: 10 }, reorder: true } };
    const error = (await TestNode.explore(50, run, options).then(
      () => assert.fail("every seed passed"),
      (reason: unknown) => reason,
    )) as Error;
    const seed = Number(/seed (\d+) fails; replay it with/.exec(error.message)?.[1]);
    assert.match(error.message, /run {6}request lossy\/add/);
    const again = (await TestNode.explore([seed], run, options).catch((e: unknown) => e)) as Error;
    assert.equal(again.message, error.message);
    await assert.rejects(TestNode.explore([], run), /how many seeds/);
  });

  test("whatever goes wrong, every sender is told, and the service comes back", async () => {
    const codes = new Set<string>();
    await TestNode.explore(
      30,
      async (node) => {
        node.addService(counter);
        await node.start();
        const asked = Array.from({ length: 10 }, (_, i) =>
          node.as(`caller ${i}`, () => node.request("counter/slowly")),
        );
        const told = node.publish("counter/added", 1, { ack: "handled" });
        for (const answer of await Promise.allSettled(asked)) {
          codes.add(answer.status === "fulfilled" ? "ok" : (answer.reason as RunarError).code);
        }
        const { matched, queued, refused, handled, failed: lost } = await told;
        assert.deepEqual([queued + refused, handled + lost], [matched, queued]);
        await node.clock.advance(60_000);
        const state = await node.request("$registry/services/counter/state");
        assert.deepEqual(state, { state: "RUNNING" });
      },
      {
        faults: {
          delay: { probability: 0.3, max: 30 },
          reorder: true,
          full: 0.1,
          death: 0.05,
          restartAfter: 5,
        },
      },
    );
    assert.deepEqual([...codes].sort(), ["CONTEXT_GONE", "OVERLOADED", "ok"]);
  });

  test("exploring ends a test that waits for ever", async () => {
    const forever = TestNode.explore([3], () => new Promise(() => {}), { patience: 20 });
    await assert.rejects(forever, /has not ended after 20 ms\nseed 3 fails/);
  });
});

describe("a test node", () => {
  test("is a Node, and refuses what it does not have", async () => {
    const node = await started({ name: "s", path: "s", actions: { hi: () => node.networkId } });
    assert.ok(node instanceof Node);
    assert.equal(await node.request("s/hi"), "default");
    assert.throws(() => node.as("x", () => node.broker.send("id", 1)), /TestNode has no clients/);
    assert.throws(() => new TestNode({ sede: 1 } as never), /TestNode has no option sede/);
    assert.throws(() => new TestNode({ faults: { deth: 1 } as never }), /faults have no deth/);
    assert.throws(() => new TestNode({ faults: { full: 5 } }), /a probability from 0 to 1/);
    assert.throws(() => new TestNode({ config: { requestTimeuot: 1 } as never }), {
      code: "CONFIG",
      message: /unknown key "requestTimeuot"; did you mean "requestTimeout"\?/,
    });
  });

  test("can be there several times at once", async () => {
    const other = {
      name: "o",
      path: "o",
      actions: { ask: (ctx: Context) => ctx.request("who/is") },
    };
    const nodes = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const node = new TestNode();
        node.addService({ name: "w", path: "who", actions: { is: () => n } });
        node.addService(other);
        await node.start();
        return node;
      }),
    );
    assert.deepEqual(await Promise.all(nodes.map((node) => node.request("o/ask"))), [1, 2, 3]);
  });

  test("says that it has stopped", async () => {
    const node = await started({
      name: "s",
      path: "s",
      actions: { never: () => new Promise(() => {}) },
    });
    const waiting = failed(node.request("s/never"));
    await node.stop();
    assert.equal((await waiting).code, "SHUTDOWN");
    assert.equal((await failed(node.request("s/never"))).code, "SHUTDOWN");
  });

  test("loads an app that makes its own node", async () => {
    const node = new TestNode();
    await node.load(() => import("./app.js"));
    assert.equal(await node.request("app/twice", 4), 8);
    assert.equal(await node.request("app/through", 4), 8);
    await assert.rejects(
      node.load(async () => {}),
      /the app made no Node/,
    );
    await node.stop();
  });
});
