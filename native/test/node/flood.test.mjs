// Events from threads of Java inside the node, over the whole way: each arrives once, in the order of
// its producer, with the arguments that are documented, and what was refused was said to its producer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBun, isLong, run, runtime, transport } from "./start.mjs";

const THREADS = 8;
const LONG = 125_000;
const NO_FAULTS = {
  absent: 0,
  wrongCount: 0,
  wrongContext: 0,
  wrongPayload: 0,
  outOfOrder: 0,
  nested: 0,
};

/** How many events each producer has: all of a million where a test is the long one of its kind. */
const each = (quick, isTheLongOne = false) => (isLong || isTheLongOne ? LONG : quick);

/**
 * Runs a flood through a callback queue of so many places.
 *
 * @param refuses whether the queue must have been full; undefined: it may
 */
async function flood({ bound, each, refuses, ...options }) {
  const env = { RUNAR_LIMITS_QUEUED_CALLBACKS: String(bound) };
  const flags = options.collectsEach !== undefined && !isBun ? ["--expose-gc"] : [];
  const asked = { threads: THREADS, each, ...options };
  const { said, code, stderr } = await run("flood.mjs", asked, { env, flags });
  const all = THREADS * each;
  const { came, next, faults, thrown, counts, ledger } = said;
  assert.equal(code, 0);
  assert.deepEqual(faults, NO_FAULTS);
  assert.deepEqual([came, next], [all, new Array(THREADS).fill(each)]);
  // What the producers were told is what the node has counted, and both are what came.
  const { offered, full, unheard, ...others } = counts;
  assert.deepEqual(others, { queued: all, closed: 0, refused: 0, handled: 0, failed: 0 });
  assert.equal(offered, all + full + unheard);
  assert.deepEqual(ledger, {
    published: offered,
    matched: offered - unheard,
    queued: all,
    refused: full,
    handled: all - thrown,
    failed: thrown,
    waiting: 0,
  });
  if (refuses !== undefined) assert.equal(full > 0, refuses, `${full} refused`);
  return { ...said, stderr };
}

// The million: on each runtime with the node in its process, elsewhere where RUNAR_LONG is set.
const isTheLongOne = transport === "native";

test("a queue of 1 callback", () => flood({ bound: 1, each: each(500), refuses: true }));

test("a queue of 16 callbacks", () => flood({ bound: 16, each: each(1_250), refuses: true }));

test(`a queue of 1,024 callbacks, ${THREADS * each(5_000, isTheLongOne)} events`, async (t) => {
  const { ms, counts, stderr } = await flood({ bound: 1_024, each: each(5_000, isTheLongOne) });
  assert.equal(stderr, "");
  t.diagnostic(`${runtime} ${transport}: ${ms} ms, ${counts.full} refused`);
});

test("a handler that throws at each 100th event: all others are handled", async () => {
  const number = each(1_250);
  const { thrown, stderr } = await flood({ bound: 1_024, each: number, throwsEach: 100 });
  assert.equal(thrown, (THREADS * number) / 100);
  const told = stderr.match(/Error: thrown \d+$/gm)?.length ?? 0;
  const lost = [...stderr.matchAll(/(\d+) lines of output were lost/g)];
  const untold = lost.reduce((sum, [, count]) => sum + Number(count), 0);
  assert.ok(untold > 0 || told === thrown, `${told} of ${thrown} failures are in the log`);
});

test("a handler that is replaced while events come", async () => {
  const options = { bound: 1_024, each: each(1_250), replacesEach: 500 };
  const { replacements, counts } = await flood(options);
  assert.ok(replacements > 0 && counts.unheard >= 0);
});

test("a handler that blocks its event loop for a second", async () => {
  const options = { bound: 1_024, each: each(1_250), blocksAt: 500, refuses: true };
  assert.ok((await flood(options)).ms >= 1_000);
});

test("both garbage collectors run all the time", () =>
  flood({ bound: 1_024, each: each(2_500), collectsEach: 4_096 }));
