// What builds programs from what is packed: the compiler of TypeScript, and a bundler.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Installed, jre, native, target } from "./installed.mjs";

const js = join(native, "..", "js-sdk");
const tools = createRequire(join(js, "package.json"));
const addon = `@runar/native-${target()}`;
const ANSWER = "1 + 2 = 3\n";

let installed;
before(() => {
  installed = new Installed();
});
after(() => installed?.remove());

test("the SDK's types are found by whoever has installed it", () => {
  const tsc = join(js, "node_modules", ".bin", "tsc");
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    execFileSync(
      tsc,
      [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "false",
        "--target",
        "es2022",
        "--types",
        "",
      ].concat(["--module", module, "--moduleResolution", resolution, "app.ts"]),
      { cwd: installed.folder, stdio: "pipe" },
    );
  }
});

describe("a bundle", () => {
  /** Bundles a program, and runs it in a folder of its own that has those packages beside it. */
  async function bundled(external, names, env) {
    const { rolldown } = tools("rolldown");
    const folder = mkdtempSync(join(tmpdir(), "runar-bundle-"));
    try {
      const bundle = await rolldown({
        cwd: installed.folder,
        input: "app.mjs",
        platform: "node",
        external,
      });
      await bundle.write({ file: join(folder, "bundle.mjs"), format: "esm" });
      await bundle.close();
      for (const name of names) {
        cpSync(installed.package(name), join(folder, "node_modules", name), { recursive: true });
      }
      return await installed.node([join(folder, "bundle.mjs")], env);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("sees the addon: a bundler that cannot carry one says which file", async () => {
    await assert.rejects(bundled([], [], {}), /Could not load .*runar_native\.node/);
  });

  test("works beside the packages", async () => {
    for (const transport of ["process", "native"]) {
      const { code, out, err } = await bundled([/^@runar\//], ["@runar/runtime", addon, jre()], {
        RUNAR_TRANSPORT: transport,
      });
      assert.deepEqual([code, out], [0, ANSWER], err);
    }
  });

  test("says what it lacks without them", async () => {
    const { code, err } = await bundled([/^@runar\//], [], {});
    assert.equal(code, 1);
    assert.match(err, /package @runar\/runtime: is not installed/);
  });
});
