import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** An empty folder for each test of the file that imports this. */
export let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "runar-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file in it, whose path this returns. */
export function put(path: string, text = ""): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
