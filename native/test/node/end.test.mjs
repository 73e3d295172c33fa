// The end in the middle of a flood: what came is a prefix without gaps, and what did not come is
// counted as failed to its producer.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { isBun, isLong, run, runtime, transport, withReport } from "./start.mjs";

const NO_FAULTS = {
  absent: 0,
  wrongCount: 0,
  wrongContext: 0,
  wrongPayload: 0,
  outOfOrder: 0,
  nested: 0,
};
const at = isLong ? 200_000 : 5_000;

function ended(how, more = {}) {
  return withReport((report) => run("stops.mjs", { how, at, report, ...more }));
}

/** The counts of the producers add up, and so do those of what came. */
function addsUp({ said, counts }) {
  const { came, next, faults, late } = said;
  assert.deepEqual([faults, late], [NO_FAULTS, 0]);
  const sum = next.reduce((a, b) => a + b, 0);
  assert.equal(came, sum, "each producer's events came without a gap");
  const { offered, queued, full, closed, unheard, refused, handled, failed } = counts;
  assert.equal(offered, queued + full + closed + unheard + refused);
  assert.equal(queued, handled + failed, "each that was taken was handled or has failed");
  assert.ok(handled <= came && came <= queued, `${handled} handled, ${came} came of ${queued}`);
}

test("node.stop(): what was taken is handled, and nothing comes behind it", async () => {
  const { said, counts, code } = await ended("stop");
  addsUp({ said, counts });
  assert.equal(said.afterStop, 0);
  assert.equal(said.came, counts.handled);
  assert.equal(code, 0);
});

test("process.exit", async () => {
  const { said, counts, code } = await ended("exit");
  addsUp({ said, counts });
  assert.equal(code, 3);
});

test("an exception that nobody catches, while more comes than the handler can take", async () => {
  const { said, counts, code, stderr } = await ended("throw", { at: 500, slowMs: 0.5 });
  addsUp({ said, counts });
  assert.match(stderr, /nobody catches it/);
  assert.equal(code, 1);
});

test("an answer, a timeout and a cancellation at a time: one end each", async () => {
  const count = isLong ? 20_000 : 1_000;
  const { said, code } = await run("races.mjs", { count, ms: 100 });
  const { settled, began, twice, ends, after } = said;
  const sum = Object.values(settled).reduce((a, b) => a + b, 0);
  assert.deepEqual([sum, twice, ends.abortedTwice], [count, 0, 0]);
  assert.deepEqual(
    Object.keys(settled).filter((end) => !/^(OK|TIMEOUT|CANCELLED)$/.test(end)),
    [],
  );
  assert.ok(began <= count);
  assert.deepEqual(after, { OK: count }, "and nobody is held up by them");
  assert.equal(code, 0);
});

const version = execFileSync(runtime, ["--version"], { encoding: "utf8" });
const hasNodesInWorkers = !(isBun && /^1\.[0-2]\./.test(version));

test("a worker that ends in a flood takes its own node along", {
  skip: hasNodesInWorkers ? false : "workers of Bun before 1.3 are not supported",
}, async () => {
  const { said, code } = await run("workers.mjs");
  const row = (how) => ({ how, came: 2_000, faults: NO_FAULTS });
  assert.deepEqual(said.workers, ["terminate", "exit", "terminate"].map(row));
  assert.deepEqual([said.still, code], ["still here", 0], `over ${transport}`);
});
