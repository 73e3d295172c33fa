// Reloads and health by the virtual clock; runs in Vitest and under `runar test`.
import assert from "node:assert/strict";
import { type Context, defineService, type Node, type ServiceDefinition } from "runar-ts";
import { TestNode, test } from "runar-ts/test";

interface Answer {
  readonly ready: boolean;
  readonly details: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly ms: number;
}

const health = (node: Node, path: string): Promise<Answer> =>
  node.request<Answer>(`$health/services/${path}`);

/** A counter whose script begins anew: what it was made from, and what it was told. */
function counters(steps: unknown[] = []): () => ServiceDefinition {
  let made = 0;
  return () => {
    const script = ++made;
    let count = 0;
    return defineService({
      name: "counter",
      path: "counter",
      actions: {
        add: (by: number) => {
          count += by;
          return [script, count];
        },
        slow: async (_ctx: Context) => {
          await new Promise((done) => setTimeout(done, 100));
          return script;
        },
      },
      events: { reset: () => steps.push(`reset ${script}`) },
      start: async () => {
        await new Promise((done) => setTimeout(done, 10));
        steps.push(`start ${script}`);
      },
      stop: () => steps.push(`stop ${script}`),
      state: {
        save: () => ({ count }),
        restore: (saved: { count: number }) => {
          steps.push(`restore ${script}`);
          count = saved.count;
        },
      },
    });
  };
}

test("a reload hands the state on, and what waits meanwhile", async () => {
  const steps: string[] = [];
  const node = new TestNode({ autoAdvance: true });
  await node.addService(counters(steps));
  await node.start();
  assert.deepEqual(await node.request("counter/add", 5), [1, 5]);

  const slow = node.request("counter/slow");
  await new Promise((later) => setTimeout(later, 0));
  const reloaded = node.reload("counter");
  const waited = node.request("counter/add", 1);
  const event = node.publish("counter/reset", null, { ack: "handled" });
  await reloaded;

  assert.deepEqual(await waited, [2, 6]);
  assert.equal((await event).handled, 1);
  assert.equal(await slow, 1);
  assert.deepEqual(await node.request("counter/add", 1), [2, 7]);
  assert.deepEqual(steps.slice(0, 3), ["start 1", "restore 2", "start 2"]);
  assert.deepEqual(steps.slice(3).sort(), ["reset 2", "stop 1"]);
});

test("if the new version does not start, the old one goes on", async () => {
  const make = counters();
  let broken = false;
  const node = new TestNode({ autoAdvance: true });
  await node.addService(() => {
    const made = make();
    return broken ? { ...made, start: () => Promise.reject(new Error("no database")) } : made;
  });
  await node.start();
  await node.request("counter/add", 2);
  broken = true;

  const reloaded = node.reload("counter");
  const waited = node.request("counter/add", 1);
  await assert.rejects(reloaded, { message: /no database/ });

  assert.deepEqual(await waited, [1, 3]);
  assert.equal((await node.publish("counter/reset", null, { ack: "handled" })).handled, 1);
});

test("a script that ends while it is loaded anew comes back, and gets every event once", async () => {
  const steps: string[] = [];
  const node = new TestNode();
  await node.addService(counters(steps));
  const begun = node.start();
  await node.clock.advance(10);
  await begun;

  const reloaded = node.reload("counter");
  const failed = assert.rejects(reloaded, { code: "CONTEXT_GONE" });
  await node.settled();
  await assert.rejects(node.reload("counter"), { code: "NOT_RUNNING", message: /loaded anew/ });
  node.end("counter");
  await failed;
  await node.clock.advance(50);

  assert.deepEqual(await node.request("counter/add", 1), [3, 1]);
  assert.equal((await node.publish("counter/reset", null, { ack: "handled" })).matched, 1);
});

test("only a service that can be made anew is loaded anew", async () => {
  const node = new TestNode();
  await node.addService({ name: "s", path: "s" });
  await node.start();
  await assert.rejects(node.reload("s"), {
    name: "TypeError",
    message: /"s" cannot be made anew: add it as a function/,
  });
  await assert.rejects(node.reload("t"), { code: "NOT_FOUND" });
});

test("a health that does not answer is late after 5 s, and is asked again after 1 s", async () => {
  let asked = 0;
  const node = new TestNode({ autoAdvance: true });
  await node.addService({
    name: "s",
    path: "s",
    health: () => (++asked === 1 ? new Promise(() => {}) : { asked }),
  });
  await node.start();
  const late = await health(node, "s");
  assert.deepEqual([late.ready, late.error?.code, late.ms], [false, "TIMEOUT", 5_000]);
  assert.equal(late.error?.message, "health has not answered within 5000 ms");
  await health(node, "s");
  assert.equal(asked, 1);
  await node.clock.advance(1_000);
  assert.deepEqual((await health(node, "s")).details, { asked: 2 });
});

test("who waits in vain for what it depends on is in error, and says for what", async () => {
  const node = new TestNode({ config: { dependencyTimeout: 2_000 } });
  await node.addService({ name: "db", path: "db", version: "2.0.0" });
  await node.addService({ name: "n", path: "needs", dependsOn: ["db@^1", "auth"] });
  await node.start();
  const told = async () => {
    const { state, problem } = await node.request<{ state: string; problem: string }>(
      "$registry/services/needs",
    );
    return [state, problem];
  };
  assert.deepEqual(await told(), [
    "INITIALIZED",
    "waits for db@^1 (there is 2.0.0), auth (not there)",
  ]);
  await node.addService({ name: "auth", path: "auth" });
  await node.clock.advance(2_000);
  assert.deepEqual(await told(), ["ERROR", "waited 2000 ms in vain for db@^1 (there is 2.0.0)"]);
});
