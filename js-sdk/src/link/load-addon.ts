import { NotRunningError } from "../errors.js";
import { type Addon, AddonTransport, quirksOf } from "./addon.js";
import { atExit } from "./exit.js";
import { type Boot, findBoot } from "./jvm.js";
import type { Machine } from "./node-modules.js";
import { importAddon, targetOf, whyNoAddon } from "./packages.js";
import { program } from "./program.js";

/** What this SDK was written for. */
export const ABI_VERSION = 1;

/** What ends the Java machine of each addon; undefined: this thread is a worker. */
const ends = new WeakMap<Addon, ((code: number) => void) | undefined>();

/**
 * The node in this process: loads the addon and begins the Java machine, if that has not begun.
 *
 * @throws NotRunningError saying why there is none, and what to do
 */
export async function addonOf(machine: Machine): Promise<AddonTransport> {
  const addon = await loadAddon(machine);
  const end = await begin(addon, findBoot(machine));
  const quirks = quirksOf(program.versions, program.env["NODE_ENV"] === "test");
  return new AddonTransport(addon, quirks, end);
}

async function begin(
  addon: Addon,
  { libjvm, options, mainClass }: Boot,
): Promise<((code: number) => void) | undefined> {
  const threads = (await import("node:worker_threads" as string)) as { isMainThread: boolean };
  if (!ends.has(addon)) {
    const end = threads.isMainThread ? once((code) => void addon.shutdown(code)) : undefined;
    ends.set(addon, end);
    if (end !== undefined) {
      atExit(end); // also without a link: Bun runs no handlers of libc (T9)
    }
  }
  try {
    await addon.boot(libjvm, options, mainClass);
  } catch (error) {
    throw new NotRunningError(explained(error as Error & { readonly code?: string }, libjvm));
  }
  return ends.get(addon);
}

function once(run: (code: number) => void): (code: number) => void {
  let isDone = false;
  return (code) => {
    if (!isDone) {
      isDone = true;
      run(code);
    }
  };
}

/** What the addon says of a machine that did not begin, and what to do. */
export function explained(
  { code, message }: { readonly code?: string; readonly message: string },
  libjvm: string,
): string {
  const said = message.trimEnd();
  const whole = (what: string): string =>
    said.startsWith("the Java machine ") ? said : `${what}: ${said}`;
  switch (code) {
    case "ERR_JVM_LOAD":
      return `${whole("the Java machine does not load")}\nSet RUNAR_JAVA_HOME to a Java for ${program.platform}-${program.arch}.`;
    case "ERR_JVM_CREATE":
      return `${whole(`the Java machine ${libjvm} did not start`)}\nIts options are in RUNAR_JAVA_OPTS and JAVA_TOOL_OPTIONS.`;
    case "ERR_JVM_MAIN":
      return `the node's own files and ${libjvm} do not fit each other: ${said}\nInstall the same version of runar-ts and of the node.`;
    case "ERR_JVM_OPTIONS":
      return `${said}: RUNAR_JAVA_HOME, RUNAR_HOME and RUNAR_JAVA_OPTS must be the same in all threads of a program`;
    case "ERR_JVM_TAKEN":
      return `${said}: install one copy of the addon, or set RUNAR_TRANSPORT=process`;
    default:
      return said;
  }
}

/** @throws NotRunningError saying why there is none for this machine */
async function loadAddon(machine: Machine): Promise<Addon> {
  const bun = program.versions["bun"];
  if (bun?.startsWith("1.0.")) {
    throw new NotRunningError(`Bun ${bun} cannot carry a Java machine; Bun 1.1 can`);
  }
  const addon = (await exportsOf(machine)) as Addon;
  const version = addon.abiVersion;
  if (version !== ABI_VERSION) {
    throw new NotRunningError(
      `the addon is of version ${version}, and this runar-ts needs ${ABI_VERSION}: ` +
        "install the same version of both",
    );
  }
  return addon;
}

/** Of the file that the environment names, else of the package, else of what a checkout has built. */
async function exportsOf(machine: Machine): Promise<unknown> {
  const { env, paths, files, here } = machine;
  const named = env["RUNAR_ADDON"];
  if (named !== undefined && named !== "") {
    const file = paths.resolve(named);
    if (!files.existsSync(file)) {
      throw new NotRunningError(`there is no file RUNAR_ADDON=${named}`);
    }
    return load(machine, file);
  }
  try {
    return await importAddon(targetOf(machine));
  } catch (error) {
    const checkout = paths.resolve(paths.dirname(here), "..", "..", "..");
    const built = paths.join(checkout, "native", "target", "runar_native.node");
    if (files.existsSync(built)) {
      return load(machine, built);
    }
    throw error;
  }
}

function load(machine: Machine, file: string): unknown {
  try {
    return machine.load(file);
  } catch (error) {
    throw whyNoAddon(file, error);
  }
}
