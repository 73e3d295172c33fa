import { beforeEach, describe, expect, test } from "vitest";
import { action, type Context, defineService, Node, NotFoundError } from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

const shop = defineService({
  name: "shop",
  path: "shop",
  actions: {
    add: (a: number, b: number) => a + b,
    greet: (name: string, greeting = "Hello", ctx?: Context) => [name, greeting, ctx !== undefined],
    save: (user: { name: string }) => user.name,
    total: ({ prices }: { prices: number[] }) => prices.length,
    pay: action({ handler: (input: { amount: number }, ctx) => [input, ctx.meta] }),
    none: () => "nothing",
    // biome-ignore lint/suspicious/noThenProperty: an action may have any name
    then: () => 1,
    outer: async (ctx: Context) => ctx.client(shop).add(1, 2),
    "orders/{id}": () => 1,
  },
});

async function started(): Promise<Node> {
  const node = new Node();
  await node.addService(shop);
  await node.start();
  return node;
}

describe("a client of a definition", () => {
  test("requests each form of action", async () => {
    const client = (await started()).client(shop);
    expect(await client.add(5, 3)).toBe(8);
    expect(await client.greet("Ann")).toEqual(["Ann", "Hello", true]);
    expect(await client.greet("Ann", "Hi", { timeout: 5 })).toEqual(["Ann", "Hi", true]);
    expect(host.lastOptions["request"]).toEqual({ timeout: 5 });
    expect(await client.save({ name: "Ann" })).toBe("Ann");
    expect(await client.total({ prices: [1, 2] })).toBe(2);
    expect(await client.pay({ amount: 1 }, { meta: { a: "b" } })).toEqual([
      { amount: 1 },
      { a: "b" },
    ]);
    expect(await client.none()).toBe("nothing");
    expect(await client.none({ timeout: 9 })).toBe("nothing");
    expect(host.lastOptions["request"]).toEqual({ timeout: 9 });
  });

  test("is made by contexts too", async () => {
    expect(await (await started()).client(shop).outer()).toBe(3);
    expect(host.lastOptions["request"]).toMatchObject({ timeout: 30_000 });
  });

  test("addresses a version and a network", async () => {
    const paths: string[] = [];
    const node = new Node();
    const request = async (path: string): Promise<never> => paths.push(path) as never;
    Object.assign(node, { request });
    await node.client(shop, { version: "^2" }).none();
    await node.client({ ...shop, networkId: "blue" }).none();
    expect(paths).toEqual(["shop@^2/none", "blue:shop/none"]);
  });

  test("says what there is instead of an unknown action", async () => {
    const client = (await started()).client(shop) as unknown as Record<
      string,
      (...given: unknown[]) => unknown
    >;
    expect(() => client["ad"]).toThrow(
      new TypeError(
        "service shop has no action ad that a client can call; it has add, greet, save, total, pay, none, then, outer, orders/{id}; did you mean add?",
      ),
    );
    expect(() => client["orders/{id}"]).toThrow("call it by path, with node.request");
    expect(() => client["add"]?.(1, 2, {}, 4)).toThrow(
      "shop/add takes a, b, and options; it was given 4 values",
    );
  });

  test("is no promise, and can be looked at", async () => {
    const client = (await started()).client(shop);
    expect(await Promise.resolve(client)).toBe(client);
    expect(JSON.stringify(client)).toBe("{}");
    expect(Object.keys(client)).toContain("add");
    expect(Object.isFrozen(client)).toBe(true);
    expect(`${Object.keys(client)}`).not.toContain("then");
  });

  test("of anything else is refused", () => {
    const node = new Node();
    expect(() => node.client(5 as never)).toThrow("a client is of a service definition");
    expect(() => node.client(shop, { versoin: "1" } as never)).toThrow("it has version");
  });
});

describe("a client of a path", () => {
  async function withRegistry(): Promise<Node> {
    const node = await started();
    const request = node.request.bind(node);
    const described = {
      actions: [
        { name: "add", params: ["a", "b"] },
        { name: "save", params: ["user"] },
        { name: "total", params: null },
        { name: "none", params: [] },
        { name: "pay", params: null },
      ],
    };
    Object.assign(node, {
      request: async (path: string, payload: unknown, options: object) =>
        path === "$registry/services/shop" ? described : request(path, payload, options),
    });
    return node;
  }

  test("learns from the node how each action takes its arguments", async () => {
    const client = (await withRegistry()).client<typeof shop>("shop");
    expect(await client.add(5, 3)).toBe(8);
    expect(await client.save({ name: "Ann" })).toBe("Ann");
    expect(await client.total({ prices: [1] })).toBe(1);
    expect(await client.none({ timeout: 7 })).toBe("nothing");
    expect(host.lastOptions["request"]).toEqual({ timeout: 7 });
    expect(await Promise.resolve(client)).toBe(client);
  });

  test("leaves it to the request to say what is wrong", async () => {
    const missing = new Node().client("nowhere");
    await expect(missing["a"]?.(1)).rejects.toBeInstanceOf(NotFoundError);
  });

  test("reads a stream, and says so to whoever awaits it", async () => {
    const node = new Node();
    const request = async (): Promise<unknown> => ({
      actions: [
        { name: "ticks", params: null, stream: true },
        { name: "one", params: null },
      ],
    });
    const stream = async function* (path: string, payload: unknown): AsyncGenerator<unknown> {
      yield [path, payload];
    };
    Object.assign(node, { request, stream });
    const client = node.client("clock") as unknown as {
      readonly ticks: (n: number) => AsyncIterable<unknown>;
      readonly one: (n: number) => AsyncIterable<unknown>;
    };
    const seen: unknown[] = [];
    for await (const item of client.ticks(3)) {
      seen.push(item);
    }
    expect(seen).toEqual([["clock/ticks", 3]]);
    await expect(client.ticks(3)).rejects.toThrow("clock/ticks is a stream");
    await expect(client.one(3)[Symbol.asyncIterator]().next()).rejects.toThrow(
      "clock/one is no stream",
    );
  });
});
