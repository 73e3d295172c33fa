import { NotRunningError } from "../errors.js";
import { findJava } from "./java.js";
import type { Machine } from "./node-modules.js";
import { findJar } from "./runtime-home.js";

/** What a Java machine in this process is made of. */
export interface Boot {
  readonly libjvm: string;
  readonly options: readonly string[];
  readonly mainClass: string;
}

const MAIN_CLASS = "dev.runar.cli.HostMain";

/** Beside the jar: what Java has kept of an earlier run with these very options. */
export const CACHE = "runar-host.aot";

/** A cache is only taken by a machine with the options that it was made with: docs/link.md. */
export const OPTIONS: readonly string[] = [
  "-XX:+UnlockDiagnosticVMOptions",
  "-XX:ArchiveRelocationMode=0",
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
  "--enable-native-access=ALL-UNNAMED",
  "--sun-misc-unsafe-memory-access=allow",
  // What Java itself has to say is no output of the program; nor is it, that a cache does not fit.
  "-Xlog:disable",
  "-Xlog:all=warning,aot*=off,cds*=off:stderr",
];

/**
 * Finds the Java and the jar.
 *
 * @throws NotRunningError with all that was looked at
 */
export function findBoot(machine: Machine): Boot {
  const { env, paths, platform, files } = machine;
  const { home } = findJava(machine);
  const library =
    platform === "win32"
      ? ["bin", "server", "jvm.dll"]
      : ["lib", "server", platform === "darwin" ? "libjvm.dylib" : "libjvm.so"];
  const libjvm = paths.join(home, ...library);
  if (!files.existsSync(libjvm)) {
    throw new NotRunningError(`the Java in ${home} has no ${libjvm}`);
  }
  const jar = findJar(machine);
  const cache = paths.join(paths.dirname(jar), CACHE);
  const options = [
    ...OPTIONS,
    ...(files.existsSync(cache) ? [`-XX:AOTCache=${cache}`] : []),
    `-XX:ErrorFile=${paths.join(machine.temporary, "runar-java-%p.log")}`,
    `-Djava.class.path=${jar}`,
    ...own(env["RUNAR_JAVA_OPTS"] ?? ""),
  ];
  return { libjvm, options, mainClass: MAIN_CLASS };
}

/** The user's. A file of options is read by the command java, and here by the machine. */
function own(options: string): string[] {
  return options
    .split(" ")
    .filter((each) => each !== "")
    .map((each) => (each.startsWith("@") ? `-XX:VMOptionsFile=${each.slice(1)}` : each));
}
