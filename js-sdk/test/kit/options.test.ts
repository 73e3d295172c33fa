// What follows from options with time, by the virtual clock; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import { action, type Context, defineService, type ServiceDefinition } from "runar-ts";
import { TestNode, test } from "runar-ts/test";

async function started(...services: ServiceDefinition[]): Promise<TestNode> {
  const node = new TestNode();
  for (const service of services) {
    await node.addService(service);
  }
  await node.start();
  return node;
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

test("a result is kept as long as its ttl", async () => {
  let made = 0;
  const node = await started(
    defineService({
      name: "s",
      path: "s",
      actions: { read: action({ cache: { ttl: 1_000 }, handler: () => ++made }) },
    }),
  );
  assert.equal(await node.request("s/read"), 1);
  await node.clock.advance(999);
  assert.equal(await node.request("s/read"), 1);
  await node.clock.advance(1);
  assert.equal(await node.request("s/read"), 2);
});

test("a breaker lets some try after its time", async () => {
  let isDown = true;
  const node = await started(
    defineService({
      name: "s",
      path: "s",
      actions: {
        go: action({
          breaker: { window: 2, openFor: 5_000, trials: 1 },
          handler: () => {
            if (isDown) throw new Error("down");
          },
        }),
      },
    }),
  );
  const go = () => code(node.request("s/go"));
  assert.deepEqual(
    [await go(), await go(), await go()],
    ["HANDLER_FAILED", "HANDLER_FAILED", "OVERLOADED"],
  );
  await node.clock.advance(5_000);
  assert.deepEqual([await go(), await go()], ["HANDLER_FAILED", "OVERLOADED"]);
  await node.clock.advance(5_000);
  isDown = false;
  assert.deepEqual([await go(), await go()], ["ok", "ok"]);
});

test("a retry waits by the clock, and not beyond the deadline", async () => {
  const at: number[] = [];
  const node = await started(
    defineService({
      name: "s",
      path: "s",
      actions: {
        busy: action({
          retry: { attempts: 5, backoff: 100, jitter: 0 },
          idempotent: true,
          handler: (_: unknown, ctx: Context) => {
            at.push(Date.now());
            ctx.fail("OVERLOADED", "busy");
          },
        }),
      },
    }),
  );
  const begin = node.clock.now;
  const result = code(node.request("s/busy", null, { timeout: 500 }));
  await node.clock.advance(500);
  assert.equal(await result, "OVERLOADED");
  assert.deepEqual(
    at.map((time) => time - begin),
    [0, 100, 300],
  );
});

test("whoever waits for a place and gives up leaves the queue", async () => {
  const node = await started(
    defineService({
      name: "s",
      path: "s",
      actions: {
        slow: action({
          concurrency: { max: 1, queue: 1 },
          handler: (n: number) => new Promise((resolve) => setTimeout(() => resolve(n), 1_000)),
        }),
      },
    }),
  );
  const first = node.request("s/slow", 1);
  const second = code(node.request("s/slow", 2, { timeout: 100 }));
  assert.equal(await code(node.request("s/slow", 3)), "OVERLOADED");
  await node.clock.advance(100);
  assert.equal(await second, "TIMEOUT");
  const fourth = node.request("s/slow", 4);
  await node.clock.advance(2_000);
  assert.deepEqual([await first, await fourth], [1, 4]);
});

test("a line that is full drops the oldest, or keeps the latest of each topic", async () => {
  const node = await started();
  for (const [overflow, wanted] of [
    ["drop-oldest", ["a1", "b2", "a3"]],
    ["keep-latest", ["a1", "a3", "b2"]],
  ] as const) {
    const seen: string[] = [];
    await node.subscribe(
      `${overflow}/*`,
      async (what: string) => {
        seen.push(what);
        await new Promise((resolve) => setTimeout(resolve, 10));
      },
      { order: "serial", overflow, maxWaiting: 2 },
    );
    const publish = (topic: string, what: string) =>
      node.publish(`${overflow}/${topic}`, what, { ack: "handled" });
    const receipts = [publish("a", "a1")];
    await node.settled();
    receipts.push(publish("a", "a2"), publish("b", "b2"), publish("a", "a3"));
    await node.clock.advance(100);
    const failed = (await Promise.all(receipts)).map((receipt) => receipt.failed);
    assert.deepEqual([seen, failed], [wanted, [0, 1, 0, 0]]);
  }
});

test("an event that nobody acknowledges fails when its time is over", async () => {
  const node = await started();
  await node.subscribe("manual/x", () => {}, { ack: "manual", timeout: 50 });
  const receipt = node.publish("manual/x", 1, { ack: "handled" });
  await node.clock.advance(50);
  assert.equal((await receipt).failed, 1);
  const [failure] = node.events.last("manual/x")?.failures ?? [];
  assert.equal((failure as { code: string } | undefined)?.code, "TIMEOUT");
});

test("replay takes those that are young enough", async () => {
  const node = await started();
  await node.publish("past/a", "old", { retainFor: 60_000 });
  await node.clock.advance(1_000);
  await node.publish("past/a", "young", { retainFor: 60_000 });
  const seen: unknown[] = [];
  await node.subscribe("past/a", (what) => seen.push(what), { replay: 500 });
  await node.settled();
  assert.deepEqual(seen, ["young"]);
});

test("a call that may be tried again survives the end of its script", async () => {
  const node = await started(
    defineService({
      name: "s",
      path: "s",
      actions: {
        go: action({
          retry: { attempts: 3, backoff: 20, jitter: 0 },
          idempotent: true,
          handler: (_: unknown, ctx: Context) =>
            ctx.attempt === 1 ? new Promise(() => {}) : ctx.attempt,
        }),
      },
    }),
  );
  const result = node.request("s/go");
  await node.settled();
  node.end("s");
  await node.clock.advance(100);
  assert.equal(await result, 2);
});

test("instances that are not there are told", async () => {
  const node = await started({ name: "v", path: "v", version: "1.0.0", instances: 4 });
  assert.match(node.logs[0]?.message ?? "", /one instance of a service, not the 4 of v/);
});
