// Links of workers: they end in every way under a flood, and nobody else notices.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./run.mjs";

const rounds = Number(process.env.RUNAR_ROUNDS ?? 3);

for (const ways of ["graceful", "exit", "terminate", "graceful,exit,terminate,terminate"]) {
  test(`workers that end by ${ways}`, async () => {
    const count = ways.split(",").length * rounds;
    const terminated = ways.split(",").filter((way) => way === "terminate").length * rounds;
    const { said, code, signal, stderr } = await run("workers.mjs", [ways, rounds]);
    assert.equal(stderr, "");
    const { highestSlot, ...rest } = said;
    assert.ok(highestSlot <= 2 * ways.split(",").length, "slots are used again");
    assert.deepEqual(rest, { ended: count, echoes: rounds, wrongThread: terminated, stale: count });
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
  });
}

test("the addon outlives the worker that was the first to load it", async () => {
  const { said, code, signal, stderr } = await run("only-in-worker.mjs");
  assert.equal(stderr, "");
  assert.deepEqual({ said, code, signal }, { said: { echo: "alive" }, code: 0, signal: null });
});

test("a worker is told that a handle is another loop's, which keeps it", async () => {
  const { said, code, stderr } = await run("wrong-thread.mjs");
  assert.equal(stderr, "");
  const { echo, ...calls } = said;
  assert.deepEqual(Object.keys(calls), ["send", "drain", "ref", "unref", "close", "stats"]);
  for (const answer of Object.values(calls))
    assert.equal(
      answer,
      "ERR_WRONG_THREAD: this handle was opened by another loop: open one in each worker",
    );
  assert.equal(echo, "still here");
  assert.equal(code, 0);
});
