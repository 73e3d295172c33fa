import { NotRunningError } from "../errors.js";
import type { Machine } from "./node-modules.js";
import { folderOf, jrePackage } from "./packages.js";

/** The oldest that the node runs on. */
export const OLDEST_JAVA = 25;

/** A Java that will do. */
export interface Java {
  readonly home: string;
  readonly version: string;
}

/** A place that was looked at, and why it will not do. */
type Tried = readonly [place: string, why: string];

/**
 * Finds a Java without starting one: what is named by `RUNAR_JAVA_HOME`, what a distribution in
 * `RUNAR_HOME` has, what the package
 * `@runar/jre-…` of this machine has, what is named by `JAVA_HOME`, what is on the path, then the
 * places where systems have it. Its file `release` says how new it is, and what it is for.
 *
 * @throws NotRunningError with all that was looked at
 */
export function findJava(machine: Machine): Java {
  const tried: Tried[] = [];
  for (const [place, home] of candidates(machine)) {
    const java = look(machine, home);
    if (typeof java === "object") {
      return java;
    }
    tried.push([place, java]);
  }
  const name = jrePackage(machine);
  const ways = name === undefined ? "" : `the package ${name}, or `;
  throw new NotRunningError(
    `Runar needs Java ${OLDEST_JAVA} or newer, and there is none here.\n${listOf(tried)}\n` +
      `Install ${ways}a Java such as Temurin 25, or set RUNAR_JAVA_HOME to the folder of one.`,
  );
}

function* candidates(machine: Machine): Generator<readonly [place: string, home: string]> {
  const { env, paths, files } = machine;
  yield* named(machine, "RUNAR_JAVA_HOME");
  yield* ofDistribution(machine);
  const name = jrePackage(machine);
  const folder = name === undefined ? undefined : folderOf(machine, name);
  if (folder !== undefined) {
    yield [`package ${name}`, paths.join(folder, "jre")];
  }
  yield* named(machine, "JAVA_HOME");
  const binary = binaryOf(machine);
  for (const folder of (env["PATH"] ?? env["Path"] ?? "").split(paths.delimiter)) {
    const file = paths.join(folder, binary);
    if (folder !== "" && files.existsSync(file)) {
      const home = paths.dirname(paths.dirname(files.realpathSync(file)));
      yield [`${file} on the PATH, which is of ${home}`, home];
    }
  }
  for (const home of installedHomes(machine)) {
    yield [home, home];
  }
}

function* named({ env }: Machine, name: string): Generator<readonly [string, string]> {
  const home = env[name];
  if (home !== undefined && home !== "") {
    yield [`${name}=${home}`, home];
  }
}

function* ofDistribution({ env, files, paths }: Machine): Generator<readonly [string, string]> {
  const home = env["RUNAR_HOME"] ?? "";
  const image = paths.join(home, "image");
  if (home !== "" && files.existsSync(image)) {
    yield [`the image of RUNAR_HOME=${home}`, image];
  }
}

/** Where the installers of each system put it. */
function installedHomes({ env, paths, files, platform }: Machine): string[] {
  const user = env["HOME"] ?? env["USERPROFILE"] ?? "";
  const ofUser = [paths.join(user, ".sdkman", "candidates", "java"), paths.join(user, ".jdks")];
  const programs = env["ProgramFiles"] ?? "C:\\Program Files";
  const folders: readonly (readonly [folder: string, inside: string])[] =
    platform === "darwin"
      ? [["/Library/Java/JavaVirtualMachines", "Contents/Home"]]
      : platform === "win32"
        ? ["Eclipse Adoptium", "Java", "Microsoft", "Zulu"].map((vendor) => [
            paths.join(programs, vendor),
            "",
          ])
        : ["/usr/lib/jvm", "/opt/java", "/usr/java"].map((folder) => [folder, ""]);
  return [...folders, ...ofUser.map((folder) => [folder, ""] as const)].flatMap(
    ([folder, inside]) => entriesOf(files, folder).map((name) => paths.join(folder, name, inside)),
  );
}

function entriesOf(files: Machine["files"], folder: string): string[] {
  try {
    return files.readdirSync(folder).sort().reverse(); // newer ones tend to come last
  } catch {
    return []; // there is no such folder
  }
}

/** The Java in a folder, or why it will not do. */
function look(machine: Machine, home: string): Java | string {
  const { files, paths } = machine;
  if (!files.existsSync(paths.join(home, "bin", binaryOf(machine)))) {
    return `has no bin/${binaryOf(machine)}`;
  }
  let release: string;
  try {
    release = files.readFileSync(paths.join(home, "release"), "utf8");
  } catch {
    return "has no file `release`, so it does not say how new it is";
  }
  const said = (key: string): string =>
    new RegExp(`^${key}="?([^"\r\n]+)`, "m").exec(release)?.[1] ?? "";
  const version = said("JAVA_VERSION");
  if (!(Number.parseInt(version, 10) >= OLDEST_JAVA)) {
    return `is Java ${version === "" ? "of an unknown version" : version}`;
  }
  const wrong = mismatch(machine, said);
  return wrong === undefined ? { home, version } : wrong;
}

const PLATFORMS: Readonly<Record<string, string>> = {
  Linux: "linux",
  Darwin: "darwin",
  Windows: "win32",
};
const PROCESSORS: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
  arm64: "arm64",
};

/** What in a release file says that this is a Java for another machine; what is unsaid fits. */
function mismatch(machine: Machine, said: (key: string) => string): string | undefined {
  const { platform, arch } = machine;
  const [system, processor, libc] = [said("OS_NAME"), said("OS_ARCH"), said("LIBC")];
  if (system !== "" && (PLATFORMS[system] ?? platform) !== platform) {
    return `is for ${system}, and this program runs on ${platform}`;
  }
  if (processor !== "" && (PROCESSORS[processor] ?? processor) !== arch) {
    return `is for ${processor}, and this program runs on ${arch}`;
  }
  if (platform === "linux" && (libc === "gnu" || libc === "musl") && libc !== machine.libc()) {
    return `is for the C library ${libc}, and this program runs on ${machine.libc()}`;
  }
  return undefined;
}

/** The program that starts it. */
export function commandOf(machine: Machine, java: Java): string {
  return machine.paths.join(java.home, "bin", binaryOf(machine));
}

function binaryOf({ platform }: Machine): string {
  return platform === "win32" ? "java.exe" : "java";
}

/** Lines for an error. */
export function listOf(tried: readonly Tried[]): string {
  return tried.length === 0
    ? "  (nothing was found to look at)"
    : tried.map(([place, why]) => `  ${place}: ${why}`).join("\n");
}
