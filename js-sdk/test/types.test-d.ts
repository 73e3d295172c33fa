import { expectTypeOf, test } from "vitest";
import {
  type ActionDefinition,
  action,
  type ClientMethod,
  Context,
  type Delivery,
  defineService,
  type ErrorCode,
  type Event,
  EventContext,
  Node,
  type PublishReceipt,
  RunarError,
  type Session,
  type StandardSchema,
} from "../src/index.js";

const node = new Node({});

test("the target example", () => {
  node.addService({
    name: "math-service",
    path: "math",
    actions: {
      add: (a: number, b: number, ctx: Context) => {
        ctx.logger.debug("adding");
        return a + b;
      },
    },
  });
  expectTypeOf(node.start()).toEqualTypeOf<Promise<void>>();
});

test("configuration keys are known", () => {
  new Node({ server: { port: 3000 }, logging: { level: "debug" } });
  // @ts-expect-error the port belongs to the server
  new Node({ port: 3000 });
  // @ts-expect-error durations are numbers
  new Node({ requestTimeout: "5s" });
});

test("contexts are types and values", () => {
  expectTypeOf<Context["meta"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
  expectTypeOf<Context["deadline"]>().toEqualTypeOf<Date>();
  expectTypeOf<EventContext["topic"]>().toEqualTypeOf<string>();
  const thing: unknown = null;
  if (thing instanceof Context) {
    expectTypeOf(thing).toEqualTypeOf<Context>();
    expectTypeOf(thing.fail("NOT_FOUND", "m")).toEqualTypeOf<never>();
  }
  // @ts-expect-error contexts are made by the SDK
  new EventContext();
});

test("requests and events have the type the caller names", () => {
  expectTypeOf(node.request("a/b")).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(node.request<number>("a/b", { a: 1 })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(node.publish("a/b", 1)).toEqualTypeOf<Promise<PublishReceipt>>();
  expectTypeOf(node.on<{ n: number }>("a/b")).toEqualTypeOf<Promise<Event<{ n: number }>>>();
  node.subscribe<{ n: number }>("a/b", (payload, ctx) => {
    expectTypeOf(payload).toEqualTypeOf<{ n: number }>();
    expectTypeOf(ctx).toEqualTypeOf<EventContext>();
  });
  // @ts-expect-error unknown option
  node.publish("a/b", 1, { retain: 5 });
  expectTypeOf(node.broker.send("id", "x")).toEqualTypeOf<Delivery>();
  expectTypeOf(node.broker.group("g").send("x")).toEqualTypeOf<number>();
});

test("a definition keeps its own type", () => {
  const math = defineService({
    name: "m",
    path: "math",
    actions: { add: ({ a, b }: { a: number; b: number }) => a + b },
    events: { "math/*": (payload: number, ctx) => [payload, ctx.topic] },
  });
  expectTypeOf(math.path).toEqualTypeOf<"math">();
  expectTypeOf(math.actions.add).parameter(0).toEqualTypeOf<{ a: number; b: number }>();
  // @ts-expect-error a service has a path
  defineService({ name: "m" });
  // @ts-expect-error a handler is a function
  defineService({ name: "m", path: "m", actions: { add: "no" } });
});

test("what a service saves is what it restores", () => {
  const counter = defineService({
    name: "c",
    path: "counter",
    state: { save: () => ({ count: 1 }), restore: ({ count }: { count: number }) => count },
  });
  expectTypeOf(counter.state.save).returns.toEqualTypeOf<{ count: number }>();
  expectTypeOf<Session["carriedOver"]>().toEqualTypeOf<boolean>();
  // @ts-expect-error both halves are needed
  defineService({ name: "c", path: "counter", state: { save: () => 1 } });
});

test("an action's input comes from its schema", () => {
  const text = {} as StandardSchema<{ text: string }>;
  const typebox = {} as { readonly type: "object"; readonly static: { n: number } };
  const fromStandard = action({ input: text, handler: (input) => input.text.length });
  const fromTypebox = action({ input: typebox, handler: async ({ n }) => String(n) });
  const fromHandler = action({ input: { type: "number" }, handler: (n: number) => n });
  expectTypeOf(fromStandard).toEqualTypeOf<ActionDefinition<{ text: string }, number>>();
  expectTypeOf(fromTypebox).toEqualTypeOf<ActionDefinition<{ n: number }, string>>();
  expectTypeOf(fromHandler).toEqualTypeOf<ActionDefinition<number, number>>();
  // @ts-expect-error the handler must take what the schema admits
  action({ input: text, handler: (input: number) => input });
});

test("an action's options have types of their own", () => {
  const text = {} as StandardSchema<{ text: string }>;
  action({
    input: text,
    retry: { attempts: 3, backoff: 50 },
    concurrency: { max: 2, queue: 10 },
    cache: { ttl: 1_000, keys: ["text"] },
    errors: [RunarError, { name: "Late" }],
    http: "GET /texts/{text}",
    handler: (input) => input.text.length,
    fallback: (input, error, ctx) => {
      expectTypeOf(input).toEqualTypeOf<{ text: string }>();
      expectTypeOf(error).toEqualTypeOf<RunarError>();
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return 0;
    },
  });
  // @ts-expect-error a misspelt key
  action({ retry: { atempts: 3 }, handler: () => 1 });
  // @ts-expect-error how often is not left out
  action({ retry: { backoff: 3 }, handler: () => 1 });
  // @ts-expect-error no such visibility
  action({ visibility: "hidden", handler: () => 1 });
  // @ts-expect-error a fallback gives what the handler gives
  action({ handler: (n: number) => n, fallback: () => "none" });
});

test("codes are a closed list", () => {
  expectTypeOf(new RunarError("TIMEOUT", "m").code).toEqualTypeOf<ErrorCode>();
  // @ts-expect-error no such code
  new RunarError("NOPE", "m");
});

const shop = defineService({
  name: "shop",
  path: "shop",
  actions: {
    add: (a: number, b: number, _ctx: Context) => a + b,
    twice: async (text: string) => text + text,
    greet: (name: string, greeting?: string) => `${greeting} ${name}`,
    maybe: (name: string, _ctx?: Context) => name,
    now: (_ctx: Context) => new Date(0),
    total: ({ prices }: { prices: number[] }) => prices.length,
    pay: action({
      input: {} as StandardSchema<{ amount: number }>,
      handler: async ({ amount }) => ({ paid: amount }),
    }),
    ping: action({ handler: () => "pong" as const }),
    async *ticks(count: number) {
      yield count;
    },
    "orders/{id}": (_ctx: Context) => 1,
  },
});

test("a client has the actions of its definition", () => {
  const client = node.client(shop);
  expectTypeOf(client.add(5, 3)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(client.add(5, 3, { timeout: 100, meta: { a: "b" } })).toEqualTypeOf<
    Promise<number>
  >();
  expectTypeOf(client.twice("a")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(client.greet("Ann")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(client.greet("Ann", "Hi", { timeout: 1 })).toEqualTypeOf<Promise<string>>();
  expectTypeOf(client.maybe("Ann", { timeout: 1 })).toEqualTypeOf<Promise<string>>();
  expectTypeOf(client.now()).toEqualTypeOf<Promise<Date>>();
  expectTypeOf(client.total({ prices: [1] })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(client.pay({ amount: 1 }, { timeout: 5 })).toEqualTypeOf<
    Promise<{ paid: number }>
  >();
  expectTypeOf(client.ping()).toEqualTypeOf<Promise<"pong">>();
  expectTypeOf(client.ticks(3)).toEqualTypeOf<AsyncIterable<number>>();
});

test("a client refuses what its definition does not take", () => {
  const client = node.client(shop, { version: "^2" });
  // @ts-expect-error no such action
  client.ad(5, 3);
  // @ts-expect-error a number is missing
  client.add(5);
  // @ts-expect-error not a number
  client.add("5", 3);
  // @ts-expect-error no such option
  client.add(5, 3, { timeuot: 100 });
  // @ts-expect-error durations are numbers
  client.add(5, 3, { timeout: "5s" });
  // @ts-expect-error it takes nothing but the context, which is the node's
  client.now(5);
  // @ts-expect-error a field is missing
  client.pay({});
  // @ts-expect-error a field is wrong
  client.pay({ amount: "1" });
  // @ts-expect-error the input of an action is one value
  client.pay(1, 2);
  // @ts-expect-error the result is a number
  const text: Promise<string> = client.add(5, 3);
  void text;
  // @ts-expect-error a template needs a path
  client["orders/{id}"]();
  // @ts-expect-error a stream is no promise
  client.ticks(3).then;
  // @ts-expect-error no such option of a client
  node.client(shop, { versoin: "2" });
});

test("a client by path takes the type of the definition", () => {
  expectTypeOf(node.client<typeof shop>("shop").add(1, 2)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(node.client("shop")["anything"]?.(1, "a")).toEqualTypeOf<
    Promise<unknown> | undefined
  >();
  // @ts-expect-error the definition has another path
  node.client<typeof shop>("shp");
  // @ts-expect-error no such action
  node.client<typeof shop>("shop").ad(1, 2);
});

test("a stream that is defined as one is an AsyncIterable of its items", () => {
  type Ticks = {
    readonly kind: "stream";
    readonly handler: (input: { to: number }, ctx: Context) => AsyncIterable<Date> | Iterable<Date>;
  };
  expectTypeOf<ClientMethod<Ticks>>().returns.toEqualTypeOf<AsyncIterable<Date>>();
  expectTypeOf<ClientMethod<Ticks>>().parameter(0).toEqualTypeOf<{ to: number }>();
});

test("contexts make clients too", () => {
  defineService({
    name: "n",
    path: "n",
    actions: {
      f: async (ctx: Context) => {
        expectTypeOf(ctx.client(shop).add(1, 2)).toEqualTypeOf<Promise<number>>();
      },
    },
    events: {
      "a/b": (_: unknown, ctx) => {
        expectTypeOf(ctx.client<typeof shop>("shop").ping()).toEqualTypeOf<Promise<"pong">>();
      },
    },
  });
});
