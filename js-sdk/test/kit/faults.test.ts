// What can go wrong by the fault plan; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import type { Context, RunarError, ServiceDefinition } from "runar-ts";
import { describe, TestNode, test } from "runar-ts/test";
import { failed, sleep, started } from "./kit-tools.js";

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
