// The life of links and of the machine beside the one of JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBun, run } from "./run.mjs";

test("every answer of a post reaches Java, and Java may close a link", async () => {
  const { said, code, stderr } = await run("answers.mjs");
  assert.equal(stderr, "");
  // queued, too large, closed
  assert.deepEqual(said, { posts: "032", send: 2, drain: "undefined", close: 0 });
  assert.equal(code, 0);
});

test("a pump that dies tells every link why", async () => {
  const { said, code, signal, stderr } = await run("pump-dies.mjs");
  assert.equal(stderr, "");
  assert.deepEqual(said, {
    came: 1,
    code: "ERR_JVM_DEAD",
    message: "java.lang.StackOverflowError: asked to die of é",
    send: 2,
    boot: "ERR_JVM_DEAD",
    open: "ERR_JVM_DEAD",
    close: 0,
  });
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
});

const expected = {
  signals: ["SIGINT", "SIGTERM", "SIGHUP"],
  overflow: "RangeError",
  deep: true,
  traps: 10_000,
  nulls: 100_000,
  deepAgain: true,
};

for (const flags of isBun ? [[]] : [[], ["--stack-size=7600"]]) {
  test(`signals, deep recursion, wasm traps and null pointers ${flags}`, async () => {
    const { said, code, signal, stderr } = await run("stress.mjs", [], { flags });
    assert.equal(stderr, "");
    assert.deepEqual(said, expected);
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
  });
}

for (const [program, ...args] of [
  ["shape.mjs"],
  ["answers.mjs"],
  ["pump-dies.mjs"],
  ["flood.mjs", 4, 5_000, 16, 4096],
  ["exits.mjs", "exit", "flood", "/dev/null"],
  ["exits.mjs", "java", "gc", "/dev/null"],
  ["boots.mjs", "no main class"],
]) {
  test(`-Xcheck:jni finds nothing in ${program} ${args}`, async () => {
    const env = { RUNAR_TEST_OPTIONS: "-Xcheck:jni" };
    const { stdout, stderr, signal } = await run(program, args, { env });
    assert.doesNotMatch(stdout + stderr, /WARNING|FATAL ERROR|ReleasePrimitive/);
    assert.equal(signal, null);
  });
}
