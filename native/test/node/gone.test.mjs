// The other side is killed, or was never there.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Program, transport } from "./start.mjs";

const ofProcess = { skip: transport === "process" ? false : "there is no other process" };
const LIMIT_MS = 5_000;

/** One that has ended and whose end nobody has asked for yet is not alive. */
function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Resolves when the process is gone, to how long that took. */
async function gone(pid) {
  const began = performance.now();
  while (isAlive(pid) && performance.now() - began < LIMIT_MS)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return performance.now() - began;
}

test(
  "a node that is killed: whatever waits for it fails, and another one begins",
  ofProcess,
  async () => {
    const program = new Program("idles.mjs");
    const first = await program.next();
    program.write("waits");
    assert.deepEqual(await program.next(), { waits: 3 });
    process.kill(first.pid, "SIGKILL");
    const { ends, message } = await program.next();
    assert.deepEqual(ends, ["NOT_RUNNING", "NOT_RUNNING", "NOT_RUNNING"]);
    assert.match(message, /SIGKILL/);
    assert.deepEqual(await program.next(), { later: "NOT_RUNNING" });
    program.write("again");
    const second = await program.next();
    assert.notEqual(second.pid, first.pid);
    program.write("stop");
    assert.deepEqual(await program.next(), { hasStopped: true });
    program.write("end");
    assert.equal((await program.ended).code, 0);
  },
);

/** How long a node is still there when its program was killed. */
async function killed() {
  const program = new Program("idles.mjs");
  const { pid } = await program.next();
  program.child.kill("SIGKILL");
  const ms = await gone(pid);
  assert.equal((await program.ended).signal, "SIGKILL");
  return ms;
}

test("a program that is killed takes its node along within a second", async (t) => {
  const tries = []; // three, since the machine may be busy
  do tries.push(await killed());
  while (tries.at(-1) >= 1_000 && tries.length < 3);
  t.diagnostic(`after ${tries.map(Math.round)} ms`);
  assert.ok(tries.at(-1) < 1_000, `it was there for ${tries} ms more`);
});

test("without a node nothing takes its place: start() fails, and no port is open", async () => {
  const folder = mkdtempSync(join(tmpdir(), "runar-none-"));
  writeFileSync(join(folder, "runar.jar"), "no jar");
  const program = new Program("starts.mjs", {}, { env: { RUNAR_HOME: folder } });
  const { code, message, open } = await program.next();
  assert.equal(code, "NOT_RUNNING");
  assert.match(message, /runar\.jar|has ended|do not fit each other/);
  assert.deepEqual(open, []);
  assert.equal((await program.ended).code, 0);
  rmSync(folder, { recursive: true });
});
