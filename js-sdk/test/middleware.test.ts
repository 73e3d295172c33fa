import { beforeEach, describe, expect, test } from "vitest";
import {
  action,
  ConfigError,
  type Context,
  type EventContext,
  Node,
  type ServiceDefinition,
  ValidationError,
} from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

const positive = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: (value: unknown) =>
      (value as number) > 0
        ? { value: value as number }
        : { issues: [{ message: "not positive" }] },
  },
};

describe("middleware", () => {
  test("stands around actions in the order of use, outside validation and hooks", async () => {
    const order: string[] = [];
    const node = new Node();
    for (const name of ["outer", "inner"]) {
      node.use({
        async action(ctx, next) {
          order.push(`${name} ${ctx.path} ${String(ctx.payload)}`);
          const result = await next();
          order.push(`${name} after`);
          return result;
        },
      });
    }
    await node.addService({
      name: "s",
      path: "s",
      actions: {
        half: action({
          input: positive,
          handler: (n: number) => {
            order.push(`handler ${n}`);
            return n / 2;
          },
        }),
      },
      hooks: { before: { half: () => void order.push("before") } },
    });
    expect(await node.request("s/half", 8)).toBe(4);
    expect(order).toEqual([
      "outer default:s/half 8",
      "inner default:s/half 8",
      "before",
      "handler 8",
      "inner after",
      "outer after",
    ]);
    order.length = 0;
    await expect(node.request("s/half", -1)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(order).toEqual(["outer default:s/half -1", "inner default:s/half -1"]);
  });

  test("changes input, result, reply meta and identity; answers and fails by itself", async () => {
    const node = new Node().use({
      async action(ctx, next) {
        const { b } = ctx.payload as { b?: number };
        if (b === 0) return "by itself";
        if (b === 13) return ctx.fail("PERMISSION_DENIED", "not 13");
        ctx.identify({ user: ctx.headers["user"] ?? "nobody" });
        ctx.replyMeta.set("seen", "yes");
        return [await next({ ...(ctx.payload as object), a: 10 })];
      },
    });
    await node.addService({
      name: "s",
      path: "s",
      actions: {
        add: (a: number, b: number, ctx: Context) =>
          `${a + b} for ${JSON.stringify(ctx.identity)} ${"identify" in ctx}`,
      },
    });
    const told: unknown[] = [];
    const options = { headers: { user: "ada" }, onMeta: (meta: unknown) => told.push(meta) };
    expect(await node.request("s/add", { a: 1, b: 2 }, options)).toEqual([
      '12 for {"user":"ada"} false',
    ]);
    expect(told).toEqual([{ seen: "yes" }]);
    expect(await node.request("s/add", { a: 1, b: 0 })).toBe("by itself");
    await expect(node.request("s/add", { a: 1, b: 13 })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });

  test("stands around events, requests, publications and definitions", async () => {
    const seen: unknown[] = [];
    const node = new Node().use({
      event: (ctx, next) => next([ctx.topic, ctx.payload]),
      request: async ({ path, options }, next) => {
        const result = await next({ options: { ...options, meta: { from: path } } });
        return `${String(result)}!`;
      },
      publish: (event, next) => next({ topic: `${event.topic}/x` }),
      service: (service, next) =>
        next({ ...service, actions: { ...service.actions, ping: () => "pong" } }),
    });
    await node.addService({
      name: "s",
      path: "s",
      actions: {
        meta: (ctx: Context) => ctx.meta["from"],
        async nested(ctx: Context) {
          await ctx.publish("happened", 5);
          return ctx.request("ping");
        },
      },
      events: { "s/happened/*": (payload: unknown, ctx: EventContext) => seen.push(payload, ctx) },
    });
    expect(await node.request("s/meta")).toBe("s/meta!");
    expect(await node.request("s/nested")).toBe("pong!!");
    expect(seen[0]).toEqual(["s/happened/x", 5]);
    await node.subscribe("a/>", (payload) => seen.push(payload));
    await node.publish("a/b", 6);
    expect(seen.at(-1)).toEqual(["a/b/x", 6]);
  });

  test("can try again", async () => {
    let tries = 0;
    const node = new Node().use({
      request: (_, next) => next().catch(() => next()),
    });
    await node.addService({
      name: "s",
      path: "s",
      actions: {
        f() {
          tries++;
          if (tries === 1) throw new Error("first");
          return tries;
        },
      },
    });
    expect(await node.request("s/f")).toBe(2);
  });

  test("comes before what it is around", async () => {
    const late = new Node();
    void late.addService({ name: "s", path: "s" });
    expect(() => late.use({})).toThrow(ConfigError);
    expect(() => late.use({})).toThrow("node.use comes after addService");
    const subscribed = new Node();
    await subscribed.subscribe("a", () => {});
    expect(() => subscribed.use({})).toThrow("after subscribe");
  });

  test.each<[unknown, string]>([
    [null, "a middleware is an object"],
    [
      { actions: () => {} },
      'unknown key actions; it may have action, event, request, publish, service; did you mean "action"?',
    ],
    [{ event: 5 }, "event of a middleware is not a function but number"],
  ])("%j is refused", (given, message) => {
    expect(() => new Node().use(given as never)).toThrow(ValidationError);
    expect(() => new Node().use(given as never)).toThrow(message);
  });
});

describe("hooks", () => {
  const started = async (
    actions: NonNullable<ServiceDefinition["actions"]>,
    hooks: NonNullable<ServiceDefinition["hooks"]>,
  ): Promise<Node> => {
    const node = new Node();
    await node.addService({ name: "s", path: "s", actions, hooks });
    return node;
  };

  test("run before and after, those of * outside", async () => {
    const order: string[] = [];
    const node = await started(
      { add: (a: number, b: number) => a + b, other: () => 1 },
      {
        before: {
          "*": () => void order.push("before *"),
          add: [
            (_, input: { a: number; b: number }) => ({ ...input, a: input.a + 1 }),
            async (_, input: { a: number; b: number }) => ({ ...input, b: input.b + 1 }),
          ],
        },
        after: {
          add: (ctx, sum: number) => `${ctx.path} ${sum}`,
          "*": (_, result: unknown) => void order.push(`after * ${String(result)}`),
        },
      },
    );
    expect(await node.request("s/add", { a: 1, b: 2 })).toBe("default:s/add 5");
    expect(await node.request("s/other")).toBe(1);
    expect(order).toEqual(["before *", "after * default:s/add 5", "before *", "after * 1"]);
  });

  test("answer an error or change it", async () => {
    const boom = (): never => {
      throw new TypeError("boom");
    };
    const node = await started(
      { answered: boom, changed: boom, passed: boom, denied: () => 1 },
      {
        before: { denied: (ctx) => ctx.fail("PERMISSION_DENIED", "no") },
        error: {
          answered: (_, error: Error) => error.message.length,
          changed: (ctx, error: Error) => ctx.fail("NOT_FOUND", "gone", 5, { cause: error }),
          "*": (_, error: Error) => void error.message,
        },
      },
    );
    expect(await node.request("s/answered")).toBe(4);
    await expect(node.request("s/changed")).rejects.toMatchObject({ code: "NOT_FOUND", data: 5 });
    await expect(node.request("s/passed")).rejects.toMatchObject({ name: "TypeError" });
    await expect(node.request("s/denied")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  test.each<[object, string]>([
    [
      { befor: {} },
      'service s: hooks has an unknown key befor; it may have before, after, error; did you mean "before"?',
    ],
    [
      { before: { addd: () => {} } },
      'hooks.before.addd: the service has no action addd; did you mean "add"?',
    ],
    [{ after: { add: [5] } }, "hooks.after.add is not a function but number"],
    [{ error: () => {} }, "hooks.error is not an object of functions by action"],
  ])("%j are refused", async (hooks, message) => {
    const node = new Node();
    const added = node.addService({ name: "s", path: "s", actions: { add: () => 1 }, hooks });
    await expect(added).rejects.toThrow(message);
    await expect(added).rejects.toBeInstanceOf(ValidationError);
  });
});
