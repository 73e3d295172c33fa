// The test kit itself; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import { action, type Context, defineService, Node } from "runar-ts";
import { describe, example, TestNode, test } from "runar-ts/test";
import { failed, sleep, started } from "./kit-tools.js";

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

describe("a test node", () => {
  test("is a Node, and refuses what it does not have", async () => {
    const node = await started({ name: "s", path: "s", actions: { hi: () => node.networkId } });
    assert.ok(node instanceof Node);
    assert.equal(await node.request("s/hi"), "default");
    assert.equal(
      node.as("x", () => node.broker.send("id", 1)),
      "CLOSED",
    );
    assert.throws(() => new TestNode({ sede: 1 } as never), /TestNode has no option sede/);
    assert.throws(() => new TestNode({ faults: { deth: 1 } as never }), /faults have no deth/);
    assert.throws(() => new TestNode({ faults: { full: 5 } }), /a probability from 0 to 1/);
    assert.throws(() => new TestNode({ config: { requestTimeuot: 1 } as never }), {
      code: "CONFIG",
      message: /unknown key "requestTimeuot"; did you mean "requestTimeout"\?/,
    });
  });

  test("has apps without clients", async () => {
    const node = new TestNode();
    const app = node.broker.app("chat");
    const heard: unknown[] = [];
    await node.subscribe("$app/chat/*", (payload) => heard.push(payload));
    await app.hooks({ onSubscribe: ({ channel }) => channel !== "private-boss" });
    await node.broker.apps(({ id }) => (id === "1" ? { id, key: "k", secret: "s" } : null));
    await node.start();
    await app.channel("news").publish("said", { text: "hi" }, { except: "1.2" });
    await app.user("7").send("order", "ready");
    const users: unknown[] = [];
    await node.subscribe("$app/chat/#server-to-user-auth0%007c42", (data) => users.push(data));
    await app.user("auth0|42").send("order", 1);
    assert.deepEqual(users, [{ event: "order", data: "1" }]);
    assert.deepEqual(heard, [
      { socketId: "1.2", event: "said", data: '{"text":"hi"}' },
      { event: "order", data: "ready" },
      { event: "order", data: "1" },
    ]);
    const nothing = { publications: [], offset: 0, epoch: "none" };
    assert.deepEqual(await node.broker.channel("chat/1").history(), nothing);
    const invalid = { code: "INVALID_INPUT" };
    await assert.rejects(app.channel("news").presence(), invalid);
    for (const name of ["", "pusher:pong", "pusher_internal:x", "n".repeat(201)]) {
      await assert.rejects(app.channel("news").publish(name), invalid, name);
    }
    for (const name of ["", "a b", "#x", "#server-to-user-", "n".repeat(201), "news\n"]) {
      await assert.rejects(app.channel(name).publish("said"), invalid, name);
      await assert.rejects(app.channel(name).history(), invalid, name);
    }
    for (const id of ["", "a\n", "\ud83d", "|".repeat(160)]) {
      await assert.rejects(app.user(id).send("said"), invalid, id);
    }
    await app.user("|".repeat(156)).send("said");
    assert.equal(heard.length, 4);
    assert.deepEqual(await app.channel("presence-a").presence(), []);
    assert.deepEqual(await app.channel("cache-a").history(), []);
    assert.equal(await app.user("7").disconnect(), 0);
    assert.equal(await node.request("$hooks-chat/subscribe", { channel: "private-boss" }), false);
    assert.equal(await node.request("$hooks-chat/subscribe", { channel: "news" }), true);
    assert.deepEqual(await node.request("$apps/find", { id: "1" }), {
      id: "1",
      key: "k",
      secret: "s",
    });
    assert.equal(await node.request("$apps/find", { id: "2" }), null);
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
