// What is packed; run after native/scripts/pack.sh.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { jre, json, native, target } from "./installed.mjs";

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
    const always = ["README.md", "package.json"];
    const also = ["LICENSE", "NOTICE", ...always];
    assert.deepEqual(
      names(`runar-native-${target()}`),
      [...also, "index.cjs", "runar_native.node"].sort(),
    );
    const runtime = names("runar-runtime");
    assert.deepEqual(
      runtime.filter((each) => !/^(lib\/[\w.-]+\.jar|licences\/.*)$/.test(each)),
      [...also, "runar.jar"].sort(),
    );
    const graaljs = names("runar-graaljs");
    assert.deepEqual(
      graaljs.filter((each) => !/^((lib|compiler)\/[\w.-]+\.jar|licences\/.*)$/.test(each)),
      always,
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
      also,
    );
    assert.ok(sdk.includes("dist/bin/runar.js"));
    const java = names(`runar-${jre().split("/")[1]}`);
    assert.deepEqual(
      java.filter((each) => !each.startsWith("jre/")),
      ["LICENSE", ...always],
    );
  });

  test("what comes with a Java is under Java's licence, the rest of ours under Runar's", () => {
    const text = (...path) => readFileSync(join(laidOut, ...path), "utf8");
    const apache = readFileSync(join(js, "LICENSE"), "utf8");
    for (const name of packages().filter((each) => existsSync(join(laidOut, each, "LICENSE")))) {
      const isJava = name.startsWith("@runar/jre-");
      const expected = isJava ? text(name, "jre", "legal", "java.base", "LICENSE") : apache;
      assert.equal(text(name, "LICENSE"), expected, name);
    }
    const { license } = json(join(laidOut, jre(), "package.json"));
    assert.equal(license, "GPL-2.0-only WITH Classpath-exception-2.0");
  });

  for (const name of ["@runar/runtime", "@runar/graaljs"]) {
    test(`${name} has the licence of each jar in it, and says it`, () => {
      const folder = join(laidOut, name);
      const list = readFileSync(join(folder, "licences", "LIBRARIES.txt"), "utf8");
      const entries = [...list.matchAll(/^(\S+) +(\S+) +(.+)\n {4}(.+)$/gm)];
      const { license } = json(join(folder, "package.json"));
      for (const [, library, , licence, texts] of entries) {
        for (const each of licence.split(" AND ")) {
          assert.ok(license.includes(each), `${library} is under ${each}, the package ${license}`);
        }
        for (const text of texts.split(" ")) {
          assert.ok(statSync(join(folder, "licences", text)).size > 0, text);
        }
      }
      const jars = ["lib", "compiler"]
        .map((part) => join(folder, part))
        .filter(existsSync)
        .flatMap((part) => readdirSync(part));
      const listed = entries.map(([, library, version]) => `${library}-${version}`);
      const isOf = (jar) => (each) => jar === `${each}.jar` || jar.startsWith(`${each}-`);
      assert.deepEqual(
        jars.filter((jar) => !listed.some(isOf(jar))),
        [],
      );
      assert.deepEqual(
        listed.filter((each) => !jars.some((jar) => isOf(jar)(each))),
        [],
      );
    });
  }

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
