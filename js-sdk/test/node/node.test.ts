// What the contract does not say, with a real node: streams, clients, bytes, large numbers.
import {
  action,
  type Context,
  type EventContext,
  Node,
  RunarError,
  type Session,
  type Trace,
} from "runar-ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RawSocket } from "./socket.js";

const node = new Node({ server: { port: 0 }, requestTimeout: 10_000 });
const heard: unknown[] = [];
let url: string;

beforeAll(async () => {
  node.addService({
    name: "c",
    path: "counter",
    actions: {
      async *count(to: number) {
        try {
          for (let n = 1; n <= to; n++) {
            yield n;
          }
        } finally {
          heard.push(`count to ${to} ended`);
        }
      },
      async *fails(_: unknown, ctx: Context) {
        yield 1;
        ctx.fail("PERMISSION_DENIED", "no more");
      },
      async *bytes() {
        yield new Uint8Array([1]);
        yield "text";
        yield new Map([[1, 2]]);
      },
      sum: action({
        takesStream: true,
        handler: async (_: unknown, ctx: Context) => {
          let total = 0;
          for await (const n of ctx.input) {
            total += n as number;
          }
          return total;
        },
      }),
      waits: (_: unknown, ctx: Context) =>
        new Promise((_, reject) => {
          ctx.signal.addEventListener("abort", () => {
            heard.push((ctx.signal.reason as RunarError).code);
            reject(new Error("aborted"));
          });
        }),
      asks: (path: string, ctx: Context) => ctx.request(path, null, { timeout: 50 }),
      echo: (value: unknown) => value,
      traced: async (_: unknown, ctx: Context) => [
        ctx.trace,
        await ctx.request<Trace>("counter/trace"),
      ],
      trace: (_: unknown, ctx: Context) => ctx.trace,
    },
  });
  await node.start();
  url = node.urls[0] as string;
});
afterAll(() => node.stop());

test("a stream of JavaScript is read in JavaScript, through the node", async () => {
  const items: number[] = [];
  for await (const n of node.stream<number>("counter/count", 5_000)) {
    items.push(n);
  }
  expect(items).toEqual(Array.from({ length: 5_000 }, (_, n) => n + 1));
  for await (const n of node.stream<number>("counter/count", 1_000_000)) {
    if (n === 3) {
      break;
    }
  }
  await expect.poll(() => heard).toContain("count to 1000000 ended");
});

test("the failure of a stream comes behind its items, and items are of any kind", async () => {
  const reader = node.stream("counter/fails");
  expect((await reader.next()).value).toBe(1);
  await expect(reader.next()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  const items: unknown[] = [];
  for await (const item of node.stream("counter/bytes")) {
    items.push(item);
  }
  expect(items).toEqual([new Uint8Array([1]), "text", new Map([[1, 2]])]);
});

test("a request sends a stream", async () => {
  async function* numbers() {
    for (let n = 1; n <= 1_000; n++) {
      yield n;
    }
  }
  expect(await node.request("counter/sum", null, { input: numbers() })).toBe(500_500);
});

test("who aborts, and whose time is over, is told, and so is the handler", async () => {
  const controller = new AbortController();
  const asked = node.request("counter/waits", null, { signal: controller.signal });
  await node.request("counter/echo", 1);
  controller.abort(new Error("enough"));
  await expect(asked).rejects.toMatchObject({ code: "CANCELLED" });
  await expect.poll(() => heard).toContain("CANCELLED");
  // Long enough for the handler to begin on a busy machine: else there is nobody to tell.
  await expect(node.request("counter/waits", null, { timeout: 1_000 })).rejects.toMatchObject({
    code: "TIMEOUT",
  });
  await expect.poll(() => heard).toContain("TIMEOUT");
  await expect(node.request("counter/asks", "counter/waits")).rejects.toMatchObject({
    code: "TIMEOUT",
  });
});

test("every call is in a trace, and what its handler asks is too", async () => {
  const [outer, inner] = await node.request<[Trace, Trace]>("counter/traced");
  expect(outer.traceparent).toBe(`00-${outer.traceId}-${outer.spanId}-01`);
  expect(outer.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect([inner.traceId, inner.spanId === outer.spanId]).toEqual([outer.traceId, false]);
});

test("values come back as they were, also large ones", async () => {
  const values = [
    null,
    true,
    -0,
    1n,
    "é😀\u0000",
    { a: [1, { b: new Date(0) }], c: new Set([1]) },
    new Uint8Array(100_000).fill(7),
    "é".repeat(1_000_000),
  ];
  const large = new Uint8Array(8 << 20).fill(7);
  const came = await node.request<Uint8Array>("counter/echo", large);
  expect(Buffer.compare(came, large)).toBe(0);
  for (const value of values) {
    expect(await node.request("counter/echo", [{ value }])).toEqual({ value });
  }
}, 30_000);

test("20,000 events come in order, each with two arguments", async () => {
  const seen: number[] = [];
  let wrong = 0;
  const id = await node.subscribe("flood/x", (...args: [payload: unknown, ctx: EventContext]) => {
    seen.push(args[0] as number);
    wrong += args.length === 2 && args[1].topic === "flood/x" ? 0 : 1;
  });
  const receipts = [];
  for (let n = 0; n < 20_000; n++) {
    receipts.push(node.publish("flood/x", n, { ack: "handled" }));
  }
  const handled = (await Promise.all(receipts)).reduce((sum, { handled }) => sum + handled, 0);
  expect([handled, wrong]).toEqual([20_000, 0]);
  expect(seen).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
  await node.unsubscribe(id);
}, 30_000);

test("an action answers HTTP with a status, a header and a cookie", async () => {
  await node.addService({
    name: "shop",
    path: "shop",
    actions: {
      buy: action({
        http: "POST /buy/{item}",
        handler: (_: unknown, ctx: Context) => {
          ctx.http?.status(201).header("x-order", "7").cookie("cart", "c1");
          return { item: ctx.pathParams, agent: ctx.http?.request.headers["user-agent"] };
        },
      }),
    },
  });
  const response = await fetch(new URL("/buy/tea", url), {
    method: "POST",
    headers: { "user-agent": "test", "content-type": "application/json" },
    body: "{}",
  });
  expect([response.status, response.headers.get("x-order")]).toEqual([201, "7"]);
  expect(response.headers.get("set-cookie")).toMatch(/^cart=c1; Path=\/; HttpOnly; SameSite=Lax/);
  expect(await response.json()).toMatchObject({ agent: "test" });
});

test("clients of a raw WebSocket path talk to the program", async () => {
  const log: unknown[] = [];
  await node.addService({
    name: "live",
    path: "live",
    sockets: {
      "/live": {
        accept: ({ query }: { query: Record<string, string> }) => {
          if (query["token"] === undefined) {
            throw new RunarError("PERMISSION_DENIED", "no token");
          }
          return { user: query["token"] };
        },
        open: (session: Session) => {
          session.join("all");
          session.send({ hello: session.identity });
        },
        message: (session: Session, data: string | Uint8Array) => {
          log.push(data);
          session.send(data);
          node.broker.group("all").send("to all");
        },
        close: (_: Session, code: number) => log.push(code),
      },
    },
  });
  expect(await RawSocket.open(new URL("/live", url).href)).toBe(403);
  const client = (await RawSocket.open(new URL("/live?token=ann", url).href)) as RawSocket;
  client.send("hi");
  await client.until(3);
  client.send(new Uint8Array([1, 2]));
  await client.until(5);
  expect(client.received).toEqual([
    '{"hello":{"user":"ann"}}',
    "hi",
    "to all",
    Buffer.from([1, 2]),
    "to all",
  ]);
  client.close(1000);
  await client.until(6);
  await expect.poll(() => log).toEqual(["hi", new Uint8Array([1, 2]), 1000]);
});

test("packets of bytes go on a topic", async () => {
  const seen: unknown[] = [];
  const id = await node.subscribe("eeg/raw", (packet) => seen.push(packet));
  const topic = node.broker.topic("eeg/raw");
  expect(topic.write(new Uint8Array([1, 2]))).toBe("ACCEPTED");
  expect(topic.write(new Uint8Array([3]))).toBe("ACCEPTED");
  await node.request("counter/echo", 1);
  expect([topic.topic, topic.dropped]).toEqual(["eeg/raw", 0]);
  await node.unsubscribe(id);
});

test("instances are refused, and a removed service is gone", async () => {
  const service = { name: "n", path: "n", actions: { a: () => 1 } };
  await expect(node.addService({ ...service, instances: 2 })).rejects.toMatchObject({
    code: "CONFIG",
    message: expect.stringMatching(/leave out instances, or run the script with `runar run`/),
  });
  await node.addService(service);
  expect(await node.request("n/a")).toBe(1);
  await node.removeService("n");
  await expect(node.request("n/a")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await node.addService(service);
  expect(await node.request("n/a")).toBe(1);
});
