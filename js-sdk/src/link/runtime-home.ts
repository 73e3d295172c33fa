import { NotRunningError } from "../errors.js";
import { commandOf, findJava, listOf } from "./java.js";
import type { Machine } from "./node-modules.js";

/** What starts a node that speaks the link on its standard streams. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the program's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** The flags that the launcher of a checkout gives, too. */
const FLAGS = [
  "--enable-native-access=ALL-UNNAMED",
  "--sun-misc-unsafe-memory-access=allow",
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
];

/** A folder with the node's own files. */
interface Home {
  /** Its launcher, for a node in a process of its own. */
  readonly launcher: string | undefined;
  /** Its executable jar. */
  readonly jar: string | undefined;
  readonly isCheckout: boolean;
}

/**
 * Finds the node's own files and the Java to run them on: in the folder `RUNAR_HOME`, else in the
 * package `@runar/runtime`, else in the checkout that this SDK is of.
 *
 * @throws NotRunningError with all that was looked at
 */
export function findStart(machine: Machine): Start {
  const { launcher, jar, isCheckout } = findHome(machine);
  if (launcher !== undefined) {
    return {
      command: launcher,
      args: isCheckout ? ["--no-build", "host"] : ["host"],
      env: isCheckout ? { RUNAR_JAVA_HOME: findJava(machine).home } : {},
    };
  }
  const options = (machine.env["RUNAR_JAVA_OPTS"] ?? "").split(" ").filter((each) => each !== "");
  const command = commandOf(machine, findJava(machine));
  return { command, args: [...FLAGS, ...options, "-jar", jar ?? "", "host"], env: {} };
}

/**
 * Finds the jar for a machine in this process, which names the others.
 *
 * @throws NotRunningError with all that was looked at
 */
export function findJar(machine: Machine): string {
  const { jar } = findHome(machine);
  if (jar === undefined) {
    throw new NotRunningError("the node's own jar, runar.jar, is not beside its launcher");
  }
  return jar;
}

function findHome(machine: Machine): Home {
  const tried: (readonly [string, string])[] = [];
  for (const [place, folder, why] of homes(machine)) {
    const home = folder === undefined ? undefined : homeIn(machine, folder);
    if (home !== undefined) {
      return home;
    }
    tried.push([place, why]);
  }
  throw new NotRunningError(
    `the node's own files are not here.\n${listOf(tried)}\n` +
      "Install the package @runar/runtime, or set RUNAR_HOME to the folder of a Runar.",
  );
}

function* homes(
  machine: Machine,
): Generator<readonly [place: string, folder: string | undefined, why: string]> {
  const { env, paths, here } = machine;
  const home = env["RUNAR_HOME"];
  if (home !== undefined && home !== "") {
    yield [`RUNAR_HOME=${home}`, home, "has neither a launcher nor a runar.jar"];
  }
  const installed = machine.installed("@runar/runtime/package.json");
  const ofPackage = installed === undefined ? undefined : paths.dirname(installed);
  const why = ofPackage === undefined ? "is not installed" : "has no runar.jar";
  yield ["package @runar/runtime", ofPackage, why];
  const checkout = paths.resolve(paths.dirname(here), "..", "..", "..");
  yield [checkout, checkout, "is no checkout of Runar that was built"];
}

function homeIn(machine: Machine, folder: string): Home | undefined {
  const { files, paths, platform } = machine;
  const first = (all: readonly string[]): string | undefined =>
    all.find((file) => files.existsSync(file));
  const target = paths.join(folder, "runtime", "target");
  const isCheckout = files.existsSync(paths.join(folder, "runtime", "pom.xml"));
  const jar = first([
    ...(isCheckout
      ? []
      : [paths.join(folder, "lib", "runar.jar"), paths.join(folder, "runar.jar")]),
    paths.join(target, "runar.jar"),
  ]);
  const launcher =
    platform === "win32"
      ? undefined
      : first([paths.join(folder, "bin", "runar"), paths.join(folder, "runar")]);
  const isThere = isCheckout ? jar !== undefined : jar !== undefined || launcher !== undefined;
  return isThere ? { launcher, jar, isCheckout } : undefined;
}
