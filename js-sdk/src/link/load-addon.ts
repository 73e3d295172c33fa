import { NotRunningError } from "../errors.js";
import { type Addon, AddonTransport, quirksOf } from "./addon.js";
import { type Boot, findBoot } from "./jvm.js";
import type { Machine } from "./node-modules.js";
import { importAddon, targetOf, whyNoAddon } from "./packages.js";
import { program } from "./program.js";

/** What this SDK was written for. */
export const ABI_VERSION = 1;

/** The links of each addon in this thread, for the end of the program. */
const opened = new WeakMap<Addon, Set<AddonTransport>>();

/**
 * The node in this process: loads the addon and begins the Java machine, if that has not begun.
 *
 * @throws NotRunningError saying why there is none, and what to do
 */
export async function addonOf(machine: Machine): Promise<AddonTransport> {
  const addon = await loadAddon(machine);
  const links = await begin(addon, findBoot(machine));
  const transport = new AddonTransport(
    addon,
    quirksOf(program.versions, program.env["NODE_ENV"] === "test"),
    () => {
      links.delete(transport);
    },
  );
  links.add(transport);
  return transport;
}

async function begin(
  addon: Addon,
  { libjvm, options, mainClass }: Boot,
): Promise<Set<AddonTransport>> {
  const threads = (await import("node:worker_threads" as string)) as { isMainThread: boolean };
  let links = opened.get(addon);
  if (links === undefined) {
    links = new Set();
    opened.set(addon, links);
    if (threads.isMainThread) {
      program.once("exit", ((code: unknown) => end(addon, exitCode(code))) as never);
    }
  }
  try {
    await addon.boot(libjvm, options, mainClass);
  } catch (error) {
    throw new NotRunningError(explained(error as Error & { readonly code?: string }, libjvm));
  }
  return links;
}

/** What an "exit" was told: Node.js 18 and 20 pass on the text of `process.exit("3")`. */
export function exitCode(told: unknown): number {
  return Number(told) | 0;
}

/** With the program: Bun runs no handlers of libc (T9). Java's hooks run, and may print. */
function end(addon: Addon, code: number): void {
  addon.shutdown(code);
  for (const link of opened.get(addon) ?? []) {
    link.last();
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
