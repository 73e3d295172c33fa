// Services: their lives, their versions and what they say of themselves.
import assert from "node:assert/strict";
import { type Context, type Node, RunarError } from "runar-ts";
import { type Define, tools } from "./contract-tools.js";

export function serviceContract(test: Define, node: () => Node): void {
  const { add, failure, refused } = tools(node);

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

  test("versions of a service are side by side, and an address says which", async () => {
    for (const version of ["1.4.0", "2.1.0", "2.2.0", "3.0.0-beta.1"]) {
      await add({
        name: "side",
        path: "side",
        version,
        actions: {
          which: () => version,
          path: (ctx: Context) => ctx.path,
          own: (ctx: Context) => ctx.request("which"),
          ...(version.startsWith("1.") ? { old: () => "old" } : {}),
          "item/{id}": (ctx: Context) => `${version}:${ctx.pathParams["id"]}`,
        },
      });
    }
    const ask = (path: string) => node().request<string>(path);
    for (const [range, version] of [
      ["1", "1.4.0"],
      ["2", "2.2.0"],
      ["2.1", "2.1.0"],
      ["^1.2", "1.4.0"],
      ["~2.1", "2.1.0"],
      ["2.x", "2.2.0"],
      [">=1,<2.2", "2.1.0"],
      [">2.1.0", "2.2.0"],
      ["<=1.4", "1.4.0"],
      ["1||2.1", "2.1.0"],
      ["*", "2.2.0"],
      ["3.0.0-beta.1", "3.0.0-beta.1"],
      [">=3.0.0-alpha", "3.0.0-beta.1"],
      ["1.4.0,<2", "1.4.0"],
    ] as const) {
      assert.equal(await ask(`side@${range}/which`), version, range);
    }
    assert.equal(await ask("side/which"), "2.2.0");
    assert.equal(await ask("side@1/item/7"), "1.4.0:7");
    assert.equal(await ask("side@1/own"), "1.4.0");
    assert.equal(await ask("side@1/path"), "side/path");
    await refused(
      ask("side@4/which"),
      "NOT_FOUND",
      'No handler found for action side@4/which: service "side" has the versions 1.4.0, 2.1.0, 2.2.0, 3.0.0-beta.1',
    );
    await refused(
      ask("side/old"),
      "NOT_FOUND",
      'No handler found for action side/old: service "side" 2.2.0 has [which, path, own, item/{id}]; there are the versions 1.4.0, 2.1.0, 2.2.0, 3.0.0-beta.1',
    );
    await refused(
      ask("side@nonsense/which"),
      "INVALID_PATH",
      'invalid path "side@nonsense/which": "nonsense" names no versions; write 2, 2.x, ^2.1, ~2.1, >=1,<3 or 2.0.0-beta.1',
    );
    await refused(
      add({ name: "again", path: "side", version: "2.1.0" }),
      "DUPLICATE",
      'service path "side" is taken by "side" in version 2.1.0; choose another path or version',
    );
    await node().request("$registry/services/side@2.2.0/pause");
    assert.equal(await ask("side/which"), "2.1.0");
    await refused(
      ask("side@2.2.0/which"),
      "NOT_RUNNING",
      "Service is not Running - it is in Paused state: side",
    );
    await node().request("$registry/services/side@2.2.0/resume");
    await node().removeService("side@2.2.0");
    assert.equal(await ask("side/which"), "2.1.0");
  });

  test("a service says how it is", async () => {
    let answer: () => unknown = () => ({ depth: 3 });
    await add({ name: "w", path: "well", health: () => answer() });
    await add({ name: "w", path: "silent" });
    const ask = async (path: string) => {
      const { ms, checkedAt, ...rest } = await node().request<Record<string, unknown>>(path);
      assert.ok(typeof ms === "number" && typeof checkedAt === "number");
      return rest;
    };
    const version = "0.0.0";
    const state = "RUNNING";
    assert.deepEqual(await ask("$health/services/well"), {
      path: "well",
      version,
      state,
      ready: true,
      details: { depth: 3 },
    });
    assert.deepEqual(await ask("$health/services/silent"), {
      path: "silent",
      version,
      state,
      ready: true,
      details: null,
    });
    for (const [path, health, details] of [
      ["unwell", () => false, false],
      ["waits", () => ({ ready: false, why: "cold" }), { ready: false, why: "cold" }],
    ] as const) {
      await add({ name: "w", path, health });
      const said = await ask(`$health/services/${path}`);
      assert.deepEqual([said["ready"], said["details"]], [false, details]);
    }
    answer = () => {
      throw new RunarError("TIMEOUT", "the disk is away");
    };
    await add({ name: "w", path: "fails", health: () => answer() });
    const failed = await ask("$health/services/fails");
    assert.deepEqual(
      [failed["ready"], failed["details"], failed["error"]],
      [false, null, { code: "TIMEOUT", message: "the disk is away" }],
    );
    const { ready } = await node().request<{ ready: boolean }>("$health/ready");
    assert.equal(ready, false);
    assert.deepEqual(await node().request("$health/live"), { live: true });
    const not = await failure(node().request("$health/services/nobody"));
    assert.deepEqual([not.code, not.message], ["NOT_FOUND", 'there is no service "nobody"']);
    for (const path of ["unwell", "waits", "fails"]) {
      await node().removeService(path);
    }
    await node().request("$registry/services/well/pause");
    assert.deepEqual(await node().request("$health/services/well"), {
      path: "well",
      version,
      state: "PAUSED",
      ready: false,
    });
  });

  test("a service waits for what it depends on", async () => {
    const steps: string[] = [];
    await add({ name: "l", path: "late", dependsOn: ["base@^1"], start: () => steps.push("late") });
    const { problem } = await node().request<{ problem: string }>("$registry/services/late");
    assert.equal(problem, "waits for base@^1 (not there)");
    assert.equal((await failure(node().request("late/x"))).code, "NOT_FOUND");
    const running = node().on("$registry/services/late/state/running");
    await add({ name: "b", path: "base", version: "1.2.0", start: () => steps.push("base") });
    await running;
    assert.deepEqual(steps, ["base", "late"]);
    assert.deepEqual(await node().request("$registry/services/late/state"), { state: "RUNNING" });
  });
}
