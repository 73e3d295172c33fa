import { beforeEach, describe, expect, test } from "vitest";
import { action, defineError, Node } from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

/** The message with which a service with this action is refused. */
async function refusal(options: object): Promise<string> {
  const service = { name: "math", path: "math", actions: { add: { handler() {}, ...options } } };
  try {
    await new Node().addService(service as never);
    return "accepted";
  } catch (error) {
    expect(error).toHaveProperty("code", "INVALID_INPUT");
    return (error as Error).message.replace("service math: action add: ", "");
  }
}

/** What the node learns of the action. */
async function told(options: object): Promise<Record<string, unknown>> {
  expect(await refusal(options)).toBe("accepted");
  return (host.definition["actions"] as Record<string, unknown>[])[0] ?? {};
}

const cyclic: { properties: Record<string, unknown> } = { properties: {} };
cyclic.properties["self"] = cyclic;

describe("what is wrong is told with its path and what would be right", () => {
  test.each<[what: object, message: string]>([
    [{ retry: { atempts: 3 } }, "retry.atempts is not known; did you mean attempts?"],
    [{ inputs: {} }, "inputs is not known; did you mean input?"],
    [{ cachce: { ttl: 5 } }, "cachce is not known; did you mean cache?"],
    [
      { colour: "red" },
      "colour is not known; it may be description, input, output, timeout, concurrency, breaker, key," +
        " takesStream, errors, visibility, http, handler, kind, retry, idempotent, cache, fallback",
    ],
    [{ handler: "add" }, 'handler must be a function, it is "add"'],
    [{ handler: undefined }, "handler is missing"],
    [{ description: 5 }, "description must be a text, it is 5"],
    [{ timeout: 0 }, "timeout must be more than 0 and at most 31536000000 milliseconds, it is 0"],
    [
      { timeout: "5s" },
      'timeout must be more than 0 and at most 31536000000 milliseconds, it is "5s"',
    ],
    [{ retry: 0 }, "retry must be a whole number from 1 to 100, it is 0"],
    [{ retry: {} }, "retry.attempts is missing"],
    [{ retry: { attempts: 2, jitter: 2 } }, "retry.jitter must be a number from 0 to 1, it is 2"],
    [
      { retry: { attempts: 2, backoff: -1 } },
      "retry.backoff must be more than 0 and at most 31536000000 milliseconds, it is -1",
    ],
    [
      { retry: true },
      "retry must be an object of attempts, backoff, maxBackoff, jitter, it is true",
    ],
    [{ idempotent: "yes" }, 'idempotent must be true or false, it is "yes"'],
    [{ cache: {} }, "cache.ttl is missing"],
    [{ cache: { ttl: 5, keys: "id" } }, 'cache.keys must be an array, it is "id"'],
    [
      { cache: { ttl: 5, keys: ["id", 7] } },
      "cache.keys.1 must be a text that is not empty, it is 7",
    ],
    [
      { cache: { ttl: 5, maxEntries: 0.5 } },
      "cache.maxEntries must be a whole number from 1 to 10000000, it is 0.5",
    ],
    [{ concurrency: 0 }, "concurrency must be a whole number from 1 to 1000000, it is 0"],
    [{ concurrency: { queue: 5 } }, "concurrency.max is missing"],
    [{ concurrency: { max: 1, queu: 5 } }, "concurrency.queu is not known; did you mean queue?"],
    [
      { breaker: { failureRate: 50 } },
      "breaker.failureRate must be a number from 0 to 1, it is 50",
    ],
    [{ breaker: { failureRate: 0 } }, "breaker.failureRate must be more than 0, it is 0"],
    [
      { breaker: { window: 1.5 } },
      "breaker.window must be a whole number from 1 to 10000, it is 1.5",
    ],
    [{ fallback: 5 }, "fallback must be a function, it is 5"],
    [{ key: "" }, 'key must be a text that is not empty, it is ""'],
    [{ errors: ["Lost"] }, 'errors.0 must be an object of name, description, data, it is "Lost"'],
    [{ errors: [{ description: "x" }] }, "errors.0.name is missing"],
    [
      { visibility: "hidden" },
      'visibility must be "public" or "internal" or "private", it is "hidden"',
    ],
    [{ http: "/users" }, 'http must be a method and a path, as in GET /users/{id}, it is "/users"'],
    [{ http: { method: "GET" } }, "http.path is missing"],
    [
      { http: { method: "FETCH", path: "/x" } },
      'http.method must be "GET" or "POST" or "PUT" or "PATCH" or "DELETE", it is "FETCH"',
    ],
    [
      { input: "string" },
      'input must be a JSON Schema or a Standard Schema validator, it is "string"',
    ],
    [
      { output: [1] },
      "output must be a JSON Schema or a Standard Schema validator, it is an array",
    ],
    [
      { input: { "~standard": {} } },
      "input.~standard must be what the Standard Schema interface says, it is an object",
    ],
    [
      { input: { safeParse() {} } },
      "input is a validator without the Standard Schema interface;" +
        " a newer version of its library has it",
    ],
    [
      { input: { properties: { at: { default: new Date(0) } } } },
      "input.properties.at.default must be a value that JSON has, it is a Date",
    ],
    [
      { input: { properties: { n: { default: 5n } } } },
      "input.properties.n.default must be a value that JSON has, it is 5n",
    ],
    [
      { input: { properties: { n: { default: () => 5 } } } },
      "input.properties.n.default must be a value that JSON has, it is a function",
    ],
    [{ input: { maximum: Number.NaN } }, "input.maximum must be a value that JSON has, it is NaN"],
    [
      { input: cyclic },
      "input.properties.self… is nested too deeply, or refers to itself; use $ref",
    ],
    [
      { takesStream: true, cache: { ttl: 5 } },
      "cache does not go with takesStream: what its caller sends is read once",
    ],
    [
      { takesStream: true, retry: 2 },
      "retry does not go with takesStream: what its caller sends is read once",
    ],
    [{ takesStream: true, fallback: () => 0 }, "accepted"],
    [{ takesStream: true, retry: { attempts: 1 } }, "accepted"],
    [{ kind: "stream", output: { type: "number" } }, "accepted"],
  ])("%#", async (options, message) => {
    expect(await refusal(options)).toBe(message);
  });

  test("an action that is neither a function nor has a handler", async () => {
    const service = { name: "m", path: "math", actions: { add: { input: {} } } };
    await expect(new Node().addService(service as never)).rejects.toThrow(
      "service math: action add: handler is missing",
    );
  });

  test("a key of the service", async () => {
    const service = { name: "m", path: "math", action: {} };
    await expect(new Node().addService(service as never)).rejects.toThrow(
      "service math: action is not known; did you mean actions?",
    );
  });
});

describe("the node is told all of it, defaults filled in", () => {
  test("nothing", async () => {
    expect(await told({})).toEqual({ name: "add", description: "", params: null });
  });

  test("short forms", async () => {
    const short = { retry: 3, concurrency: 2, breaker: {}, cache: { ttl: 5 }, http: "GET /a/{b}" };
    expect(await told({ ...short, visibility: "private", idempotent: true })).toEqual({
      name: "add",
      description: "",
      params: null,
      retry: { attempts: 3, backoff: 100, maxBackoff: 5000, jitter: 0.5 },
      bulkhead: { max: 2, queue: 1000 },
      breaker: { failureRate: 0.5, window: 20, openFor: 10_000, trials: 3 },
      cache: { ttl: 5, maxEntries: 1000, keys: [], meta: [], invalidatedBy: [] },
      http: { method: "GET", path: "/a/{b}", status: 0 },
      visibility: "private",
      idempotent: true,
    });
  });

  test("schemas of JSON, and not those of validators", async () => {
    const validator = { "~standard": { version: 1, vendor: "test", validate: () => ({}) } };
    const output = { type: "number", [Symbol("kind")]: 1, default: undefined };
    expect(await told({ input: validator, output })).toMatchObject({ output: { type: "number" } });
    expect(host.definition["actions"]).not.toHaveProperty("0.input");
  });

  test("errors by class and by description", async () => {
    const Poor = defineError("Poor", { description: "not enough", data: { type: "object" } });
    class Odd extends Error {}
    expect(await told({ errors: [Poor, Odd, { name: "Late", description: "too late" }] })).toEqual(
      expect.objectContaining({
        errors: [
          { name: "Poor", description: "not enough", data: { type: "object" } },
          { name: "Odd" },
          { name: "Late", description: "too late" },
        ],
      }),
    );
  });

  test("that there is a fallback, which gets input, error and context", async () => {
    const seen: unknown[] = [];
    const fallback = (...args: unknown[]) => seen.push(...args);
    expect(await told({ fallback })).toMatchObject({ fallback: true });
    const call = { failureJson: () => '{"code":"OVERLOADED","message":"full"}' };
    host.handlers.fallbacks?.["add"]?.(call as never, { a: 1 });
    expect(seen[0]).toEqual({ a: 1 });
    expect(seen[1]).toMatchObject({ code: "OVERLOADED", message: "full" });
    expect(seen).toHaveLength(3);
  });
});

test("action() gives a definition", () => {
  expect(action({ handler: () => 1 })).toHaveProperty("kind", "action");
});
