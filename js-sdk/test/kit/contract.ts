// What a node promises a script, as far as the test kit promises it too. The same tests run against
// TestNode in Vitest, against TestNode under `runar test`, and against the real node there.
import assert from "node:assert/strict";
import {
  action,
  type Context,
  defineService,
  type EventContext,
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
      'service path "twice" is taken by "first"; choose another path',
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
}
