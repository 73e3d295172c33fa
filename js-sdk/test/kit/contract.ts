// What a node promises a script, as far as the test kit promises it too. The same tests run against
// TestNode in Vitest, against TestNode under `runar test`, and against the real node there.
import assert from "node:assert/strict";
import {
  action,
  type Context,
  defineError,
  defineService,
  type EventContext,
  event,
  type Node,
  RunarError,
  type ServiceDefinition,
} from "runar-ts";

type Define = (name: string, run: () => Promise<void>) => void;

/**
 * Defines the tests.
 *
 * @param node a node that is started already, and that all of them share
 */
export function contract(test: Define, node: () => Node): void {
  const failure = async (promise: Promise<unknown>): Promise<RunarError> => {
    const error = await promise.then(
      (value) => assert.fail(`resolved to ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RunarError, String(error));
    return error;
  };
  const refused = async (promise: Promise<unknown>, code: string, message: string) => {
    const error = await failure(promise);
    assert.deepEqual([error.code, error.message], [code, message]);
  };
  const add = (service: ServiceDefinition): Promise<void> => node().addService(service);

  test("positional parameters take an array, an object and a scalar", async () => {
    await add({
      name: "p",
      path: "positional",
      actions: {
        pair: (a: unknown, b: unknown, _ctx: Context) => [a === undefined ? "none" : a, b],
        one: (a: unknown) => [a],
        none: () => "nothing",
        whole: ({ a }: { a: number }) => a,
      },
    });
    const ask = (name: string, payload?: unknown) => node().request(`positional/${name}`, payload);
    assert.deepEqual(await ask("pair", [1, 2]), [1, 2]);
    assert.deepEqual(await ask("pair", { b: 2, a: 1 }), [1, 2]);
    assert.deepEqual(await ask("pair", { b: 2 }), ["none", 2]);
    assert.deepEqual(await ask("one", "x"), ["x"]);
    assert.deepEqual(await ask("one", { a: { b: 1 } }), [{ b: 1 }]);
    assert.equal(await ask("none"), "nothing");
    assert.equal(await ask("whole", { a: 3 }), 3);
    await refused(
      ask("pair", { a: 1, c: 2 }),
      "INVALID_INPUT",
      "positional/pair takes (a, b), but the payload has [c]",
    );
    await refused(
      ask("pair", [1, 2, 3]),
      "INVALID_INPUT",
      "positional/pair takes (a, b), but the payload has 3 elements",
    );
    await refused(
      ask("pair", 5),
      "INVALID_INPUT",
      "positional/pair takes (a, b), but the payload is a single value",
    );
  });

  test("a path that leads nowhere says what there is", async () => {
    await add({ name: "n", path: "named", actions: { a: () => 1, b: () => 2 } });
    await refused(
      node().request("named/c"),
      "NOT_FOUND",
      'No handler found for action named/c: service "named" has [a, b]',
    );
    await refused(
      node().request("nowhere/c"),
      "NOT_FOUND",
      'No handler found for action nowhere/c: there is no service "nowhere"',
    );
    for (const [path, why] of [
      ["", "it is empty"],
      ["a//b", "it has an empty segment"],
      ["/a", "it starts or ends with '/'"],
      ["a b/c", "it has a space or control character at position 1"],
      ["main:auth:login", "it has more than one ':'"],
      [":auth/login", "the network before ':' is empty"],
      ["a/*", "a wildcard is only allowed in a pattern"],
      ["a/{b}", "a template is only allowed in a pattern"],
    ] as const) {
      await refused(node().request(path), "INVALID_PATH", `invalid path "${path}": ${why}`);
    }
    for (const [pattern, why] of [
      ["a/>/b", "'>' stands for the rest and must be the last segment"],
      ["a/{}", "a template needs a name, as in {id}"],
      ["a/x{b}", "a template takes a whole segment, as in a/{id}/b"],
      ["a/b*", "a wildcard takes a whole segment, as in a/*/b"],
    ] as const) {
      await refused(
        node().subscribe(pattern, () => {}),
        "INVALID_PATH",
        `invalid path "${pattern}": ${why}`,
      );
    }
  });

  test("the closest of several actions answers, with the values of its template", async () => {
    await add({
      name: "t",
      path: "templates",
      actions: {
        "{id}": (ctx: Context) => ["template", ctx.pathParams],
        me: () => "literal",
        "{id}/orders/{order}": (ctx: Context) => ctx.pathParams,
      },
    });
    assert.equal(await node().request("templates/me"), "literal");
    assert.deepEqual(await node().request("templates/7"), ["template", { id: "7" }]);
    assert.deepEqual(await node().request("templates/7/orders/9"), { id: "7", order: "9" });
  });

  test("a second service on a path is refused", async () => {
    await add({ name: "first", path: "twice" });
    await refused(
      add({ name: "second", path: "twice" }),
      "DUPLICATE",
      'service path "twice" is taken by "first" in version 0.0.0; choose another path or version',
    );
    await refused(
      add({ name: "x", path: "a/b" }),
      "INVALID_PATH",
      'service path "a/b" must be one segment, without /',
    );
    await refused(
      add({ name: "x", path: "$own" }),
      "INVALID_PATH",
      'service path "$own" is reserved: paths that begin with $ are the node\'s own',
    );
  });

  test("a value crosses as a copy", async () => {
    let kept: { list: number[]; bytes: Uint8Array } | undefined;
    await add({
      name: "c",
      path: "copies",
      actions: {
        keep: action({
          handler: (input: { list: number[]; bytes: Uint8Array }) => {
            input.list.push(9);
            kept = input;
            return input;
          },
        }),
        bytes: action({ handler: (input: Uint8Array) => input.fill(7) }),
      },
    });
    const mine = { list: [1], bytes: new Uint8Array([1, 2]) };
    const back = await node().request<typeof mine>("copies/keep", mine);
    assert.deepEqual(mine, { list: [1], bytes: new Uint8Array([1, 2]) });
    assert.deepEqual(back.list, [1, 9]);
    back.list.push(10);
    assert.deepEqual(kept?.list, [1, 9]);
    const bytes = new Uint8Array([1, 2]);
    assert.deepEqual(await node().request("copies/bytes", bytes), new Uint8Array([7, 7]));
    assert.deepEqual(bytes, new Uint8Array([1, 2]));
    const rich = [new Date(5), new Map([[1, 2n]]), new Set(["a"]), -0, Number.NaN];
    const same = await node().request<{ list: unknown[] }>("copies/keep", { list: rich });
    assert.deepEqual(same.list.slice(0, 5), rich);
  });

  test("what cannot cross is refused, with its place", async () => {
    await add({ name: "u", path: "uncrossable", actions: { f: () => ({ deep: () => 1 }) } });
    await refused(
      node().request("uncrossable/f", { a: [Symbol("s")] }),
      "UNSUPPORTED_VALUE",
      "cannot send value.a[0]: it is a symbol",
    );
    await refused(
      node().request("uncrossable/f"),
      "UNSUPPORTED_VALUE",
      "cannot send value.deep: it is a function",
    );
  });

  test("an error keeps its code, data, class name and cause", async () => {
    await add({
      name: "e",
      path: "errors",
      actions: {
        own: (ctx: Context) =>
          ctx.fail("PERMISSION_DENIED", "no", { who: 1n }, { cause: new RangeError("inner") }),
        thrown: async () => {
          throw new TypeError("broken");
        },
        text: () => {
          throw "just text";
        },
      },
    });
    const own = await failure(node().request("errors/own"));
    assert.deepEqual(
      [own.code, own.name, own.message, own.data],
      ["PERMISSION_DENIED", "PermissionError", "no", { who: 1n }],
    );
    const cause = own.cause as RunarError;
    assert.deepEqual([cause.name, cause.message], ["RangeError", "inner"]);
    const thrown = await failure(node().request("errors/thrown"));
    assert.deepEqual(
      [thrown.code, thrown.name, thrown.message],
      ["HANDLER_FAILED", "TypeError", "broken"],
    );
    assert.match(thrown.remoteStack ?? "", /contract/);
    const text = await failure(node().request("errors/text"));
    assert.deepEqual([text.code, text.message], ["HANDLER_FAILED", 'threw "just text"']);
  });

  test("a context knows its request, and hands its meta and its deadline on", async () => {
    await add({
      name: "k",
      path: "knows",
      actions: {
        inner: (ctx: Context) => [ctx.path, ctx.servicePath, ctx.meta, ctx.remaining() <= 2_000],
        outer: (ctx: Context) => ctx.request("inner", null, { timeout: 60_000, meta: { b: "2" } }),
      },
    });
    const answer = await node().request("knows/outer", null, { timeout: 2_000, meta: { a: "1" } });
    assert.deepEqual(answer, ["knows/inner", "knows", { a: "1", b: "2" }, true]);
  });

  test("every matching handler gets an event, with its real topic", async () => {
    const seen: unknown[] = [];
    const note = (payload: unknown, ctx: EventContext) =>
      seen.push([payload, ctx.topic, ctx.pathParams]);
    await add({
      name: "h",
      path: "hears",
      actions: { tell: (text: string, ctx: Context) => ctx.publish("told", text) },
      events: { told: note, "hears/*": note },
    });
    const id = await node().subscribe("hears/{what}", note);
    const rest = await node().subscribe("hears/>", note);
    await node().request("hears/tell", "hi");
    const receipt = await node().publish("hears/told", { n: 1 }, { ack: "handled" });
    const counts = { matched: 4, queued: 4, refused: 0, handled: 4, failed: 0, clients: 0 };
    const { id: eventId, refusals, ...others } = receipt;
    assert.deepEqual(others, counts);
    assert.deepEqual(refusals, []);
    assert.ok(eventId > 0);
    assert.deepEqual(seen, [
      ["hi", "hears/told", {}],
      ["hi", "hears/told", {}],
      ["hi", "hears/told", { what: "told" }],
      ["hi", "hears/told", {}],
      [{ n: 1 }, "hears/told", {}],
      [{ n: 1 }, "hears/told", {}],
      [{ n: 1 }, "hears/told", { what: "told" }],
      [{ n: 1 }, "hears/told", {}],
    ]);
    assert.equal(await node().unsubscribe(id), true);
    assert.equal(await node().unsubscribe(id), false);
    await node().unsubscribe(rest);
    assert.equal((await node().publish("hears/told")).matched, 2);
    assert.equal((await node().publish("heard/told")).matched, 0);
  });

  test("a handler that throws is counted, and the next event still comes", async () => {
    const seen: unknown[] = [];
    const id = await node().subscribe<number>("throws/now", (n) => {
      seen.push(n);
      if (n === 1) {
        throw new Error("once");
      }
    });
    const first = await node().publish("throws/now", 1, { ack: "handled" });
    const second = await node().publish("throws/now", 2, { ack: "handled" });
    assert.deepEqual([first.handled, first.failed], [0, 1]);
    assert.deepEqual([second.handled, second.failed], [1, 0]);
    assert.deepEqual(seen, [1, 2]);
    await node().unsubscribe(id);
  });

  test("retained events come first and in order, until they are cleared", async () => {
    await node().publish("kept/a", 1, { retainFor: 60_000 });
    await node().publish("kept/b", 2, { retainFor: 60_000 });
    await node().publish("kept/c", 3);
    const seen: unknown[] = [];
    const id = await node().subscribe("kept/*", (n, ctx) => seen.push([ctx.topic, n]), {
      includePast: true,
    });
    await node().publish("kept/a", 4, { ack: "handled" });
    assert.deepEqual(seen, [
      ["kept/a", 1],
      ["kept/b", 2],
      ["kept/a", 4],
    ]);
    await node().unsubscribe(id);
    const past = await node().on<number>("kept/b", { includePast: true });
    assert.deepEqual([past.topic, past.payload], ["kept/b", 2]);
    assert.equal(await node().clearRetainedEventsMatching("kept/>"), 2);
    assert.equal(await node().clearRetainedEventsMatching("kept/>"), 0);
  });

  test("an event that is waited for is not missed by a publish that follows at once", async () => {
    const event = node().on<{ n: number }>("awaited/*");
    void node().publish("awaited/now", { n: 1 });
    const { topic, payload, id } = await event;
    assert.deepEqual([topic, payload], ["awaited/now", { n: 1 }]);
    assert.ok(id > 0);
  });

  test("a service is initialised, started and found in the registry", async () => {
    const steps: unknown[] = [];
    await add({
      name: "l",
      path: "lives",
      init: (ctx) => steps.push(["init", ctx.servicePath]),
      start: async (ctx) => steps.push(["start", await ctx.request("hello")]),
      stop: () => steps.push(["stop"]),
      actions: { hello: () => "hello" },
    }).catch((error: RunarError) => steps.push([error.code, error.message]));
    // Its own actions answer when it runs, which is after start.
    assert.deepEqual(steps, [
      ["init", "lives"],
      [
        "NOT_RUNNING",
        'service "lives" failed to start: Service is not Running - it is in Initialized state: lives',
      ],
    ]);
    await node().removeService("lives");
    await refused(
      node().request("lives/hello"),
      "NOT_FOUND",
      'No handler found for action lives/hello: there is no service "lives"',
    );
    await add({ name: "l", path: "lives", stop: () => steps.push(["stop"]) });
    const state = await node().request("$registry/services/lives/state");
    assert.deepEqual(state, { state: "RUNNING" });
    await node().removeService("lives");
    assert.deepEqual(steps.at(-1), ["stop"]);
    await refused(
      add({
        name: "l",
        path: "lives",
        init: () => {
          throw new RunarError("CONFIG", "no luck");
        },
      }),
      "CONFIG",
      "no luck",
    );
    await add({ name: "l", path: "lives" });
  });

  test("a paused service does not answer", async () => {
    await add({ name: "z", path: "pauses", actions: { a: () => 1 } });
    await node().request("$registry/services/pauses/pause");
    await refused(
      node().request("pauses/a"),
      "NOT_RUNNING",
      "Service is not Running - it is in Paused state: pauses",
    );
    await node().request("$registry/services/pauses/resume");
    assert.equal(await node().request("pauses/a"), 1);
  });

  test("clients of a definition and of a path request the same", async () => {
    const shop = defineService({
      name: "s",
      path: "client-shop",
      actions: {
        sum: (a: number, b = 10, c = 100) => a + b + c,
        save: (user: { name: string }) => user.name,
        pay: action({ handler: (input: { amount: number }) => input.amount }),
      },
    });
    await add(shop);
    for (const client of [node().client(shop), node().client<typeof shop>("client-shop")]) {
      assert.equal(await client.sum(1), 111);
      assert.equal(await client.sum(1, undefined, 2), 13);
      assert.equal(await client.save({ name: "Ann" }), "Ann");
      assert.equal(await client.pay({ amount: 5 }, { timeout: 1_000 }), 5);
    }
  });

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

  test("errors that are defined stay what they are, and say where they came from", async () => {
    const NoStock = defineError<{ left: number }>("ContractNoStock");
    await add({
      name: "d",
      path: "defined",
      actions: {
        sell: () => {
          throw new NoStock("sold out", { data: { left: 0 } });
        },
        through: (ctx: Context) => ctx.request("sell"),
      },
    });
    const error = await failure(node().request("defined/through"));
    assert.ok(error instanceof NoStock);
    assert.deepEqual([error.message, error.data], ["sold out", { left: 0 }]);
    assert.equal(error.path, "defined/sell");
    assert.match(error.node ?? "", /^[^/]+\/.+/);
    assert.equal((await failure(node().request("defined/none"))).path, "defined/none");
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

  test("an event is tried again, and then goes to where its dead letters go", async () => {
    const tried: unknown[] = [];
    const letters: unknown[] = [];
    await add({
      name: "m",
      path: "mortal",
      events: {
        born: event({
          retry: { attempts: 2, backoff: 1, jitter: 0 },
          deadLetter: "died",
          handler: (n: number, ctx) => {
            tried.push([n, ctx.attempt]);
            if (n === 1 || ctx.attempt === 1) {
              throw new RangeError(`no ${n}`);
            }
          },
        }),
        died: (letter: object) => letters.push(letter),
      },
    });
    const first = await node().publish("mortal/born", 1, { ack: "handled" });
    const second = await node().publish("mortal/born", 2, { ack: "handled" });
    assert.deepEqual([first.handled, first.failed], [0, 1]);
    assert.deepEqual([second.handled, second.failed], [1, 0]);
    assert.deepEqual(tried, [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    assert.deepEqual(letters, [
      {
        id: first.id,
        topic: "mortal/born",
        payload: 1,
        error: { code: "HANDLER_FAILED", name: "RangeError", message: "no 1" },
        attempts: 2,
        subscription: "mortal/born of service mortal",
      },
    ]);
  });

  test("one of a group gets an event, and each has its turn", async () => {
    const seen: string[] = [];
    const ids: number[] = [];
    for (const name of ["a", "b"]) {
      ids.push(await node().subscribe("grouped/x", () => seen.push(name), { group: "workers" }));
    }
    ids.push(await node().subscribe("grouped/*", () => seen.push("all")));
    for (let i = 0; i < 4; i++) {
      const { matched, handled } = await node().publish("grouped/x", i, { ack: "handled" });
      assert.deepEqual([matched, handled], [2, 2]);
    }
    assert.deepEqual(seen.filter((name) => name !== "all").sort(), ["a", "a", "b", "b"]);
    assert.equal(seen.filter((name) => name === "all").length, 4);
    await Promise.all(ids.map((id) => node().unsubscribe(id)));
  });

  test("serial handlers wait for each other, and a full line refuses or gives up", async () => {
    const steps: string[] = [];
    let free: () => void = () => {};
    const slow = (n: number) => {
      steps.push(`${n} begins`);
      return new Promise<void>((resolve) => {
        free = () => {
          steps.push(`${n} ends`);
          resolve();
        };
      });
    };
    const id = await node().subscribe("serial/refuses", slow, { order: "serial", maxWaiting: 1 });
    const publish = (topic: string, n: number) => node().publish(topic, n, { ack: "handled" });
    const first = publish("serial/refuses", 1);
    await node().publish("serial/turn", 0, { ack: "handled" });
    await node().request("$registry/services/list"); // its handler has begun
    const second = publish("serial/refuses", 2);
    const third = await publish("serial/refuses", 3);
    assert.deepEqual([third.queued, third.refusals[0]?.reason], [0, "FULL"]);
    free();
    assert.equal((await first).handled, 1);
    await node().request("$registry/services/list");
    free();
    assert.equal((await second).handled, 1);
    assert.deepEqual(steps, ["1 begins", "1 ends", "2 begins", "2 ends"]);
    await node().unsubscribe(id);
  });

  test("what is acknowledged by hand is handled when its handler says so", async () => {
    const id = await node().subscribe<string>(
      "manual/x",
      (how, ctx) => {
        if (how === "ack") {
          ctx.ack();
        } else if (how === "nack") {
          ctx.nack("no");
        }
      },
      { ack: "manual", timeout: 20 },
    );
    for (const [how, handled, failed] of [
      ["ack", 1, 0],
      ["nack", 0, 1],
    ] as const) {
      const receipt = await node().publish("manual/x", how, { ack: "handled" });
      assert.deepEqual([receipt.handled, receipt.failed], [handled, failed]);
    }
    await node().unsubscribe(id);
  });

  test("a service pauses and resumes with its hooks, and refuses events meanwhile", async () => {
    const steps: string[] = [];
    await add({
      name: "h",
      path: "hooked",
      pause: () => steps.push("pause"),
      resume: () => steps.push("resume"),
      events: { it: () => steps.push("event") },
    });
    await node().request("$registry/services/hooked/pause");
    const { matched, refused: count, refusals } = await node().publish("hooked/it");
    assert.deepEqual([matched, count, refusals[0]?.reason], [1, 1, "CLOSED"]);
    await node().request("$registry/services/hooked/resume");
    await node().publish("hooked/it", 0, { ack: "handled" });
    assert.deepEqual(steps, ["pause", "resume", "event"]);
  });

  test("a version in the address is the service's, or there is nobody", async () => {
    await add({
      name: "v",
      path: "versioned",
      version: "2.1.0",
      actions: { path: (ctx: Context) => ctx.path, own: (ctx: Context) => ctx.request("path") },
    });
    for (const range of ["2", "2.x", "^2.0", "~2.1", "2.1.0"]) {
      assert.equal(await node().request(`versioned@${range}/path`), "versioned/path");
    }
    assert.equal(await node().request("versioned/own"), "versioned/path");
    await refused(
      node().request("versioned@3/path"),
      "NOT_FOUND",
      'No handler found for action versioned@3/path: service "versioned" has the versions 2.1.0',
    );
    await refused(
      add({ name: "w", path: "misversioned", version: "2" }),
      "INVALID_INPUT",
      'service "misversioned": version "2" is not major.minor.patch; did you mean 2.0.0?',
    );
  });

  test("a service starts behind what it depends on, and a cycle is refused", async () => {
    await add({ name: "d", path: "db", version: "1.2.0" });
    await add({ name: "n", path: "needs", dependsOn: ["db@^1"] });
    assert.deepEqual(await node().request("$registry/services/needs/state"), { state: "RUNNING" });
    await refused(
      add({ name: "s", path: "selfish", dependsOn: ["selfish"] }),
      "INVALID_INPUT",
      'service "selfish" closes a cycle of dependsOn: selfish -> selfish; one of them must start without the other',
    );
  });
}
