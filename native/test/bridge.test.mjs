// Frames both ways: their shape, a flood with room and without, and both under collectors' storms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBun, run } from "./run.mjs";

const long = process.env.RUNAR_LONG === "1";
const FRAME = 4 + 1 + 8 + 16;
const COST = 4;

test("a frame arrives as it was sent, and a doorbell has no arguments", async () => {
  const { said, code, stderr } = await run("shape.mjs");
  assert.equal(stderr, "");
  assert.deepEqual(said, {
    came: [true, true, true, true],
    rings: [],
    kinds: { drain: "undefined", ref: "undefined", send: 0 },
    after: [2, "undefined", "undefined", "undefined", 0, "undefined"],
  });
  assert.equal(code, 0);
});

async function flood(threads, events, maxBytes, ...more) {
  const flags = more.includes("gc") && !isBun ? ["--expose-gc"] : [];
  const { said, code, stderr } = await run("flood.mjs", [threads, events, 16, maxBytes, ...more], {
    flags,
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const { ms: _, refused, refusedInJava, ...rest } = said;
  assert.deepEqual(rest, {
    events: threads * events,
    outOfOrder: 0,
    damaged: 0,
    done: threads,
    args: 0,
    accepted: threads * events + threads,
    delivered: threads * events + threads,
    waitingBytes: 0,
  });
  assert.equal(refused, refusedInJava, "each refusal was counted and told");
  return refused;
}

for (const threads of [4, 8]) {
  test(`${threads} threads flood a link of 8 MiB`, () => flood(threads, 50_000, 8 << 20));

  test(`${threads} threads flood a link of 4 KiB`, async () => {
    assert.ok((await flood(threads, long ? 50_000 : 20_000, 4096)) > 0);
  });

  test(`${threads} threads flood a link of one frame`, async () => {
    assert.ok((await flood(threads, long ? 50_000 : 2_000, FRAME + COST)) > 0);
  });
}

test("a flood arrives whole while both collectors run all the time", () =>
  flood(4, long ? 50_000 : 10_000, 64 << 10, "gc"));

/** How late the latest of so many events was. */
async function latest(events) {
  const { said, code, stderr } = await run("idle.mjs", [events, 50]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.equal(said.events, events);
  return said.latest;
}

test("each of the events that come now and then is heard at once", async () => {
  const tries = []; // three, since the machine may be busy
  do tries.push(await latest(long ? 200 : 60));
  while (tries.at(-1) >= 500 && tries.length < 3);
  assert.ok(tries.at(-1) < 500, `one came ${tries} ms late`);
});

test("a doorbell that throws is told, and rings again", async () => {
  const { said, code } = await run("throwing.mjs");
  assert.deepEqual(said, {
    came: ["left", "0", "1", "2", "3", "4"],
    thrown: ["thrown 0", "thrown 1", "thrown 2", "thrown 3", "thrown 4"],
  });
  assert.equal(code, 0);
});

test("a link that is closed under a flood: a prefix without gaps, and the rest is counted", async () => {
  const { said, code, stderr } = await run("close.mjs");
  assert.equal(stderr, "");
  const { came, queued, undelivered, ...rest } = said;
  assert.deepEqual(rest, { gaps: 0, late: 0 });
  assert.equal(queued, came + undelivered);
  assert.equal(code, 0);
});

test("a process that exits under a flood knows how many frames it did not deliver", async () => {
  const { said, code, stderr } = await run("undelivered.mjs");
  assert.equal(stderr, "");
  assert.deepEqual(said, { some: true, exact: true });
  assert.equal(code, 0);
});

for (const [count, size, maxBytes] of [
  [200_000, 32, 8 << 20],
  [long ? 1_000_000 : 50_000, 1024, 1 << 20],
  [2_000, 1024, 1024 + 9 + 4],
]) {
  test(`${count} frames of ${size} bytes to Java and back through ${maxBytes} bytes`, async () => {
    const { said, code, stderr } = await run("sends.mjs", [count, size, maxBytes]);
    assert.equal(stderr, "");
    const { refused, refusedByC, ...rest } = said;
    assert.deepEqual(rest, {
      echoes: count,
      outOfOrder: 0,
      accepted: count,
      delivered: count,
      waitingBytes: 0,
    });
    assert.equal(refused, refusedByC);
    if (maxBytes < 8 << 20) assert.ok(refused > 0);
    assert.equal(code, 0);
  });
}
