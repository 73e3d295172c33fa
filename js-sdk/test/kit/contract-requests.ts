// Requests: paths, values, errors, contexts and clients.
import assert from "node:assert/strict";
import {
  action,
  type Context,
  defineError,
  defineService,
  type Node,
  type RunarError,
} from "runar-ts";
import { type Define, tools } from "./contract-tools.js";

export function requestContract(test: Define, node: () => Node): void {
  const { add, failure, refused } = tools(node);

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
        inner: (ctx: Context) => [ctx.path, ctx.servicePath, ctx.meta, ctx.remaining() <= 20_000],
        outer: (ctx: Context) => ctx.request("inner", null, { timeout: 60_000, meta: { b: "2" } }),
      },
    });
    const answer = await node().request("knows/outer", null, { timeout: 20_000, meta: { a: "1" } });
    assert.deepEqual(answer, ["knows/inner", "knows", { a: "1", b: "2" }, true]);
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
      assert.equal(await client.pay({ amount: 5 }, { timeout: 20_000 }), 5);
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
}
