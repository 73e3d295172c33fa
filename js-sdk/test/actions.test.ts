import { beforeEach, describe, expect, test } from "vitest";
import {
  action,
  Context,
  Node,
  NotFoundError,
  type RunarError,
  type ServiceDefinition,
  TimeoutError,
} from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

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
    expect((error as RunarError).remoteStack).toContain("actions.test.ts");
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
