import { beforeEach, describe, expect, it } from "vitest";
import { action, type Context, Node, RunarError, stream, ValidationError } from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const got: Item[] = [];
  for await (const item of items) {
    got.push(item);
  }
  return got;
}

async function nodeWith(actions: Record<string, unknown>): Promise<Node> {
  const node = new Node();
  await node.addService({ name: "s", path: "s", actions } as never);
  return node;
}

describe("a stream", () => {
  it("goes through the middleware of requests", async () => {
    const seen: string[] = [];
    const node = new Node().use({
      async request({ path }, next) {
        seen.push(path);
        const items = (await next({ payload: { to: 2 } })) as AsyncIterable<number>;
        return (async function* () {
          for await (const n of items) yield n * 10;
        })();
      },
    });
    await node.addService({
      name: "s",
      path: "s",
      actions: {
        async *count(to: number, _ctx: Context) {
          for (let n = 1; n <= to; n++) yield n;
        },
      },
    });
    expect(await all(node.stream("s/count", { to: 200 }))).toEqual([10, 20]);
    expect(seen).toEqual(["s/count"]);
  });

  it("answers with the items of a plain async generator function", async () => {
    const node = await nodeWith({
      async *count(to: number, _ctx: Context) {
        for (let n = 1; n <= to; n++) yield n;
      },
    });
    expect(await all(node.stream("s/count", { to: 200 }))).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    expect(host.streams.last?.mostAhead).toBeLessThanOrEqual(64);
  });

  it("carries every kind of value, as it was when it was yielded", async () => {
    const node = await nodeWith({
      values: stream({
        handler: async function* () {
          const changing = { n: 1 };
          yield changing;
          changing.n = 2;
          yield changing;
          yield* [undefined, null, -0, Number.NaN, "a,b", new Date(5), new Uint8Array([1, 2]), [3]];
        },
      }),
    });
    expect(await all(node.stream("s/values"))).toEqual([
      { n: 1 },
      { n: 2 },
      undefined,
      null,
      -0,
      Number.NaN,
      "a,b",
      new Date(5),
      new Uint8Array([1, 2]),
      [3],
    ]);
  });

  it("gives the items before an error, and then the error", async () => {
    const node = await nodeWith({
      async *some() {
        yield 1;
        yield 2;
        throw new RunarError("OVERLOADED", "enough", { data: { n: 3 } });
      },
    });
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const item of node.stream("s/some")) got.push(item);
    })();
    await expect(reading).rejects.toMatchObject({ code: "OVERLOADED", data: { n: 3 } });
    expect(got).toEqual([1, 2]);
  });

  it("runs the producer's finally when the consumer breaks", async () => {
    let ended = "";
    const node = await nodeWith({
      async *endless() {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          ended = "finally";
        }
      },
    });
    for await (const n of node.stream("s/endless")) {
      if (n === 10) break;
    }
    await expect.poll(() => ended).toBe("finally");
    expect(host.streams.last?.isLost).toBe(true);
  });

  it("is not further ahead than readAhead", async () => {
    let produced = 0;
    const node = await nodeWith({
      async *numbers() {
        for (;;) yield ++produced;
      },
    });
    const items = node.stream("s/numbers", null, { readAhead: 4 });
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(produced).toBeLessThanOrEqual(6);
    await items.return?.();
  });

  it("asks for nothing before its first item, and answers questions in order", async () => {
    const node = await nodeWith({
      async *three() {
        yield* [1, 2, 3];
      },
    });
    const items = node.stream("s/three");
    expect(host.streams.last).toBeUndefined();
    const answers = await Promise.all([items.next(), items.next(), items.next(), items.next()]);
    expect(answers.map((answer) => answer.value)).toEqual([1, 2, 3, undefined]);
  });

  it("goes from the caller to the action, and both ways at once", async () => {
    const node = await nodeWith({
      sum: action({
        takesStream: true,
        handler: async (_: unknown, ctx: Context) => {
          let sum = 0;
          for await (const n of ctx.input) sum += n as number;
          return sum;
        },
      }),
      double: stream({
        takesStream: true,
        handler: async function* (_: unknown, ctx: Context) {
          for await (const n of ctx.input) yield (n as number) * 2;
        },
      }),
    });
    const numbers = async function* () {
      yield* [1, 2, 3];
    };
    expect(await node.request("s/sum", null, { input: numbers() })).toBe(6);
    expect(await node.request("s/sum")).toBe(0);
    expect(await all(node.stream("s/double", null, { input: [4, 5] }))).toEqual([8, 10]);
  });

  it("checks its items", async () => {
    const even = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) =>
          (value as number) % 2 === 0
            ? { value: value as number }
            : { issues: [{ message: "is odd" }] },
      },
    };
    const node = await nodeWith({
      evens: stream({
        output: even,
        handler: async function* () {
          yield* [2, 4, 5];
        },
      }),
    });
    await expect(all(node.stream("s/evens"))).rejects.toMatchObject({ code: "HANDLER_FAILED" });
  });

  it("is refused where it cannot be meant", async () => {
    await expect(
      nodeWith({
        *numbers() {
          yield 1;
        },
      }),
    ).rejects.toThrow("write `async function*`");
    await expect(
      nodeWith({
        numbers: action({
          handler: async function* () {
            yield 1;
          } as never,
        }),
      }),
    ).rejects.toThrow("define it with stream");
    const node = await nodeWith({ one: () => 1 });
    expect(() => node.stream("s/one", null, { readAhead: 0 })).toThrow(ValidationError);
    expect(() => node.stream("s/one", null, { signal: {} as never })).toThrow("an AbortSignal");
    expect(() => node.stream("s/one", null, { input: 5 as never })).toThrow("an async iterable");
  });
});

describe("a signal", () => {
  it("that has aborted makes no request", async () => {
    const node = await nodeWith({ never: () => new Promise(() => {}) });
    const signal = AbortSignal.abort(new Error("enough"));
    const asked = node.request("s/never", null, { signal });
    await expect(asked).rejects.toMatchObject({ code: "CANCELLED", cause: signal.reason });
    expect(host.lastOptions["request"]).toBeUndefined();
  });

  it("that aborts ends a stream for both sides", async () => {
    const node = await nodeWith({
      async *endless() {
        for (let n = 0; ; n++) yield n;
      },
    });
    const controller = new AbortController();
    const items = node.stream("s/endless", null, { signal: controller.signal });
    await items.next();
    controller.abort("gone");
    await expect(items.next()).rejects.toMatchObject({ code: "CANCELLED", cause: "gone" });
    expect(host.streams.last?.isLost).toBe(true);
  });
});
