// Events from threads of Java inside the node, over the whole way: each arrives once, in the order of
// its producer, with the arguments that are documented, and what was refused was said to its producer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBun, isLong, Program, runtime, transport } from "./start.mjs";

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

/** A program whose node has a callback queue of so many places, and that takes these floods. */
function program(bound, floods) {
  const env = { RUNAR_LIMITS_QUEUED_CALLBACKS: String(bound) };
  const flags = isBun ? [] : ["--expose-gc"];
  const all = floods.map((options) => ({ threads: THREADS, ...options }));
  return new Program("flood.mjs", all, { env, flags });
}

/** The next flood of a program, which is whole: so many events of each producer. */
async function whole(program, each) {
  const said = await program.next();
  const all = THREADS * each;
  const { came, next, faults, thrown, counts, ledger } = said;
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
  return said;
}

async function ends(program) {
  assert.deepEqual([(await program.ended).code, program.stderr], [0, ""]);
}

for (const [bound, quick] of [
  [1, 500],
  [16, 1_250],
]) {
  test(`a queue of ${bound}: what is refused is said, and comes when it is tried again`, async () => {
    const count = each(quick);
    const one = program(bound, [{ each: count }]);
    assert.ok((await whole(one, count)).counts.full > 0);
    await ends(one);
  });
}

test("a queue of 1,024", async (t) => {
  // The million: on each runtime with the node in its process, elsewhere where RUNAR_LONG is set.
  const most = each(5_000, transport === "native");
  const [few, some] = [each(1_250), each(2_500)];
  const one = program(1_024, [
    { each: most },
    { each: few, replacesEach: 500 },
    { each: few, blocksAt: 500 },
    { each: some, collectsEach: 4_096 },
    { each: few, throwsEach: 100 },
  ]);

  await t.test(`${THREADS * most} events`, async (t) => {
    const { ms, counts } = await whole(one, most);
    t.diagnostic(`${runtime}, ${transport}: ${ms} ms, ${counts.full} refused`);
  });

  await t.test("a handler that is replaced while events come", async () => {
    assert.ok((await whole(one, few)).replacements > 0);
  });

  await t.test("a handler that blocks its event loop for a second", async () => {
    const { ms, counts } = await whole(one, few);
    assert.ok(ms >= 1_000 && counts.full > 0);
  });

  await t.test("both garbage collectors run all the time", () => whole(one, some));

  await t.test("a handler that throws at each 100th event: the others are handled", async () => {
    assert.equal((await whole(one, few)).thrown, (THREADS * few) / 100);
    assert.equal((await one.ended).code, 0);
    const told = one.stderr.match(/Error: thrown \d+$/gm)?.length ?? 0;
    const lost = [...one.stderr.matchAll(/(\d+) lines of output were lost/g)];
    const untold = lost.reduce((sum, [, count]) => sum + Number(count), 0);
    assert.ok(untold > 0 || told === (THREADS * few) / 100, `${told} failures are in the log`);
  });
});
