import { beforeEach, describe, expect, test } from "vitest";
import { EventContext, LifecycleContext, Node } from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

describe("an event", () => {
  test("reaches a handler with exactly two arguments", async () => {
    const node = new Node();
    const calls: unknown[][] = [];
    const id = await node.subscribe("math/*", (...args: unknown[]) => calls.push(args));
    const receipt = await node.publish("math/added", { sum: 8 }, { ack: "handled" });
    expect(calls).toEqual([[{ sum: 8 }, expect.any(EventContext)]]);
    expect((calls[0]?.[1] as EventContext | undefined)?.topic).toBe("math/added");
    expect(receipt).toMatchObject({ matched: 1, queued: 1, refused: 0 });
    expect(await node.unsubscribe(id)).toBe(true);
    expect(await node.publish("math/added")).toMatchObject({ matched: 0 });
  });

  test("that is waited for is not missed by a publish that follows at once", async () => {
    const node = new Node();
    const event = node.on<{ n: number }>("a/b", { timeout: 1_000 });
    const same = node.once("a/>");
    await node.publish("a/b", { n: 1 });
    expect(await event).toEqual({
      id: 1,
      topic: "a/b",
      payload: { n: 1 },
      timestamp: 1_700_000_000_000,
    });
    expect(await same).toMatchObject({ topic: "a/b" });
  });

  test("is published by a service below its own path", async () => {
    const node = new Node();
    const topics: string[] = [];
    await node.subscribe(">", (_payload, ctx) => topics.push(ctx.topic));
    await node.addService({
      name: "c",
      path: "counter",
      events: {
        "go/now": async (_payload: unknown, ctx: EventContext) => {
          await ctx.publish("value", 1);
          await ctx.publish("other/value", 2);
          await ctx.publish("net:other/value", 3);
        },
      },
    });
    await node.publish("go/now");
    expect(topics).toEqual(["go/now", "counter/value", "other/value", "net:other/value"]);
  });

  test("of a service in another network goes there", async () => {
    const node = new Node();
    const topics: string[] = [];
    await node.subscribe(">", (_payload, ctx) => topics.push(ctx.topic));
    await node.addService({
      name: "c",
      path: "c",
      networkId: "blue",
      start: async (ctx: LifecycleContext) => {
        await ctx.publish("value", ctx instanceof LifecycleContext);
      },
    });
    await node.start();
    expect(topics).toEqual(["blue:c/value"]);
  });

  test("needs a function as handler", async () => {
    await expect(new Node().subscribe("a/b", "x" as never)).rejects.toThrow(
      "the handler of a/b is not a function but string",
    );
  });
});

describe("options are checked", () => {
  test.each<[string, (node: Node) => Promise<unknown>, string]>([
    [
      "unknown",
      (n) => n.publish("a/b", 1, { retain: 5 } as never),
      "publish has no option retain; it has ack, retainFor",
    ],
    [
      "ack",
      (n) => n.publish("a/b", 1, { ack: "all" as never }),
      'option ack of publish must be "queued" or "handled"',
    ],
    [
      "zero timeout",
      (n) => n.request("a/b", 1, { timeout: 0 }),
      "must be more than 0 milliseconds",
    ],
    [
      "NaN timeout",
      (n) => n.on("a/b", { timeout: Number.NaN }),
      "must be a number of milliseconds",
    ],
    [
      "meta",
      (n) => n.request("a/b", 1, { meta: { a: 1 as never } }),
      "must be an object of strings",
    ],
  ])("%s", async (_, run, message) => {
    await expect(run(new Node())).rejects.toThrow(message);
  });

  test("and the configuration by the host", () => {
    expect(() => new Node({ prot: 1 } as never)).toThrow(
      expect.objectContaining({ code: "CONFIG" }) as Error,
    );
  });
});
