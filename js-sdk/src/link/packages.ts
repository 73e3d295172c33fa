import { NotRunningError } from "../errors.js";
import type { Machine } from "./node-modules.js";
import { VERSION } from "./version.js";

/** The node's own files, without what runs scripts. */
export const RUNTIME = "@runar/runtime";
/** What runs scripts in the node itself. */
export const GRAALJS = "@runar/graaljs";

/** Platform, processor and, on Linux, C library. */
export function targetOf({ platform, arch, libc }: Machine): string {
  return platform === "linux" ? `linux-${arch}-${libc()}` : `${platform}-${arch}`;
}

const JRES: ReadonlySet<string> = new Set([
  "linux-x64",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
]);

/** The package with a Java for a machine; undefined: there is none. */
export function jrePackage(machine: Machine): string | undefined {
  const target = targetOf(machine).replace(/-gnu$/, "");
  return JRES.has(target) ? `@runar/jre-${target}` : undefined;
}

/** The folder of an installed package; undefined: it is not installed. */
export function folderOf(machine: Machine, name: string): string | undefined {
  const file = machine.installed(`${name}/package.json`);
  return file === undefined ? undefined : machine.paths.dirname(file);
}

/** Why the package in a folder does not go with this one; undefined: it does. */
export function mismatchOf(machine: Machine, folder: string): string | undefined {
  let version: unknown;
  try {
    const text = machine.files.readFileSync(machine.paths.join(folder, "package.json"), "utf8");
    version = (JSON.parse(text) as { readonly version?: unknown }).version;
  } catch (error) {
    return `has a package.json that cannot be read: ${(error as Error).message}`;
  }
  return version === VERSION
    ? undefined
    : `is of version ${version}, and this runar-ts is of ${VERSION}`;
}

/**
 * Loads the package with the addon for a target. Each name is written out, so that what bundles or
 * traces modules sees it; one that is not installed is no more than a warning there, since a failure
 * is caught.
 *
 * @returns what the addon exports
 * @throws NotRunningError saying why there is none
 */
export async function importAddon(target: string): Promise<unknown> {
  try {
    switch (target) {
      case "linux-x64-gnu":
        return exportsOf(await import("@runar/native-linux-x64-gnu" as string));
      case "linux-x64-musl":
        return exportsOf(await import("@runar/native-linux-x64-musl" as string));
      case "linux-arm64-gnu":
        return exportsOf(await import("@runar/native-linux-arm64-gnu" as string));
      case "linux-arm64-musl":
        return exportsOf(await import("@runar/native-linux-arm64-musl" as string));
      case "darwin-x64":
        return exportsOf(await import("@runar/native-darwin-x64" as string));
      case "darwin-arm64":
        return exportsOf(await import("@runar/native-darwin-arm64" as string));
      case "win32-x64":
        return exportsOf(await import("@runar/native-win32-x64" as string));
      case "win32-arm64":
        return exportsOf(await import("@runar/native-win32-arm64" as string));
      default:
        throw new NotRunningError(`there is no native addon for ${target}`);
    }
  } catch (error) {
    throw error instanceof NotRunningError ? error : whyNoAddon(`@runar/native-${target}`, error);
  }
}

function exportsOf(module: unknown): unknown {
  return (module as { readonly default: unknown }).default;
}

/** What an addon that did not load says, with what to do. */
export function whyNoAddon(name: string, error: unknown): NotRunningError {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const [said = ""] = message.split("\n");
  switch (code) {
    case "MODULE_NOT_FOUND":
    case "ERR_MODULE_NOT_FOUND":
      return new NotRunningError(
        said.includes(`'${name}'`) || said.includes(`"${name}"`)
          ? `the package ${name} is not installed: run \`npm install ${name}@${VERSION}\`, also ` +
              "where a lock file from another system has left it out"
          : `the addon ${name} is not whole, install it again: ${said}`,
      );
    case "ERR_DLOPEN_DISABLED":
      return new NotRunningError(
        "this program may not load addons: run it with --allow-addons, and without --no-addons",
      );
    default:
      return new NotRunningError(`the addon ${name} does not load: ${said}`);
  }
}
