import { NotRunningError } from "../errors.js";
import type { Machine } from "./node-modules.js";

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
 * Finds a Java without starting one: what is named by `RUNAR_JAVA_HOME` or `JAVA_HOME`, what is on
 * the path, then the places where systems have it. Its file `release` says how new it is.
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
  throw new NotRunningError(
    `Runar needs Java ${OLDEST_JAVA} or newer, and there is none here.\n${listOf(tried)}\n` +
      "Install one, such as Temurin 25, or set RUNAR_JAVA_HOME to the folder of one.",
  );
}

function* candidates(machine: Machine): Generator<readonly [place: string, home: string]> {
  const { env, paths, files } = machine;
  for (const name of ["RUNAR_JAVA_HOME", "JAVA_HOME"]) {
    const home = env[name];
    if (home !== undefined && home !== "") {
      yield [`${name}=${home}`, home];
    }
  }
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
  const version = /^JAVA_VERSION="?([^"\r\n]+)/m.exec(release)?.[1] ?? "";
  const feature = Number.parseInt(version, 10);
  return feature >= OLDEST_JAVA
    ? { home, version }
    : `is Java ${version === "" ? "of an unknown version" : version}`;
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
