import { beforeEach, describe, expect, test } from "vitest";
import {
  action,
  Context,
  DuplicateError,
  defineService,
  EventContext,
  LifecycleContext,
  Node,
  NotFoundError,
  RunarError,
  type ServiceDefinition,
  TimeoutError,
  ValidationError,
} from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

const math: ServiceDefinition = {
  name: "math-service",
  path: "math",
  actions: {
    add: (a: number, b: number, ctx: Context) => {
      ctx.logger.debug("adding", { a, b });
      return a + b;
    },
  },
};

describe("the target example", () => {
  test("runs without awaiting addService", async () => {
    const node = new Node({});
    node.addService(math);
    await node.start();
    expect(await node.request("math/add", { a: 5, b: 3 })).toBe(8);
    expect(await node.request("math/add", [5, 4])).toBe(9);
    expect(host.logged).toEqual([
      ["debug", "math", 'adding {"a":5,"b":3}'],
      ["debug", "math", 'adding {"a":5,"b":4}'],
    ]);
    expect(node.urls).toEqual(["http://127.0.0.1:1/"]);
  });
});

describe("an addService that fails", () => {
  test("fails the load of the script when nobody has looked", async () => {
    const node = new Node();
    node.addService(math);
    node.addService(math);
    await expect(host.finishLoading()).rejects.toBeInstanceOf(DuplicateError);
    await expect(host.finishLoading()).resolves.toBeUndefined(); // said once
  });

  test("is start's to tell when that is waiting for it", async () => {
    const node = new Node();
    node.addService(math);
    node.addService(math);
    const started = node.start();
    await expect(host.finishLoading()).resolves.toBeUndefined();
    await expect(started).rejects.toBeInstanceOf(DuplicateError);
  });

  test("and is not awaited is reported by start, once", async () => {
    const node = new Node();
    node.addService(math);
    node.addService({ ...math, name: "second" });
    await new Promise((resolve) => setTimeout(resolve, 5)); // an unhandled rejection would fail the run
    await expect(node.start()).rejects.toBeInstanceOf(DuplicateError);
    await expect(node.start()).resolves.toBeUndefined();
  });

  test("and is awaited is reported there, and start goes on", async () => {
    const node = new Node();
    await node.addService(math);
    await expect(node.addService(math)).rejects.toBeInstanceOf(DuplicateError);
    await expect(node.start()).resolves.toBeUndefined();
  });

  test("twice is reported together", async () => {
    const node = new Node();
    node.addService({ name: "a" } as ServiceDefinition);
    node.addService({ path: "b" } as ServiceDefinition);
    await expect(node.start()).rejects.toThrow(
      "service without a path: path is missing\nservice b: name is missing",
    );
  });
});

describe("a definition is refused", () => {
  test.each<[string, object, string]>([
    ["unknown key", { ...math, action: {} }, "service math has an unknown key action; it may have"],
    ["wrong type", { ...math, events: 5 }, "service math: events is not of type object"],
    [
      "string handler",
      { ...math, actions: { add: "x" } },
      "action math/add is not a function but string",
    ],
    [
      "null handler",
      { ...math, actions: { add: null } },
      "action math/add is not a function but null",
    ],
    [
      "event handler",
      { ...math, events: { "a/b": 1 } },
      "service math: event a/b is not a function",
    ],
    [
      "rest",
      { ...math, actions: { f: (...a: number[]) => a } },
      "parameter names of action math/f",
    ],
    [
      "socket",
      { ...math, sockets: { "/x": {} } },
      "socket /x: message is not a function but undefined",
    ],
    ["action key", { ...math, actions: { f: { handler() {}, inputs: {} } } }, "unknown key inputs"],
    [
      "timeout",
      { ...math, actions: { f: action({ timeout: -1, handler: () => 1 }) } },
      "the timeout of action math/f must be more than 0",
    ],
    ["no instances", { ...math, instances: 0 }, "instances must be a whole number from 1 to"],
    ["half an instance", { ...math, instances: 1.5 }, "it is 1.5"],
    ["key", { ...math, key: 5 }, "service math: key is not of type string"],
    [
      "key of an action",
      { ...math, actions: { f: action({ key: "", handler: () => 1 }) } },
      "the key of action math/f must be the name of a field",
    ],
  ])("%s", async (_, service, message) => {
    const added = new Node().addService(service as ServiceDefinition);
    await expect(added).rejects.toThrow(message);
    await expect(added).rejects.toBeInstanceOf(ValidationError);
  });

  test("null", async () => {
    await expect(new Node().addService(null as never)).rejects.toThrow("a service is an object");
  });
});

test("the host gets what chooses between instances", async () => {
  await new Node().addService({
    name: "n",
    path: "p",
    instances: 3,
    key: "user",
    actions: { a: action({ key: "room", handler: () => 1 }) },
  });
  expect(host.definition).toMatchObject({
    instances: 3,
    key: "user",
    actions: [{ name: "a", key: "room" }],
  });
});

test("the host gets the definition", async () => {
  const node = new Node();
  await node.addService({
    name: "n",
    path: "p",
    version: "1.2.3",
    actions: {
      a: (x: number, ctx: Context) => [x, ctx.path],
      b: ({ x }: { x: number }) => x,
      c: action({
        description: "d",
        input: { type: "string" },
        timeout: 9,
        handler: (s: string) => s,
      }),
      constructor: () => 1,
    },
    events: { "p/*": () => {} },
    sockets: { "/live": { message() {} } },
  });
  expect(host.definition).toEqual({
    name: "n",
    path: "p",
    version: "1.2.3",
    description: "",
    networkId: "",
    actions: [
      { name: "a", description: "", params: ["x"] },
      { name: "b", description: "", params: null },
      { name: "c", description: "d", params: null, timeout: 9, input: { type: "string" } },
      { name: "constructor", description: "", params: [] },
    ],
    events: [{ pattern: "p/*" }],
    sockets: ["/live"],
  });
});

describe("an action", () => {
  const started = async (actions: NonNullable<ServiceDefinition["actions"]>): Promise<Node> => {
    const node = new Node();
    await node.addService({ name: "s", path: "s", actions });
    await node.start();
    return node;
  };

  test("has its context last, whatever was passed", async () => {
    const seen: unknown[][] = [];
    const node = await started({
      f: function (_a: unknown, _b?: unknown) {
        // biome-ignore lint/complexity/noArguments: the whole list is what is tested
        seen.push([...arguments]);
      },
    });
    await node.request("s/f", [1]);
    await node.request("s/f", [1, 2, 3, 4]);
    expect(seen).toEqual([
      [1, undefined, expect.any(Context)],
      [1, 2, expect.any(Context)],
    ]);
  });

  test("takes this from the object it stands in", async () => {
    const actions = {
      one: () => 1,
      two(): number {
        return this.one() + 1;
      },
    };
    expect(await (await started(actions)).request("s/two")).toBe(2);
  });

  test("keeps code, data and cause of a RunarError, and its own stack", async () => {
    const node = await started({
      f: (ctx: Context) => {
        try {
          throw new RangeError("inner");
        } catch (cause) {
          ctx.fail("PERMISSION_DENIED", "no", { who: 1n }, { cause });
        }
      },
    });
    const error = await node.request("s/f").catch((it: unknown) => it as RunarError);
    expect(error).toMatchObject({
      name: "PermissionError",
      code: "PERMISSION_DENIED",
      message: "no",
      data: { who: 1n },
      cause: { code: "HANDLER_FAILED", name: "RangeError", message: "inner" },
    });
    expect((error as RunarError).remoteStack).toContain("node.test.ts");
  });

  test("that does not exist is a NotFoundError", async () => {
    await expect((await started({})).request("s/none")).rejects.toBeInstanceOf(NotFoundError);
  });

  test("checks input and result with a Standard Schema", async () => {
    const positive = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) =>
          typeof value === "number" && value > 0
            ? { value }
            : { issues: [{ message: "must be positive", path: ["n"] }] },
      },
    };
    const negate = action({ input: positive, output: positive, handler: (n) => 2 - n });
    const node = await started({ negate });
    expect(await node.request("s/negate", 1)).toBe(1);
    await expect(node.request("s/negate", -1)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: "the input of action s/negate does not fit: n: must be positive",
      data: { issues: [{ path: "n", message: "must be positive" }] },
    });
    await expect(node.request("s/negate", 5)).rejects.toMatchObject({ code: "HANDLER_FAILED" });
  });

  test("knows its request", async () => {
    const node = await started({
      f: (ctx: Context) => [ctx.path, ctx.servicePath, ctx.networkId, ctx.meta, ctx.pathParams],
    });
    expect(await node.request("s/f", null, { meta: { user: "u" } })).toEqual([
      "default:s/f",
      "s",
      "default",
      { user: "u" },
      {},
    ]);
  });

  test("lets the host take meta, trace and caller over to nested requests", async () => {
    const seen = (ctx: Context): unknown => [ctx.meta, ctx.headers, ctx.caller, ctx.trace.spanId];
    const node = await started({
      inner: seen,
      outer: async (ctx: Context) => [
        seen(ctx),
        await ctx.request("inner", null, { timeout: 60_000, meta: { b: "2" } }),
      ],
    });
    const options = { meta: { a: "1" }, headers: { h: "3" } };
    expect(await node.request("s/outer", null, options)).toEqual([
      [{ a: "1" }, { h: "3" }, "script", "0000000000000001"],
      [{ a: "1", b: "2" }, {}, "default:s/outer", "0000000000000002"],
    ]);
  });

  test("gives its caller reply meta, also beside an error", async () => {
    const node = await started({
      f: (ctx: Context) => ctx.replyMeta.set("a", "1").set("a", "2") && 5,
      g: (ctx: Context) => {
        ctx.replyMeta.set("why", "x");
        throw new Error("no");
      },
      h: (ctx: Context) => ctx.replyMeta.set("big", "x".repeat(20_000)) && 1,
      i: (ctx: Context) => ctx.replyMeta.set("n", 5 as never) && 1,
    });
    const told: unknown[] = [];
    const onMeta = (meta: unknown): unknown => told.push(meta);
    expect(await node.request("s/f", null, { onMeta })).toBe(5);
    await expect(node.request("s/g", null, { onMeta })).rejects.toThrow("no");
    await expect(node.request("s/h", null, { onMeta })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    await expect(node.request("s/i", null, { onMeta })).rejects.toThrow("a name and a text");
    expect(told).toEqual([{ a: "2" }, { why: "x" }]);
  });

  test("cannot request after its deadline", async () => {
    const node = await started({ outer: (ctx: Context) => ctx.request("inner") });
    host.remainingMs = 0;
    await expect(node.request("s/outer")).rejects.toBeInstanceOf(TimeoutError);
  });

  test.each([true, false])(
    "sees its cancellation (AbortController of the host: %s)",
    async (has) => {
      const { AbortController } = globalThis;
      if (!has) {
        (globalThis as { AbortController?: unknown }).AbortController = undefined;
      }
      try {
        const node = await started({
          wait: (ctx: Context) =>
            new Promise((resolve) => {
              const { signal } = ctx;
              signal.addEventListener("abort", () => resolve([signal.aborted, signal.reason]));
              host.cancel();
            }),
        });
        expect(await node.request("s/wait")).toMatchObject([
          true,
          { code: "CANCELLED", message: "the caller of default:s/wait has given up" },
        ]);
      } finally {
        globalThis.AbortController = AbortController;
      }
    },
  );
});

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

test("lifecycle hooks run with their context, and stop in reverse", async () => {
  const node = new Node();
  const steps: string[] = [];
  const service = (path: string): ServiceDefinition => ({
    name: path,
    path,
    init: (ctx) => steps.push(`init ${ctx.servicePath}`),
    start: (ctx) => steps.push(`start ${ctx.servicePath}`),
    stop: (ctx) => steps.push(`stop ${ctx.servicePath}`),
  });
  node.addService(service("a"));
  node.addService(service("b"));
  await node.start();
  await node.stop();
  expect(steps).toEqual(["init a", "init b", "start a", "start b", "stop b", "stop a"]);
});

test("sockets get one Session per connection, and groups reach them", async () => {
  const node = new Node();
  const seen: unknown[] = [];
  const service = defineService({
    name: "live",
    path: "live",
    sockets: {
      "/live": {
        open: (session) => {
          seen.push(session, session.query);
          session.join("all");
        },
        message: (session, data) => seen.push(session, data, session.send(data)),
        close: (session, code, reason) => seen.push(session, code, reason),
      },
    },
  });
  await node.addService(service);
  const client = host.connect("s1");
  const socket = host.handlers.sockets["/live"];
  socket?.open(client);
  socket?.message(client, "value", "hi");
  socket?.message(client, "bytes", new Uint8Array([1, 2]).buffer);
  expect(node.broker.send("s1", { a: 1 })).toBe("QUEUED");
  expect(node.broker.send("nobody", 1)).toBe("CLOSED");
  expect(node.broker.group("all").send("to all")).toBe(1);
  socket?.close(client, 1000, "bye");
  const session = seen[0];
  expect(seen).toEqual([
    session,
    { room: "a" },
    session,
    "hi",
    "QUEUED",
    session,
    new Uint8Array([1, 2]),
    "QUEUED",
    session,
    1000,
    "bye",
  ]);
  expect(seen[2]).toBe(session);
  expect(seen[8]).toBe(session);
  expect(client.sent).toEqual([
    ["value", "hi"],
    ["bytes", new Uint8Array([1, 2]).buffer],
    ["json", '{"a":1}'],
    ["value", "to all"],
  ]);
});

test("the logger never throws", async () => {
  const node = new Node();
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  await node.addService({
    name: "l",
    path: "l",
    init: (ctx) => {
      ctx.warn("w", cyclic, Symbol("s"), undefined, 5n, null);
      ctx.error(new RunarError("TIMEOUT", "late"));
    },
  });
  expect(host.logged[0]).toEqual(["warn", "l", "w [object Object] Symbol(s) undefined 5 null"]);
  expect(host.logged[1]?.[2]).toContain("late");
});
