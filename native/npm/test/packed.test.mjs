// What is packed; run after native/scripts/pack.sh.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { json, native, target } from "./installed.mjs";

const js = join(native, "..", "js-sdk");
const laidOut = join(native, "target", "npm", "packages");
const { version } = json(join(js, "package.json"));

function packages() {
  const scoped = readdirSync(join(laidOut, "@runar")).map((name) => `@runar/${name}`);
  return [...scoped, "runar-ts"];
}

describe("what is packed", () => {
  test("each package says what it is, for which machines, and runs nothing when it is installed", () => {
    const targets = json(join(native, "npm", "targets.json"));
    for (const name of packages()) {
      const manifest = json(join(laidOut, name, "package.json"));
      assert.equal(manifest.name, name);
      assert.equal(manifest.version, version);
      assert.ok(manifest.license && manifest.description && manifest.engines.node, name);
      assert.equal(manifest.scripts, undefined, name);
      assert.equal(manifest.devDependencies, undefined, name);
      const { os, cpu, libc } = targets[name.replace("@runar/native-", "")] ?? {};
      if (os !== undefined) {
        assert.deepEqual(
          [manifest.os, manifest.cpu, manifest.libc],
          [[os], [cpu], libc && [libc]],
          name,
        );
      }
    }
  });

  test("runar-ts asks for each of the others in its own version, and for none by force", () => {
    const manifest = json(join(laidOut, "runar-ts", "package.json"));
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    assert.equal(dependencies, undefined);
    const targets = Object.keys(json(join(native, "npm", "targets.json")));
    assert.deepEqual(Object.keys(optionalDependencies), [
      "@runar/runtime",
      ...targets.map((each) => `@runar/native-${each}`),
    ]);
    assert.deepEqual(new Set(Object.values(optionalDependencies)), new Set([version]));
    for (const [name, range] of Object.entries(peerDependencies)) {
      assert.equal(peerDependenciesMeta[name].optional, true, name);
      assert.equal(range, name === "vitest" ? ">=2" : version, name);
    }
  });

  test("the tarballs have what is said to be in them, and nothing of the checkout's", () => {
    const names = (name) =>
      execFileSync("tar", ["tzf", join(native, "target", "npm", `${name}-${version}.tgz`)], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
      })
        .split("\n")
        .filter((each) => each !== "" && !each.endsWith("/"))
        .map((each) => each.replace(/^package\//, ""))
        .sort();
    const also = ["LICENSE", "NOTICE", "README.md", "package.json"];
    assert.deepEqual(
      names(`runar-native-${target()}`),
      [...also, "index.cjs", "runar_native.node"].sort(),
    );
    const runtime = names("runar-runtime");
    assert.deepEqual(
      runtime.filter((each) => !/^lib\/[\w.-]+\.jar$/.test(each)),
      [...also, "THIRD-PARTY.txt", "runar.jar"].sort(),
    );
    const graaljs = names("runar-graaljs");
    assert.deepEqual(
      graaljs.filter((each) => !/^(lib|compiler)\/[\w.-]+\.jar$/.test(each)),
      [...also, "THIRD-PARTY.txt"].sort(),
    );
    assert.deepEqual(
      runtime.filter((each) => /polyglot|truffle|js-language|icu4j|swc4j/.test(each)),
      [],
    );
    assert.deepEqual(
      runtime.filter((each) => graaljs.includes(each) && each.startsWith("lib/")),
      [],
    );
    const sdk = names("runar-ts");
    assert.deepEqual(
      sdk.filter((each) => !/^(dist|src)\/[\w./-]+$/.test(each)),
      ["LICENSE", "README.md", "package.json"],
    );
    assert.ok(sdk.includes("dist/bin/runar.js"));
  });

  test("publint finds nothing to say", () => {
    for (const name of packages()) {
      execFileSync(process.execPath, [
        join(js, "node_modules", "publint", "src", "cli.js"),
        "run",
        join(laidOut, name),
        "--strict",
        "--pack=false",
      ]);
    }
  });
});
