import { beforeEach, describe, expect, test } from "vitest";
import {
  action,
  type Context,
  DuplicateError,
  defineService,
  Node,
  RunarError,
  type ServiceDefinition,
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

  test("is reported also while all objects have a then", async () => {
    const node = new Node();
    node.addService(math);
    node.addService(math);
    let failed: unknown;
    // biome-ignore lint/suspicious/noThenProperty: this is the script that does so
    Object.defineProperty(Object.prototype, "then", {
      configurable: true,
      // What is awaited becomes a number in place of what it is.
      value: (fulfil: (value: number) => void) => fulfil(0),
    });
    try {
      await node.start().catch((error) => {
        failed = error;
      });
    } finally {
      Reflect.deleteProperty(Object.prototype, "then");
    }
    expect(failed).toBeInstanceOf(DuplicateError);
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
    [
      "unknown key",
      { ...math, action: {} },
      "service math: action is not known; did you mean actions?",
    ],
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
    [
      "action key",
      { ...math, actions: { f: { handler() {}, inputs: {} } } },
      "service math: action f: inputs is not known; did you mean input?",
    ],
    [
      "timeout",
      { ...math, actions: { f: action({ timeout: -1, handler: () => 1 }) } },
      "service math: action f: timeout must be more than 0",
    ],
    ["no instances", { ...math, instances: 0 }, "instances must be a whole number from 1 to"],
    ["half an instance", { ...math, instances: 1.5 }, "it is 1.5"],
    ["key", { ...math, key: 5 }, "service math: key is not of type string"],
    [
      "key of an action",
      { ...math, actions: { f: action({ key: "", handler: () => 1 }) } },
      "service math: action f: key must be a text that is not empty",
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
