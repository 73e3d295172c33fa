import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { findJava } from "../../src/link/java.js";
import { type Machine, machineOf } from "../../src/link/node-modules.js";
import { importAddon, whyNoAddon } from "../../src/link/packages.js";
import { findCommand, findJar, findStart } from "../../src/link/runtime-home.js";
import { VERSION } from "../../src/link/version.js";
import { folder, put } from "./folder.js";

/** What a jar ends with, which is enough of one here. */
const JAR = `PK\x05\x06${"\0".repeat(18)}`;

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
  const packages = join(folder, "node_modules");
  return {
    ...(await machineOf(env, platform, "x64", url)),
    installed: (name) => {
      const file = join(packages, name);
      return existsSync(file) ? file : undefined;
    },
    libc: () => "gnu",
  };
}

/** Puts an installed package there. */
function installed(name: string, version: string = VERSION): void {
  put(`node_modules/${name}/package.json`, JSON.stringify({ name, version }));
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

test("the Java of a distribution is taken before that of the machine", async () => {
  const env = { JAVA_HOME: java("other", released("26")), RUNAR_HOME: join(folder, "own") };
  const image = java("own/image", released("25.0.3"));
  const at = await machine(env);
  expect(findJava(at).home).toBe(image);
  const named = java("named", released("25"));
  expect(findJava({ ...at, env: { ...env, RUNAR_JAVA_HOME: named } }).home).toBe(named);
  put("own/image/release", released("24"));
  expect(findJava(at).version).toBe("26");
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
Install the package @runar/jre-darwin-x64, or a Java such as Temurin 25, or set RUNAR_JAVA_HOME to the folder of one.`,
  );
});

test("the node is started from RUNAR_HOME, from the package, or from the checkout", async () => {
  const home = java("jdk", released("25"));
  const env = { JAVA_HOME: home, RUNAR_JAVA_OPTS: "-Xmx1g  -Da=b" };
  const jar = put("own/lib/runar.jar", JAR);
  const own = await machine({ ...env, RUNAR_HOME: join(folder, "own") });
  const flags = ["-Xmx1g", "-Da=b", "-jar", jar, "host"];
  expect(findStart(own)).toMatchObject({
    command: join(home, "bin", "java"),
    args: expect.arrayContaining(flags),
  });
  installed("@runar/runtime");
  const ofPackage = put("node_modules/@runar/runtime/runar.jar", JAR);
  expect(findStart(await machine(env)).args.at(-2)).toBe(ofPackage);
  expect(findJar(await machine(env))).toBe(ofPackage);
  rmSync(join(folder, "node_modules"), { recursive: true });
  put("runtime/pom.xml");
  put("runar");
  expect(() => findStart(own)).not.toThrow();
  const checkout = await machine(env);
  expect(() => findStart(checkout)).toThrow(/is no checkout of Runar that was built/);
  put("runtime/target/runar.jar", JAR);
  expect(findStart(checkout)).toEqual({
    command: join(folder, "runar"),
    args: ["--no-build", "host"],
    env: {
      RUNAR_JAVA_HOME: home,
      RUNAR_JAVA_OPTS:
        "-XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning,aot*=off,cds*=off,jfr+startup=error:stderr " +
        "-Xmx1g -Da=b",
    },
  });
});

test("what Java itself says goes beside the link", async () => {
  const options = [
    ["-Xlog", "-Xlog:all:stderr"],
    ["-Xlog:gc*", "-Xlog:gc*:stderr"],
    ["-Xlog:gc:stdout:time", "-Xlog:gc:stderr:time"],
    ["-Xlog:gc:file=gc.log", "-Xlog:gc:file=gc.log"],
    ["-Xlog:disable", "-Xlog:disable"],
    ["-Xloggc:gc.log", "-Xloggc:gc.log"],
    ["-verbose", "-Xlog:class+load=info,class+unload=info:stderr"],
    ["-verbose:gc", "-Xlog:gc=info:stderr"],
    ["-verbose:jni", "-Xlog:jni+resolve=debug:stderr"],
    ["--show-version", "-showversion"],
    ["-agentlib:jdwp=server=y", "-agentlib:jdwp=server=y,quiet=y"],
    ["-agentlib:other=server=y", "-agentlib:other=server=y"],
  ] as const;
  put("own/lib/runar.jar", JAR);
  const at = await machine({
    JAVA_HOME: java("jdk", released("25")),
    RUNAR_HOME: join(folder, "own"),
    RUNAR_JAVA_OPTS: options.map(([written]) => written).join(" "),
  });
  expect(findStart(at).args.join(" ")).toContain(
    "-XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning,aot*=off,cds*=off,jfr+startup=error:stderr " +
      options.map(([, taken]) => taken).join(" "),
  );
});

test("a node whose files are nowhere is an error that says where they could be", async () => {
  const at = await machine({ RUNAR_HOME: join(folder, "empty") });
  expect(() => findStart(at)).toThrow(
    `the node's own files are not here.
  RUNAR_HOME=${folder}/empty: has neither a launcher nor a runar.jar
  package @runar/runtime: is not installed
  ${folder}: is no checkout of Runar that was built
Install the package @runar/runtime@${VERSION}, or set RUNAR_HOME to the folder of a Runar.`,
  );
});

test("a Java that was installed as a package is taken before that of the machine", async () => {
  const own = java("own", released("25.0.1"));
  const other = java("other", released("25.0.2"));
  installed("@runar/jre-linux-x64");
  const ofPackage = java("node_modules/@runar/jre-linux-x64/jre", released("25.0.3"));
  const at = await machine({ JAVA_HOME: other }, "linux");
  expect(findJava(at).home).toBe(ofPackage);
  expect(findJava({ ...at, env: { RUNAR_JAVA_HOME: own } }).home).toBe(own);
  expect(findJava({ ...at, libc: () => "musl" }).home).toBe(other); // its package has another name
});

test.each([
  ['OS_NAME="Windows"', "is for Windows, and this program runs on linux"],
  ['OS_ARCH="aarch64"', "is for aarch64, and this program runs on x64"],
  ['OS_NAME="Linux"\nLIBC="musl"', "is for the C library musl, and this program runs on gnu"],
])("a Java for another machine is passed over: %s", async (release, why) => {
  const home = java("foreign", `JAVA_VERSION="25"\n${release}\n`);
  const good = java("good", 'JAVA_VERSION="25"\nOS_NAME="Linux"\nOS_ARCH="amd64"\nLIBC="gnu"\n');
  const at = await machine({ RUNAR_JAVA_HOME: home, JAVA_HOME: good }, "linux");
  expect(findJava(at).home).toBe(good);
  const readdirSync = (): string[] => [];
  const alone = { ...at, env: { RUNAR_JAVA_HOME: home }, files: { ...at.files, readdirSync } };
  expect(() => findJava(alone)).toThrow(`RUNAR_JAVA_HOME=${home}: ${why}`);
});

test("packages of different versions do not go together, and the error says which to install", async () => {
  const at = await machine({ JAVA_HOME: java("jdk", released("25")) });
  installed("@runar/runtime", "0.0.1");
  put("node_modules/@runar/runtime/runar.jar", JAR);
  expect(() => findStart(at)).toThrow(
    `package @runar/runtime: is of version 0.0.1, and this runar-ts is of ${VERSION}`,
  );
  installed("@runar/runtime");
  installed("@runar/graaljs", "0.0.1");
  expect(() => findCommand(at, ["run", "app.ts"])).toThrow(
    `the package @runar/graaljs is of version 0.0.1, and this runar-ts is of ${VERSION}: ` +
      `run \`npm install @runar/graaljs@${VERSION}\``,
  );
});

test("a jar that is not whole is an error that says which", async () => {
  installed("@runar/runtime");
  const at = await machine({ JAVA_HOME: java("jdk", released("25")) });
  for (const damaged of ["", "PK\x03\x04 and then nothing", `garbage${JAR}`]) {
    const jar = put("node_modules/@runar/runtime/runar.jar", damaged);
    expect(() => findStart(at)).toThrow(
      `${jar} is damaged, it is no whole jar: run \`npm install @runar/runtime@${VERSION}\``,
    );
  }
});

test("a jar is looked at by its two ends only", async () => {
  installed("@runar/runtime");
  const rest = "\0".repeat(1 << 20);
  const jar = put("node_modules/@runar/runtime/runar.jar", `PK\x03\x04${rest}${JAR}`);
  const at = await machine({});
  let read = 0;
  const readSync = (...given: Parameters<typeof at.files.readSync>): number => {
    const count = at.files.readSync(...given);
    read += count;
    return count;
  };
  expect(findJar({ ...at, files: { ...at.files, readSync } })).toBe(jar);
  expect(read).toBe(2 + 22 + 0xffff);
  put("node_modules/@runar/runtime/runar.jar", `${JAR}${rest}`);
  expect(() => findJar(at)).toThrow(/is no whole jar/);
});

test("commands that run scripts have GraalJS on their class path, others need none", async () => {
  installed("@runar/runtime");
  const jar = put("node_modules/@runar/runtime/runar.jar", JAR);
  const at = await machine({ JAVA_HOME: java("jdk", released("25")) });
  expect(findCommand(at, ["--json", "services"]).args.slice(-5)).toEqual([
    "-cp",
    jar,
    "dev.runar.cli.Main",
    "--json",
    "services",
  ]);
  expect(() => findCommand(at, ["--json", "run", "app.ts"])).toThrow(
    "`runar run` runs scripts in the node itself, and what does that is not installed: " +
      `run \`npm install @runar/graaljs@${VERSION}\``,
  );
  installed("@runar/graaljs");
  const polyglot = put("node_modules/@runar/graaljs/lib/polyglot.jar", JAR);
  const { args } = findCommand(at, ["run", "app.ts"]);
  expect(args).toContain(`--upgrade-module-path=${folder}/node_modules/@runar/graaljs/compiler`);
  expect(args.slice(-5)).toEqual([
    "-cp",
    `${jar}:${polyglot}`,
    "dev.runar.cli.Main",
    "run",
    "app.ts",
  ]);
});

test("an addon of which a file is missing is not taken for one that is not installed", () => {
  put("broken/index.cjs", 'require("./runar_native.node");');
  const require = createRequire(import.meta.url);
  const why = (): unknown => {
    try {
      return require(join(folder, "broken", "index.cjs"));
    } catch (error) {
      return whyNoAddon("@runar/native-linux-x64-gnu", error);
    }
  };
  expect(why()).toMatchObject({
    code: "NOT_RUNNING",
    message:
      "the addon @runar/native-linux-x64-gnu is not whole, install it again: " +
      "Cannot find module './runar_native.node'",
  });
});

test("an addon that is not there is named, with what to install", async () => {
  await expect(importAddon("sunos-x64")).rejects.toThrow("there is no native addon for sunos-x64");
  for (const target of [
    "linux-x64-gnu",
    "linux-x64-musl",
    "linux-arm64-gnu",
    "linux-arm64-musl",
    "darwin-x64",
    "darwin-arm64",
    "win32-x64",
    "win32-arm64",
  ]) {
    const name = `@runar/native-${target}`;
    await expect(importAddon(target)).rejects.toThrow(
      `the package ${name} is not installed: run \`npm install ${name}@${VERSION}\``,
    );
  }
});
