import { expectTypeOf, test } from "vitest";
import {
  type ActionDefinition,
  action,
  type ClientMethod,
  Context,
  type Delivery,
  defineError,
  defineService,
  type ErrorCode,
  type Event,
  EventContext,
  type EventDefinition,
  event,
  type Member,
  Node,
  type PastEvent,
  type PublishReceipt,
  RunarError,
  type Session,
  type StandardSchema,
  socket,
  stream,
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

test("an app of the broker is typed", () => {
  const app = node.broker.app("chat");
  const channel = app.channel("presence-a");
  expectTypeOf(channel.publish("e", { n: 1 }, { except: "1.2" })).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error unknown option
  channel.publish("e", 1, { exept: "1.2" });
  expectTypeOf(channel.presence<{ name: string }>()).toEqualTypeOf<
    Promise<Member<{ name: string }>[]>
  >();
  expectTypeOf(channel.history<number>()).toEqualTypeOf<Promise<PastEvent<number>[]>>();
  expectTypeOf(app.user("7").disconnect()).toEqualTypeOf<Promise<number>>();
  app.hooks({
    onConnect: (client) => {
      expectTypeOf(client.origin).toEqualTypeOf<string | null>();
    },
    onSubscribe: async ({ channel: name, userId }, ctx) => {
      expectTypeOf(userId).toEqualTypeOf<string | null>();
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      return name.startsWith("private-");
    },
    onClientEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>() === undefined,
    onDisconnect: ({ code }) => expectTypeOf(code).toEqualTypeOf<number>(),
  });
  // @ts-expect-error a hook says yes or no
  app.hooks({ onConnect: () => "yes" });
  node.broker.apps(async ({ key }) => (key === undefined ? null : { id: "1", key, secret: "s" }));
  // @ts-expect-error an app has a key
  node.broker.apps(() => ({ id: "1", secret: "s" }));
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

test("a stream has the item type that its caller or its definition names", () => {
  const items = node.stream<number>("math/count", { to: 3 }, { readAhead: 8, timeout: 100 });
  expectTypeOf(items).toEqualTypeOf<AsyncIterableIterator<number>>();
  expectTypeOf(node.stream("math/count")).toEqualTypeOf<AsyncIterableIterator<unknown>>();
  // @ts-expect-error a stream is read, not awaited for one result
  node.stream<number>("math/count").then;
  // @ts-expect-error how far ahead is a number
  node.stream("math/count", null, { readAhead: "8" });
  // @ts-expect-error a request has one result and reads nothing ahead
  node.request("math/add", [1, 2], { readAhead: 8 });
});

const feed = defineService({
  name: "feed",
  path: "feed",
  actions: {
    ticks: stream({
      handler: async function* ({ to }: { to: number }) {
        yield new Date(to);
      },
    }),
    words: stream({
      input: {} as StandardSchema<{ text: string }>,
      handler: ({ text }) => text.split(" "),
    }),
    async *plain(count: number) {
      yield count;
    },
  },
});

test("a client of a stream reads its items", async () => {
  const client = node.client(feed);
  expectTypeOf(client.ticks({ to: 3 })).toEqualTypeOf<AsyncIterable<Date>>();
  expectTypeOf(client.words({ text: "a b" })).toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf(client.plain(3, { readAhead: 4 })).toEqualTypeOf<AsyncIterable<number>>();
  for await (const tick of client.ticks({ to: 3 }, { readAhead: 1, timeout: 50 })) {
    expectTypeOf(tick).toEqualTypeOf<Date>();
  }
  // @ts-expect-error a field is wrong
  client.ticks({ to: "3" });
  // @ts-expect-error it takes an input
  client.words();
  // @ts-expect-error no such option
  client.plain(3, { readAhaed: 4 });
});

test("a stream has neither cache nor retry nor fallback", () => {
  const handler = async function* () {
    yield 1;
  };
  stream({ concurrency: 2, breaker: {}, takesStream: true, handler });
  // @ts-expect-error items are not kept
  stream({ cache: { ttl: 5 }, handler });
  // @ts-expect-error what was read is not read again
  stream({ retry: 3, handler });
  // @ts-expect-error it answers with items
  stream({ handler: () => 5 });
});

test("an event has options and the payload of its handler", () => {
  type Order = { readonly id: number };
  const placed = event({
    group: "workers",
    order: "serial",
    retry: { attempts: 5, backoff: 200 },
    deadLetter: "order/unhandled",
    overflow: "drop-oldest",
    maxWaiting: 10,
    replay: 5_000,
    handler: (order: Order, ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<EventContext>();
      ctx.nack(new RunarError("OVERLOADED", `not ${order.id}`));
    },
  });
  expectTypeOf(placed).toEqualTypeOf<EventDefinition<Order>>();
  defineService({ name: "o", path: "o", events: { placed, "order/*": (_: Order) => {} } });
  node.subscribe("order/*", (_: Order) => {}, { group: "workers", ack: "manual" });
  // @ts-expect-error a handler is needed
  event({ order: "serial" });
  // @ts-expect-error no such order
  event({ order: "seriell", handler: () => {} });
  // @ts-expect-error no such policy
  event({ overflow: "block", handler: () => {} });
  // @ts-expect-error a misspelt key
  event({ retry: { atempts: 3 }, handler: () => {} });
  // @ts-expect-error a topic is a text
  node.subscribe("order/*", () => {}, { deadLetter: true });
});

test("errors are declared by classes of defineError, whose data has a type", () => {
  const NoStock = defineError<{ left: number }>("TypesNoStock");
  action({ errors: [NoStock, { name: "Late", description: "too late" }], handler: () => 1 });
  const error = new NoStock("sold out", { data: { left: 0 } });
  expectTypeOf(error).toExtend<RunarError>();
  expectTypeOf(error.data.left).toEqualTypeOf<number>();
  // @ts-expect-error the data has another form
  new NoStock("sold out", { data: { right: 0 } });
  // @ts-expect-error a name alone is no error
  action({ errors: ["NoStock"], handler: () => 1 });
});

test("a request takes a signal, meta and headers", () => {
  const { signal } = new AbortController();
  const options = {
    signal,
    timeout: 100,
    meta: { tenant: "a" },
    headers: { "x-hop": "1" },
    onMeta: (meta: Readonly<Record<string, string>>) => void meta["cost"],
  };
  node.request("math/add", [1, 2], options);
  node.client(shop).add(1, 2, options);
  node.client(shop).pay({ amount: 1 }, options);
  // @ts-expect-error a signal is no flag
  node.request("math/add", [1, 2], { signal: true });
  // @ts-expect-error meta has texts
  node.client(shop).add(1, 2, { meta: { tenant: 5 } });
  // @ts-expect-error headers have texts
  node.client(shop).add(1, 2, { headers: ["x-hop"] });
});

test("sessions of a socket have the identity that its accept returns", () => {
  const live = socket({
    accept: async ({ query, headers, protocols }) => {
      expectTypeOf(query["token"]).toEqualTypeOf<string | undefined>();
      expectTypeOf(headers["cookie"]).toEqualTypeOf<string | undefined>();
      expectTypeOf(protocols).toEqualTypeOf<readonly string[]>();
      return { user: "ann" };
    },
    open: (session) => expectTypeOf(session.identity).toEqualTypeOf<{ user: string }>(),
    message: (session, data) => {
      expectTypeOf(session.identity.user).toEqualTypeOf<string>();
      expectTypeOf(data).toEqualTypeOf<string | Uint8Array>();
      // @ts-expect-error the identity has no name
      session.identity.name;
    },
  });
  defineService({ name: "s", path: "s", sockets: { "/live": live } });
  defineService({
    name: "s",
    path: "s",
    sockets: {
      "/live": { message: (session) => expectTypeOf(session.identity).toEqualTypeOf<unknown>() },
    },
  });
  // @ts-expect-error there is no connect
  socket({ connect: () => {}, message: () => {} });
});
