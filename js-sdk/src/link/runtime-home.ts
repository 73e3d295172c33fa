import { NotRunningError } from "../errors.js";
import { commandOf, findJava, listOf } from "./java.js";
import type { FileSystem, Machine } from "./node-modules.js";
import { folderOf, GRAALJS, mismatchOf, RUNTIME } from "./packages.js";
import { VERSION } from "./version.js";

/** What starts a program of the node's. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the program's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

const MAIN_CLASS = "dev.runar.cli.Main";

/** The flags that the launcher of a checkout gives, too. */
const FLAGS = [
  "--enable-native-access=ALL-UNNAMED",
  "--sun-misc-unsafe-memory-access=allow",
  "-XX:-UsePerfData",
];

/**
 * For a node whose standard output is the link, before the user's own: nothing that the Java machine
 * itself has to say goes there, such as the threads at `kill -QUIT`.
 */
const LINKED_FLAGS = [
  "-XX:+DisplayVMOutputToStderr",
  "-Xlog:disable",
  "-Xlog:all=warning,aot*=off,cds*=off,jfr+startup=error:stderr", // a recording says its name there
];

/** For scripts, with the compiler of the package: `runar`, the launcher, says why each is there. */
const COMPILER_FLAGS = [
  "-XX:+UnlockExperimentalVMOptions",
  "-XX:+EnableJVMCI",
  "-Dpolyglot.engine.AllowExperimentalOptions=true",
  "-Dpolyglot.engine.DynamicCompilationThresholdsMinScale=1.0",
  "-Dpolyglot.compiler.InliningExpansionBudget=4000",
  "-Dpolyglot.compiler.InliningInliningBudget=4000",
];

/** The commands that run scripts in the node itself. */
const SCRIPT_COMMANDS: readonly string[] = ["run", "dev", "test", "check", "repl"];

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
  const options = [...LINKED_FLAGS, ...ownOptions(machine).map(besideLink)];
  if (launcher === undefined) {
    const args = ["-Djava.awt.headless=true", "-jar", whole(machine, jar), "host"];
    return startJava(machine, options, args);
  }
  const start = startLauncher(machine, launcher, isCheckout, ["host"]);
  return { ...start, env: { ...start.env, RUNAR_JAVA_OPTS: options.join(" ") } };
}

/** What `-verbose` stands for; written out it may name another output. */
const VERBOSE: ReadonlyMap<string, string> = new Map([
  ["-verbose", "class+load=info,class+unload=info"],
  ["-verbose:class", "class+load=info,class+unload=info"],
  ["-verbose:gc", "gc=info"],
  ["-verbose:jni", "jni+resolve=debug"],
  ["-verbose:module", "module+load=info,module+unload=info"],
]);

/**
 * An option that writes to standard output, as one that does not: the log to standard error, the
 * version too, and a debugger's agent says nothing.
 */
function besideLink(option: string): string {
  const what = VERBOSE.get(option);
  if (what !== undefined) {
    return `-Xlog:${what}:stderr`;
  }
  if (option === "--show-version") {
    return "-showversion";
  }
  if (/^-(agentlib:jdwp=|Xrunjdwp:)/.test(option)) {
    return `${option},quiet=y`;
  }
  return logBesideLink(option);
}

/** `-Xlog:what:output:decorators:options` writes to standard output unless it names another. */
function logBesideLink(option: string): string {
  const [flag, what = "", output = "", ...rest] = option.split(":");
  const isLog = flag === "-Xlog" && !["disable", "help", "async"].includes(what);
  return isLog && (output === "" || output === "stdout")
    ? [flag, what === "" ? "all" : what, "stderr", ...rest].join(":")
    : option;
}

/**
 * Finds what runs a command of `runar`. Scripts run in the node itself: for those the package
 * `@runar/graaljs` joins the class path.
 *
 * @throws NotRunningError saying what is missing
 */
export function findCommand(machine: Machine, words: readonly string[]): Start {
  const { launcher, jar, isCheckout } = findHome(machine);
  if (launcher !== undefined) {
    return startLauncher(machine, launcher, isCheckout, words);
  }
  const folder = folderOf(machine, GRAALJS);
  const wrong = folder === undefined ? undefined : mismatchOf(machine, folder);
  if (wrong !== undefined) {
    throw new NotRunningError(`the package ${GRAALJS} ${wrong}: ${install(GRAALJS)}`);
  }
  const command = words.find((word) => !word.startsWith("-")) ?? "";
  if (folder === undefined && SCRIPT_COMMANDS.includes(command)) {
    throw new NotRunningError(
      `\`runar ${command}\` runs scripts in the node itself, and what does that is not installed: ` +
        install(GRAALJS),
    );
  }
  const { paths } = machine;
  const classPath = [whole(machine, jar), ...jarsIn(machine, folder, "lib")].join(paths.delimiter);
  const compiler =
    folder === undefined
      ? []
      : [...COMPILER_FLAGS, `--upgrade-module-path=${paths.join(folder, "compiler")}`];
  const args = [...compiler, "-cp", classPath, MAIN_CLASS, ...words];
  return startJava(machine, ownOptions(machine), args);
}

function startLauncher(
  machine: Machine,
  launcher: string,
  isCheckout: boolean,
  words: readonly string[],
): Start {
  return isCheckout
    ? {
        command: launcher,
        args: ["--no-build", ...words],
        env: { RUNAR_JAVA_HOME: findJava(machine).home },
      }
    : { command: launcher, args: words, env: {} };
}

/** What the user wants of the Java machine. */
function ownOptions({ env }: Machine): string[] {
  return (env["RUNAR_JAVA_OPTS"] ?? "").split(" ").filter((each) => each !== "");
}

function startJava(machine: Machine, options: readonly string[], args: readonly string[]): Start {
  const command = commandOf(machine, findJava(machine));
  return { command, args: [...FLAGS, ...options, ...args], env: {} };
}

/**
 * Finds the jar for a machine in this process, which names the others.
 *
 * @throws NotRunningError with all that was looked at
 */
export function findJar(machine: Machine): string {
  return whole(machine, findHome(machine).jar);
}

/** What every jar begins with, what it has near its end, and how far from it at most. */
const BEGIN_OF_JAR = [0x50, 0x4b];
const END_OF_JAR = [0x50, 0x4b, 5, 6];
const MAX_JAR_END = 22 + 0xffff;

/** The jar, if it is there and has an end. */
function whole({ files }: Machine, jar: string | undefined): string {
  if (jar === undefined) {
    throw new NotRunningError("the node's own jar, runar.jar, is not beside its launcher");
  }
  if (!isJar(files, jar)) {
    throw new NotRunningError(`${jar} is damaged, it is no whole jar: ${install(RUNTIME)}`);
  }
  return jar;
}

/** By its two ends: all of it would hold up the event loop. */
function isJar(files: FileSystem, jar: string): boolean {
  const file = files.openSync(jar, "r");
  try {
    const { size } = files.fstatSync(file);
    const part = (length: number, at: number): Uint8Array => {
      const bytes = new Uint8Array(Math.min(length, size));
      return bytes.subarray(0, files.readSync(file, bytes, 0, bytes.length, at));
    };
    const hasAt = (bytes: Uint8Array, at: number, wanted: readonly number[]): boolean =>
      wanted.every((byte, n) => bytes[at + n] === byte);
    const end = part(MAX_JAR_END, Math.max(0, size - MAX_JAR_END));
    return (
      hasAt(part(BEGIN_OF_JAR.length, 0), 0, BEGIN_OF_JAR) &&
      end.some((_, at) => hasAt(end, at, END_OF_JAR))
    );
  } finally {
    files.closeSync(file);
  }
}

function jarsIn({ files, paths }: Machine, folder: string | undefined, inside: string): string[] {
  return folder === undefined
    ? []
    : files
        .readdirSync(paths.join(folder, inside))
        .filter((name) => name.endsWith(".jar"))
        .sort()
        .map((name) => paths.join(folder, inside, name));
}

function install(name: string): string {
  return `run \`npm install ${name}@${VERSION}\``;
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
      `Install the package ${RUNTIME}@${VERSION}, or set RUNAR_HOME to the folder of a Runar.`,
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
  const folder = folderOf(machine, RUNTIME);
  const wrong = folder === undefined ? "is not installed" : mismatchOf(machine, folder);
  yield [
    `package ${RUNTIME}`,
    wrong === undefined ? folder : undefined,
    wrong ?? "has no runar.jar",
  ];
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
