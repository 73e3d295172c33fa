import { NotRunningError } from "../errors.js";
import { findJava } from "./java.js";
import type { Machine } from "./node-modules.js";
import { findJars } from "./runtime-home.js";

/** What a Java machine in this process is made of. */
export interface Boot {
  readonly libjvm: string;
  readonly options: readonly string[];
  readonly mainClass: string;
}

const MAIN_CLASS = "dev.runar.host.HostMain";

/** Why each is there: docs/link.md. */
const OPTIONS = [
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
  "--enable-native-access=ALL-UNNAMED",
  "--sun-misc-unsafe-memory-access=allow",
];

/**
 * Finds the Java and the jars.
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
  const more = (env["RUNAR_JAVA_OPTS"] ?? "").split(" ").filter((each) => each !== "");
  const classPath = `-Djava.class.path=${findJars(machine).join(paths.delimiter)}`;
  return { libjvm, options: [...OPTIONS, classPath, ...more], mainClass: MAIN_CLASS };
}
