import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findJava } from "../../src/link/java.js";
import { type Machine, machineOf } from "../../src/link/node-modules.js";
import { findJar, findStart } from "../../src/link/runtime-home.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "runar-java-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, text = ""): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function java(name: string, release: string | undefined): string {
  put(`${name}/bin/java`);
  if (release !== undefined) {
    put(`${name}/release`, release);
  }
  return join(folder, name);
}

/** A machine with nothing but what the test has put into the folder; its systems' places are real. */
async function machine(env: Record<string, string>, platform = "darwin"): Promise<Machine> {
  const url = pathToFileURL(join(folder, "a", "b", "c", "process.js")).href;
  return { ...(await machineOf(env, platform, url)), installed: () => undefined };
}

const released = (version: string): string =>
  `IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="${version}"\nOS_ARCH="x86_64"\n`;

test("the first Java that is new enough is taken, by what it says of itself", async () => {
  const old = java("old", released("17.0.9"));
  const good = java("good", released("25.0.3"));
  const newer = java("newer", released("26-ea"));
  mkdirSync(join(folder, "path"));
  symlinkSync(join(newer, "bin", "java"), join(folder, "path", "java"));
  const PATH = `/nowhere:${join(folder, "path")}`;
  expect(findJava(await machine({ RUNAR_JAVA_HOME: good, JAVA_HOME: newer })).home).toBe(good);
  expect(findJava(await machine({ RUNAR_JAVA_HOME: old, JAVA_HOME: good }))).toEqual({
    home: good,
    version: "25.0.3",
  });
  expect(findJava(await machine({ JAVA_HOME: old, PATH })).version).toBe("26-ea");
});

test("what was looked at is all said, with why, and what to do", async () => {
  const old = java("old", released("17.0.9"));
  const silent = java("silent", undefined);
  const unknown = java("home/.jdks/unknown", "IMPLEMENTOR=me");
  const looked = findJava.bind(
    undefined,
    await machine({
      RUNAR_JAVA_HOME: old,
      JAVA_HOME: join(folder, "none"),
      PATH: join(silent, "bin"),
      HOME: join(folder, "home"),
    }),
  );
  expect(looked).toThrow(
    `Runar needs Java 25 or newer, and there is none here.
  RUNAR_JAVA_HOME=${old}: is Java 17.0.9
  JAVA_HOME=${folder}/none: has no bin/java
  ${silent}/bin/java on the PATH, which is of ${silent}: has no file \`release\`, so it does not say how new it is
  ${unknown}: is Java of an unknown version
Install one, such as Temurin 25, or set RUNAR_JAVA_HOME to the folder of one.`,
  );
});

test("the node is started from RUNAR_HOME, from the package, or from the checkout", async () => {
  const home = java("jdk", released("25"));
  const env = { JAVA_HOME: home, RUNAR_JAVA_OPTS: "-Xmx1g  -Da=b" };
  const jar = put("own/lib/runar.jar");
  const own = await machine({ ...env, RUNAR_HOME: join(folder, "own") });
  const flags = ["-Xmx1g", "-Da=b", "-jar", jar, "host"];
  expect(findStart(own)).toMatchObject({
    command: join(home, "bin", "java"),
    args: expect.arrayContaining(flags),
  });
  const installed = { ...(await machine(env)), installed: () => put("package/package.json") };
  const ofPackage = put("package/lib/runar.jar");
  expect(findStart(installed).args.at(-2)).toBe(ofPackage);
  expect(findJar(installed)).toBe(ofPackage);
  put("runtime/pom.xml");
  put("runar");
  expect(() => findStart(own)).not.toThrow();
  const checkout = await machine(env);
  expect(() => findStart(checkout)).toThrow(/is no checkout of Runar that was built/);
  put("runtime/target/runar.jar");
  expect(findStart(checkout)).toEqual({
    command: join(folder, "runar"),
    args: ["--no-build", "host"],
    env: { RUNAR_JAVA_HOME: home },
  });
});

test("a node whose files are nowhere is an error that says where they could be", async () => {
  const at = await machine({ RUNAR_HOME: join(folder, "empty") });
  expect(() => findStart(at)).toThrow(
    `the node's own files are not here.
  RUNAR_HOME=${folder}/empty: has neither a launcher nor a runar.jar
  package @runar/runtime: is not installed
  ${folder}: is no checkout of Runar that was built
Install the package @runar/runtime, or set RUNAR_HOME to the folder of a Runar.`,
  );
});
