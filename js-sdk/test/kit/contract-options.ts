// What the options of an action ask for.
import assert from "node:assert/strict";
import { action, type Context, type Node } from "runar-ts";
import { type Define, tools } from "./contract-tools.js";

export function optionContract(test: Define, node: () => Node): void {
  const { add, failure, refused } = tools(node);

  test("input and output fit their JSON Schemas, or the issues are named", async () => {
    const input = {
      type: "object",
      properties: {
        a: { type: "number", minimum: 1 },
        tags: { type: "array", items: { type: "string" } },
      },
      required: ["a"],
      additionalProperties: false,
    };
    await add({
      name: "j",
      path: "schemas",
      actions: {
        take: action({ input, handler: (value: unknown) => value }),
        give: action({ output: { type: "number" }, handler: (value: unknown) => value }),
      },
    });
    const ask = (name: string, payload?: unknown) => node().request(`schemas/${name}`, payload);
    assert.deepEqual(await ask("take", { a: 2, tags: ["x"] }), { a: 2, tags: ["x"] });
    assert.deepEqual(await ask("take", [2, ["x"]]), { a: 2, tags: ["x"] });
    assert.equal(await ask("give", 5), 5);
    for (const [name, payload, code, issues] of [
      ["take", {}, "INVALID_INPUT", [["a", "required"]]],
      ["take", { a: "x" }, "INVALID_INPUT", [["a", "type"]]],
      ["take", { a: 0 }, "INVALID_INPUT", [["a", "minimum"]]],
      ["take", { a: 1, tags: ["x", 5] }, "INVALID_INPUT", [["tags.1", "type"]]],
      ["take", { a: 1, b: 1 }, "INVALID_INPUT", [["b", "additionalProperties"]]],
      ["take", { a: Number.NaN }, "INVALID_INPUT", [["a", "type"]]],
      ["take", new Uint8Array(2), "INVALID_INPUT", [["", "type"]]],
      ["give", "five", "HANDLER_FAILED", [["", "type"]]],
    ] as const) {
      const error = await failure(ask(name, payload));
      const { issues: found } = error.data as { issues: { path: string; keyword: string }[] };
      const places = found.map(({ path, keyword }) => [path, keyword]);
      assert.deepEqual([error.code, places], [code, issues]);
      const what = name === "take" ? "input" : "result";
      assert.ok(error.message.startsWith(`the ${what} of action schemas/${name} does not fit: `));
    }
  });

  test("a failed call is tried again, if that may help and does no harm", async () => {
    const tries: Record<string, number> = {};
    const busy = (name: string, until: number) => (_: unknown, ctx: Context) => {
      tries[name] = ctx.attempt;
      if (ctx.attempt < until) {
        ctx.fail(name === "wrong" ? "INVALID_INPUT" : "OVERLOADED", "not now");
      }
      return ctx.attempt;
    };
    const retry = { attempts: 3, backoff: 1, jitter: 0 };
    await add({
      name: "r",
      path: "retries",
      actions: {
        good: action({ retry, idempotent: true, handler: busy("good", 3) }),
        never: action({ retry, idempotent: true, handler: busy("never", 9) }),
        once: action({ retry, handler: busy("once", 3) }),
        wrong: action({ retry, idempotent: true, handler: busy("wrong", 3) }),
      },
    });
    assert.equal(await node().request("retries/good"), 3);
    await refused(node().request("retries/never"), "OVERLOADED", "not now");
    await refused(node().request("retries/once"), "OVERLOADED", "not now");
    await refused(node().request("retries/wrong"), "INVALID_INPUT", "not now");
    assert.deepEqual(tries, { good: 3, never: 3, once: 1, wrong: 1 });
  });

  test("a fallback stands in for a handler that fails, not for an answer", async () => {
    await add({
      name: "f",
      path: "falls",
      actions: {
        price: action({
          fallback: (input: string, error) => `${input} without: ${(error as Error).message}`,
          handler: (input: string, ctx): string =>
            ctx.fail(input === "none" ? "NOT_FOUND" : "HANDLER_FAILED", "no price"),
        }),
      },
    });
    assert.equal(await node().request("falls/price", "tea"), "tea without: no price");
    await refused(node().request("falls/price", "none"), "NOT_FOUND", "no price");
  });

  test("a result is kept until an event says that it is old", async () => {
    let made = 0;
    await add({
      name: "c",
      path: "cached",
      actions: {
        read: action({
          cache: { ttl: 60_000, keys: ["id"], invalidatedBy: ["changed"] },
          handler: ({ id }: { id: number; noise?: number }) => {
            made++;
            if (id < 0) {
              throw new Error("none");
            }
            return [id, made];
          },
        }),
      },
    });
    const read = (id: number, noise?: number) => node().request("cached/read", { id, noise });
    assert.deepEqual(await Promise.all([read(1), read(1, 5)]), [
      [1, 1],
      [1, 1],
    ]);
    assert.deepEqual(await read(2), [2, 2]);
    assert.deepEqual(await read(1), [1, 1]);
    await failure(read(-1));
    await failure(read(-1)); // an error is not kept
    assert.equal(made, 4);
    assert.equal((await node().publish("cached/changed")).matched, 1);
    assert.deepEqual(await read(1), [1, 5]);
  });

  test("so many calls run at a time, so many wait, others are refused", async () => {
    let free: () => void = () => {};
    const order: number[] = [];
    await add({
      name: "b",
      path: "bounded",
      actions: {
        one: action({
          concurrency: { max: 1, queue: 1 },
          handler: async (n: number) => {
            order.push(n);
            await new Promise<void>((resolve) => {
              free = resolve;
            });
            return n;
          },
        }),
      },
    });
    const first = node().request("bounded/one", 1);
    const second = node().request("bounded/one", 2);
    await refused(
      node().request("bounded/one", 3),
      "OVERLOADED",
      "action bounded/one runs 1 calls at a time, and 1 wait; try again later",
    );
    free();
    assert.equal(await first, 1);
    await node().publish("bounded/turn", 0, { ack: "handled" });
    free();
    assert.equal(await second, 2);
    assert.deepEqual(order, [1, 2]);
  });

  test("a breaker refuses calls when too many have failed", async () => {
    await add({
      name: "b",
      path: "broken",
      actions: {
        fails: action({
          breaker: { failureRate: 0.5, window: 2, openFor: 60_000 },
          handler: (): void => {
            throw new Error("down");
          },
        }),
      },
    });
    await refused(node().request("broken/fails"), "HANDLER_FAILED", "down");
    await refused(node().request("broken/fails"), "HANDLER_FAILED", "down");
    await refused(
      node().request("broken/fails"),
      "OVERLOADED",
      "the breaker of action broken/fails is open: 50 % or more of the last 2 calls failed; " +
        "calls are refused for 60000 ms, then 3 may try",
    );
  });

  test("a private action is its service's own", async () => {
    await add({
      name: "v",
      path: "visible",
      actions: {
        own: action({ visibility: "private", handler: () => "own" }),
        ask: (ctx: Context) => ctx.request("own"),
      },
    });
    assert.equal(await node().request("visible/ask"), "own");
    const error = await failure(node().request("visible/own"));
    assert.equal(error.code, "PERMISSION_DENIED");
    const none = await failure(node().request("visible/none"));
    assert.match(none.message, /service "visible" has \[ask\]$/);
  });
}
