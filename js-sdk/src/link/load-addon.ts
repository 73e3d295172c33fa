import { NotRunningError } from "../errors.js";
import { type Addon, AddonTransport, quirksOf } from "./addon.js";
import { type Boot, findBoot } from "./jvm.js";
import type { Machine } from "./node-modules.js";
import { program } from "./program.js";

/** What this SDK was written for. */
export const ABI_VERSION = 1;

/** The packages that have the addon, by platform, processor and C library. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64-gnu": "@runar/native-linux-x64-gnu",
  "linux-x64-musl": "@runar/native-linux-x64-musl",
  "linux-arm64-gnu": "@runar/native-linux-arm64-gnu",
  "linux-arm64-musl": "@runar/native-linux-arm64-musl",
  "darwin-x64": "@runar/native-darwin-x64",
  "darwin-arm64": "@runar/native-darwin-arm64",
  "win32-x64": "@runar/native-win32-x64",
  "win32-arm64": "@runar/native-win32-arm64",
};

/** Addons whose Java machine ends with the program. */
const ending = new WeakSet<Addon>();

/**
 * The node in this process: loads the addon and begins the Java machine, if that has not begun.
 *
 * @throws NotRunningError saying why there is none, and what to do
 */
export async function addonOf(machine: Machine): Promise<AddonTransport> {
  const addon = loadAddon(machine);
  await begin(addon, findBoot(machine));
  return new AddonTransport(addon, quirksOf(program.versions));
}

async function begin(addon: Addon, { libjvm, options, mainClass }: Boot): Promise<void> {
  const threads = (await import("node:worker_threads" as string)) as { isMainThread: boolean };
  if (threads.isMainThread && !ending.has(addon)) {
    ending.add(addon);
    const end = (code: number | undefined): unknown => addon.shutdown(code ?? 0);
    program.once("exit", end as never); // Bun runs no handlers of libc (T9)
  }
  try {
    await addon.boot(libjvm, options, mainClass);
  } catch (error) {
    throw new NotRunningError(explained(error as Error & { readonly code?: string }, libjvm));
  }
}

/** What the addon says of a machine that did not begin, and what to do. */
function explained({ code, message }: Error & { readonly code?: string }, libjvm: string): string {
  const said = message.trimEnd();
  switch (code) {
    case "ERR_JVM_LOAD":
      return `the Java machine does not load: ${said}\nSet RUNAR_JAVA_HOME to a Java for ${program.platform}-${program.arch}.`;
    case "ERR_JVM_CREATE":
      return `the Java machine ${libjvm} did not start: ${said}\nIts options are in RUNAR_JAVA_OPTS and JAVA_TOOL_OPTIONS.`;
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
function loadAddon(machine: Machine): Addon {
  const bun = program.versions["bun"];
  if (bun?.startsWith("1.0.")) {
    throw new NotRunningError(`Bun ${bun} cannot carry a Java machine; Bun 1.1 can`);
  }
  const name = nameOf(machine);
  let addon: Addon;
  try {
    addon = machine.load(name) as Addon;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    throw new NotRunningError(
      code === "ERR_DLOPEN_DISABLED"
        ? "this program may not load addons: run it with --allow-addons, and without --no-addons"
        : `the addon ${name} does not load: ${message.split("\n")[0]}`,
    );
  }
  const version = addon.abiVersion;
  if (version !== ABI_VERSION) {
    throw new NotRunningError(
      `the addon ${name} is of version ${version}, and this runar-ts needs ${ABI_VERSION}: ` +
        "install the same version of both",
    );
  }
  return addon;
}

/** The file that the environment names, else the package, else what was built in a checkout. */
function nameOf(machine: Machine): string {
  const { env, paths, files, here } = machine;
  const { platform, arch } = program;
  const named = env["RUNAR_ADDON"];
  if (named !== undefined && named !== "") {
    const file = paths.resolve(named);
    if (!files.existsSync(file)) {
      throw new NotRunningError(`there is no file RUNAR_ADDON=${named}`);
    }
    return file;
  }
  const target = platform === "linux" ? `linux-${arch}-${machine.libc()}` : `${platform}-${arch}`;
  const name = PACKAGES[target];
  const installed = name === undefined ? undefined : machine.installed(name);
  if (installed !== undefined) {
    return installed;
  }
  const checkout = paths.resolve(paths.dirname(here), "..", "..", "..");
  const built = paths.join(checkout, "native", "target", "runar_native.node");
  if (files.existsSync(built)) {
    return built;
  }
  throw new NotRunningError(
    name === undefined
      ? `there is no native addon for ${target}`
      : `the package ${name} is not installed`,
  );
}
