// The end of the process, in every way, under every load: the right code, no signal, no hang, and
// Java's shutdown hooks run.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isBun, run, runInTime } from "./run.mjs";

const folder = mkdtempSync(join(tmpdir(), "runar-exit-"));
after(() => rmSync(folder, { recursive: true }));
const times = Number(process.env.RUNAR_EXITS ?? 2);
const codes = { natural: 2, exit: 3, throw: 1, java: 5, sigterm: 143 };
const noCrash = /SIGSEGV|SIGABRT|pure virtual|fatal error has been detected|core dumped/i;

for (const [way, expected] of Object.entries(codes)) {
  for (const load of ["idle", "flood", "gc"]) {
    test(`${way} under ${load}`, async () => {
      for (let at = 0; at < times; at++) {
        const hook = join(folder, `${way}-${load}-${at}`);
        const { code, signal, stderr, ms } = await runInTime("exits.mjs", [way, load, hook]);
        assert.deepEqual({ code, signal }, { code: expected, signal: null }, stderr);
        assert.doesNotMatch(stderr, noCrash);
        assert.doesNotMatch(stderr, /runar_native/);
        if (way === "throw") assert.match(stderr, /uncaught on purpose/);
        else assert.equal(stderr, "");
        assert.equal(readFileSync(hook, "utf8"), "hook ran");
        assert.ok(ms < 20_000, `took ${ms} ms`);
      }
    });
  }
}

for (const way of ["exit", "java"]) {
  for (const code of [-1, 0xc0000005]) {
    test(`${way} with ${code}`, async () => {
      const said = await run("exits.mjs", [way, "idle", join(folder, "codes"), code]);
      const { signal, stderr } = said;
      assert.deepEqual(
        { code: said.code, signal, stderr },
        { code: code & 255, signal: null, stderr: "" },
      );
    });
  }
}

test("a SIGTERM that JavaScript does not handle ends the process as without Java", async () => {
  const { code, signal, stderr } = await run("exits.mjs", [
    "sigterm-default",
    "flood",
    join(folder, "none"),
  ]);
  assert.deepEqual({ code, signal, stderr }, { code: null, signal: "SIGTERM", stderr: "" });
});

test("a shutdown hook that never ends does not keep the process", async () => {
  const { code, ms, stderr } = await run("exits.mjs", [
    "stuck-hook",
    "idle",
    join(folder, "stuck"),
  ]);
  assert.equal(code, 6);
  assert.equal(stderr, "runar_native: the process ends without waiting any longer than 3000 ms\n");
  assert.ok(ms >= 3_000 && ms < 10_000, `took ${ms} ms`);
});

test("a loop that hears nothing does not keep Java from exiting", async () => {
  const { code, ms, stderr } = await run("java-exit-unheard.mjs");
  assert.equal(code, 7);
  assert.equal(stderr, "runar_native: the process ends without waiting any longer than 5000 ms\n");
  assert.ok(ms >= 5_000 && ms < 12_000, `took ${ms} ms`);
});

test("libc's exit ends Java where nobody has", {
  skip: isBun && "Bun runs no handlers of libc",
}, async () => {
  const hook = join(folder, "libc");
  const { code, signal, stderr } = await run("no-shutdown.mjs", [hook]);
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  assert.ok(existsSync(hook));
});
