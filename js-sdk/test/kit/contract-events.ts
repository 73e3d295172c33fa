// Events: who gets them, and what becomes of those that fail.
import assert from "node:assert/strict";
import { type Context, type EventContext, event, type Node } from "runar-ts";
import { type Define, tools } from "./contract-tools.js";

export function eventContract(test: Define, node: () => Node): void {
  const { add, refused } = tools(node);

  test("every matching handler gets an event, with its real topic", async () => {
    const seen: unknown[] = [];
    const note = (payload: unknown, ctx: EventContext) =>
      seen.push([payload, ctx.topic, ctx.pathParams]);
    await add({
      name: "h",
      path: "hears",
      actions: { tell: (text: string, ctx: Context) => ctx.publish("told", text) },
      events: { told: note, "hears/*": note },
    });
    const id = await node().subscribe("hears/{what}", note);
    const rest = await node().subscribe("hears/>", note);
    await node().request("hears/tell", "hi");
    const receipt = await node().publish("hears/told", { n: 1 }, { ack: "handled" });
    const counts = { matched: 4, queued: 4, refused: 0, handled: 4, failed: 0, clients: 0 };
    const { id: eventId, refusals, ...others } = receipt;
    assert.deepEqual(others, counts);
    assert.deepEqual(refusals, []);
    assert.ok(eventId > 0);
    assert.deepEqual(seen, [
      ["hi", "hears/told", {}],
      ["hi", "hears/told", {}],
      ["hi", "hears/told", { what: "told" }],
      ["hi", "hears/told", {}],
      [{ n: 1 }, "hears/told", {}],
      [{ n: 1 }, "hears/told", {}],
      [{ n: 1 }, "hears/told", { what: "told" }],
      [{ n: 1 }, "hears/told", {}],
    ]);
    assert.equal(await node().unsubscribe(id), true);
    assert.equal(await node().unsubscribe(id), false);
    await node().unsubscribe(rest);
    assert.equal((await node().publish("hears/told")).matched, 2);
    assert.equal((await node().publish("heard/told")).matched, 0);
  });

  test("a handler that throws is counted, and the next event still comes", async () => {
    const seen: unknown[] = [];
    const id = await node().subscribe<number>("throws/now", (n) => {
      seen.push(n);
      if (n === 1) {
        throw new Error("once");
      }
    });
    const first = await node().publish("throws/now", 1, { ack: "handled" });
    const second = await node().publish("throws/now", 2, { ack: "handled" });
    assert.deepEqual([first.handled, first.failed], [0, 1]);
    assert.deepEqual([second.handled, second.failed], [1, 0]);
    assert.deepEqual(seen, [1, 2]);
    await node().unsubscribe(id);
  });

  test("retained events come first and in order, until they are cleared", async () => {
    await node().publish("kept/a", 1, { retainFor: 60_000 });
    await node().publish("kept/b", 2, { retainFor: 60_000 });
    await node().publish("kept/c", 3);
    const seen: unknown[] = [];
    const id = await node().subscribe("kept/*", (n, ctx) => seen.push([ctx.topic, n]), {
      includePast: true,
    });
    await node().publish("kept/a", 4, { ack: "handled" });
    assert.deepEqual(seen, [
      ["kept/a", 1],
      ["kept/b", 2],
      ["kept/a", 4],
    ]);
    await node().unsubscribe(id);
    const past = await node().on<number>("kept/b", { includePast: true });
    assert.deepEqual([past.topic, past.payload], ["kept/b", 2]);
    assert.equal(await node().clearRetainedEventsMatching("kept/>"), 2);
    assert.equal(await node().clearRetainedEventsMatching("kept/>"), 0);
  });

  test("an event that is waited for is not missed by a publish that follows at once", async () => {
    const event = node().on<{ n: number }>("awaited/*");
    void node().publish("awaited/now", { n: 1 });
    const { topic, payload, id } = await event;
    assert.deepEqual([topic, payload], ["awaited/now", { n: 1 }]);
    assert.ok(id > 0);
  });

  test("an event is tried again, and then goes to where its dead letters go", async () => {
    const tried: unknown[] = [];
    const letters: unknown[] = [];
    await add({
      name: "m",
      path: "mortal",
      events: {
        born: event({
          retry: { attempts: 2, backoff: 1, jitter: 0 },
          deadLetter: "died",
          handler: (n: number, ctx) => {
            tried.push([n, ctx.attempt]);
            if (n === 1 || ctx.attempt === 1) {
              throw new RangeError(`no ${n}`);
            }
          },
        }),
        died: (letter: object) => letters.push(letter),
      },
    });
    const first = await node().publish("mortal/born", 1, { ack: "handled" });
    const second = await node().publish("mortal/born", 2, { ack: "handled" });
    assert.deepEqual([first.handled, first.failed], [0, 1]);
    assert.deepEqual([second.handled, second.failed], [1, 0]);
    assert.deepEqual(tried, [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    assert.deepEqual(letters, [
      {
        id: first.id,
        topic: "mortal/born",
        payload: 1,
        error: { code: "HANDLER_FAILED", name: "RangeError", message: "no 1" },
        attempts: 2,
        subscription: "mortal/born of service mortal",
      },
    ]);
  });

  test("one of a group gets an event, and each has its turn", async () => {
    const seen: string[] = [];
    const ids: number[] = [];
    for (const name of ["a", "b"]) {
      ids.push(await node().subscribe("grouped/x", () => seen.push(name), { group: "workers" }));
    }
    ids.push(await node().subscribe("grouped/*", () => seen.push("all")));
    for (let i = 0; i < 4; i++) {
      const { matched, handled } = await node().publish("grouped/x", i, { ack: "handled" });
      assert.deepEqual([matched, handled], [2, 2]);
    }
    assert.deepEqual(seen.filter((name) => name !== "all").sort(), ["a", "a", "b", "b"]);
    assert.equal(seen.filter((name) => name === "all").length, 4);
    await Promise.all(ids.map((id) => node().unsubscribe(id)));
  });

  test("serial handlers wait for each other, and a full line refuses or gives up", async () => {
    const steps: string[] = [];
    let free: () => void = () => {};
    const slow = (n: number) => {
      steps.push(`${n} begins`);
      return new Promise<void>((resolve) => {
        free = () => {
          steps.push(`${n} ends`);
          resolve();
        };
      });
    };
    const id = await node().subscribe("serial/refuses", slow, { order: "serial", maxWaiting: 1 });
    const publish = (topic: string, n: number) => node().publish(topic, n, { ack: "handled" });
    const first = publish("serial/refuses", 1);
    await node().publish("serial/turn", 0, { ack: "handled" });
    await node().request("$registry/services/list"); // its handler has begun
    const second = publish("serial/refuses", 2);
    const third = await publish("serial/refuses", 3);
    assert.deepEqual([third.queued, third.refusals[0]?.reason], [0, "FULL"]);
    free();
    assert.equal((await first).handled, 1);
    await node().request("$registry/services/list");
    free();
    assert.equal((await second).handled, 1);
    assert.deepEqual(steps, ["1 begins", "1 ends", "2 begins", "2 ends"]);
    await node().unsubscribe(id);
  });

  test("what is acknowledged by hand is handled when its handler says so", async () => {
    const id = await node().subscribe<string>(
      "manual/x",
      (how, ctx) => {
        if (how === "ack") {
          ctx.ack();
        } else if (how === "nack") {
          ctx.nack("no");
        }
      },
      { ack: "manual", timeout: 20 },
    );
    for (const [how, handled, failed] of [
      ["ack", 1, 0],
      ["nack", 0, 1],
    ] as const) {
      const receipt = await node().publish("manual/x", how, { ack: "handled" });
      assert.deepEqual([receipt.handled, receipt.failed], [handled, failed]);
    }
    await node().unsubscribe(id);
  });

  test("an event that nobody else takes is a dead letter of the node", async () => {
    let isBroken = true;
    const seen: unknown[] = [];
    const id = await node().subscribe("buried/*", (payload) => {
      if (isBroken) {
        throw new TypeError("no luck");
      }
      seen.push(payload);
    });
    const kept = async () =>
      (
        await node().request<{ letters: Record<string, unknown>[] }>("$runtime/deadletters")
      ).letters.filter(({ pattern }) => pattern === "buried/*");
    const { id: event } = await node().publish("buried/now", { n: 1 }, { ack: "handled" });
    const [letter] = await kept();
    const { topic, payload, error, attempts } = letter ?? {};
    assert.deepEqual(
      [letter?.["event"], topic, payload, attempts],
      [event, "buried/now", { n: 1 }, 1],
    );
    assert.deepEqual(error, { code: "HANDLER_FAILED", name: "TypeError", message: "no luck" });

    isBroken = false;
    const again = node().request<{ event: number }>("$runtime/deadletters/replay", {
      id: letter?.["id"],
    });
    assert.ok((await again).event > event);
    await node().publish("buried/now", { n: 2 }, { ack: "handled" });
    assert.deepEqual(seen, [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(await kept(), []);

    isBroken = true;
    await node().publish("buried/now", { n: 3 }, { ack: "handled" });
    const [last] = await kept();
    await node().request("$runtime/deadletters/clear", { id: last?.["id"] });
    assert.deepEqual(await kept(), []);
    await refused(
      node().request("$runtime/deadletters/replay", { id: last?.["id"] }),
      "NOT_FOUND",
      `there is no dead letter ${last?.["id"]}`,
    );
    await node().unsubscribe(id);
  });
}
