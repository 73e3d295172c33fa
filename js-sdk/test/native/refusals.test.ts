// What keeps a node from living in the program's process: each is an error that says what to do, or
// a line and a process of its own; never a crash.
import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addon, isBun, Programs, versions } from "./run.js";

let programs: Programs;

beforeAll(() => {
  programs = new Programs();
}, 60_000);
afterAll(() => programs.remove());
afterEach(() => expect(programs.crashes()).toEqual([]));

/** What the program has said, on either way. */
async function both(
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<{ native: unknown; auto: unknown; line: string }> {
  const native = await programs.run("says.mjs", [], env, flags);
  expect(native.code, native.stderr).toBe(0);
  const auto = await programs.run("says.mjs", [], { ...env, RUNAR_TRANSPORT: "auto" }, flags);
  expect(auto.code, auto.stderr).toBe(0);
  return { native: native.said, auto: auto.said, line: auto.stderr };
}

const refused = (message: RegExp | string): unknown => ({
  code: "NOT_RUNNING",
  message: typeof message === "string" ? message : expect.stringMatching(message),
});
const ELSEWHERE = { isHere: false };

test("no addon where RUNAR_ADDON says", async () => {
  const { native, auto, line } = await both({ RUNAR_ADDON: "/nowhere/runar.node" });
  expect(native).toEqual(refused("there is no file RUNAR_ADDON=/nowhere/runar.node"));
  expect(auto).toMatchObject(ELSEWHERE);
  expect(line).toMatch(/^runar: the node runs in a process of its own, since there is no file/m);
});

test("a file that is no addon, and one of another version", async () => {
  const broken = await both({ RUNAR_ADDON: programs.file("broken.node", "no library") });
  expect(broken.native).toEqual(refused(/broken\.node does not load: /));
  expect(broken.auto).toMatchObject(ELSEWHERE);
  const other = programs.file("other.cjs", "module.exports = { abiVersion: 99 };");
  const version = await both({ RUNAR_ADDON: other });
  expect(version.native).toEqual(
    refused(/is of version 99, and this runar-ts needs 1: install the same version of both$/),
  );
  expect(version.auto).toMatchObject(ELSEWHERE);
});

test.runIf(!isBun)("a program that may not load addons", async () => {
  const { native, auto } = await both({}, ["--no-addons"]);
  expect(native).toEqual(refused(/^this program may not load addons: run it with --allow-addons/));
  expect(auto).toMatchObject(ELSEWHERE);
});

const permission = (version: string): string[] => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  return [isNew ? "--permission" : "--experimental-permission", "--allow-fs-read=*"];
};

test.runIf(!isBun && !versions["node"]?.startsWith("18."))("permissions", async () => {
  const flags = [...permission(versions["node"] ?? ""), "--allow-worker"];
  const { native, auto } = await both({}, [...flags, "--allow-child-process"]);
  expect(native).toEqual(refused(/^this program may not load addons: run it with --allow-addons/));
  expect(auto).toMatchObject(ELSEWHERE);
  const none = await programs.run("says.mjs", [], { RUNAR_TRANSPORT: "auto" }, flags);
  expect(none.said).toEqual(refused(/did not start|restricted/));
});

test("no Java that is new enough", async () => {
  const { native } = await both({ RUNAR_JAVA_HOME: old(), JAVA_HOME: "/none", PATH: "/none" });
  // The system's own places are real: where one of them has a Java, that is taken.
  expect(native).toSatisfy(
    (said: { message?: string; isHere?: boolean }) =>
      said.isHere === true || said.message?.includes("is Java 17.0.9") === true,
  );
});

function old(): string {
  const home = join(programs.folder, "old");
  mkdirSync(join(home, "bin"), { recursive: true });
  programs.file("old/bin/java", "");
  programs.file("old/release", 'JAVA_VERSION="17.0.9"\n');
  return home;
}

/** The folder of a Java that says it is new, with this as its library. */
function lying(name: string, library?: string): string {
  const home = join(programs.folder, name);
  mkdirSync(join(home, "bin"), { recursive: true });
  mkdirSync(join(home, "lib", "server"), { recursive: true });
  programs.file(`${name}/bin/java`, "");
  chmodSync(join(home, "bin", "java"), 0o755);
  programs.file(`${name}/release`, 'JAVA_VERSION="25"\n');
  if (library !== undefined) {
    symlinkSync(library, join(home, "lib", "server", "libjvm.so"));
  }
  return home;
}

test("a Java whose library is missing, or is none", async () => {
  const missing = await programs.run("says.mjs", [], { RUNAR_JAVA_HOME: lying("missing") });
  expect(missing.said).toEqual(refused(/^the Java in \S+ has no \S+libjvm\.so$/));
  const garbage = programs.file("garbage", "no library");
  const none = await programs.run("says.mjs", [], { RUNAR_JAVA_HOME: lying("none", garbage) });
  expect(none.said).toEqual(
    refused(/^the Java machine could not be loaded: [\s\S]*\nSet RUNAR_JAVA_HOME to a Java for /),
  );
  const other = await programs.run("says.mjs", [], { RUNAR_JAVA_HOME: lying("other", addon) });
  expect(other.said).toEqual(refused(/^the Java machine does not load: .* is no Java machine/));
});

test("options that Java does not take", async () => {
  const { native } = await both({ RUNAR_JAVA_OPTS: "--no-such-option" });
  expect(native).toEqual(
    refused(
      /^the Java machine \S+ did not start: (?!the Java)[\s\S]*--no-such-option[\s\S]*RUNAR_JAVA_OPTS and JAVA_TOOL_OPTIONS/,
    ),
  );
});

test("a corrupt jar", async () => {
  mkdirSync(join(programs.folder, "corrupt"));
  programs.file("corrupt/runar.jar", "PK not a jar");
  const { said } = await programs.run("says.mjs", [], {
    RUNAR_HOME: join(programs.folder, "corrupt"),
  });
  expect(said).toEqual(refused(/corrupt\/runar\.jar is damaged, it is no whole jar: /));
});

test("a second node with other options, and a second copy of the addon", async () => {
  const options = await programs.run("second.mjs", ["options"]);
  expect([options.code, options.said], options.stderr).toEqual([
    0,
    refused(/must be the same in all threads of a program$/),
  ]);
  const copy = join(programs.folder, "copy.node");
  copyFileSync(addon, copy);
  const second = await programs.run("second.mjs", [copy]);
  expect([second.code, second.said], second.stderr).toEqual([
    0,
    refused(/install one copy of the addon, or set RUNAR_TRANSPORT=process$/),
  ]);
  const auto = await programs.run("second.mjs", [copy], { RUNAR_TRANSPORT: "auto" });
  expect([auto.code, auto.said], auto.stderr).toEqual([0, ELSEWHERE]);
});
