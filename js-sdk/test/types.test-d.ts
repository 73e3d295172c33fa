import { expectTypeOf, test } from "vitest";
import {
  type ActionDefinition,
  action,
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
