import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An empty folder with the SDK installed in it, for programs that are run by Node.js itself. */
export interface Built {
  readonly folder: string;
  /** The modules of the SDK. */
  readonly dist: string;
  remove(): void;
}

/** Builds the SDK. */
export function built(): Built {
  const folder = mkdtempSync(join(tmpdir(), "runar-ts-"));
  const installed = join(folder, "node_modules", "runar-ts");
  const dist = join(installed, "dist");
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(root, "package.json"), join(installed, "package.json"));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const project = join(root, "tsconfig.build.json");
  execFileSync(process.execPath, [compiler, "-p", project, "--outDir", dist]);
  return { folder, dist, remove: () => rmSync(folder, { recursive: true }) };
}
