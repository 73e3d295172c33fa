// The speed of the way between Java and a program in Node.js or Bun: docs/performance.md.
//
//   node test/node/bench.mjs [repetitions] [runtime …]
//
// Repetitions take turns, so that what else the machine does hits each of them; medians are shown.
// A node of ready.mjs begins with the cache that `runar cache` makes in the checkout.
import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare.mjs";
import { Program } from "./start.mjs";

const [repetitions = "5", ...given] = process.argv.slice(2);
const runtimes = given.length > 0 ? given : [process.execPath];
const TRANSPORTS = ["native", "process"];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const shown = (numbers, digits = 0) =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)})`;

/** What a program says, and how long it took from its last line to its end. */
async function measured(exec, name, options, env) {
  const program = new Program(name, options, { env, exec });
  const said = await program.next();
  await program.next();
  const over = performance.now();
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`exit code ${code}:\n${program.stderr}`);
  return { ...said, exit: performance.now() - over };
}

prepare();
const runar = fileURLToPath(new URL("../../../js-sdk/dist/bin/runar.js", import.meta.url));
execFileSync(process.execPath, [runar, "cache"], { env: { ...process.env, RUNAR_HOME: "" } });
for (const exec of runtimes) {
  const version = execFileSync(exec, ["--version"], { encoding: "utf8" }).trim();
  console.log(`\n${/bun$/.test(exec) ? "Bun" : "Node.js"} ${version}, load ${loadavg()[0]}`);
  const raw = [];
  const calls = { native: [], process: [] };
  const starts = { native: [], process: [] };
  for (let i = 0; i < Number(repetitions); i++) {
    raw.push(await measured(exec, "raw.mjs"));
    for (const transport of TRANSPORTS) {
      const env = { RUNAR_TRANSPORT: transport };
      calls[transport].push(await measured(exec, "bench.mjs", {}, env));
      starts[transport].push(await measured(exec, "ready.mjs", {}, { ...env, RUNAR_HOME: "" }));
    }
  }
  const row = (name, rows, value, digits) =>
    console.log(`${name.padEnd(40)} ${shown(rows.map(value), digits)}`);
  row("raw: boot, ms", raw, (it) => it.bootMs);
  row("raw: 1 in flight, p50, µs", raw, (it) => it.p50, 1);
  row("raw: 256 in flight, /s", raw, (it) => it.perSecond);
  row("raw: exit, ms", raw, (it) => it.exit);
  for (const transport of TRANSPORTS) {
    const all = calls[transport];
    row(`${transport}: Java-JS-Java 1, p50, µs`, all, (it) => it.fromJava.p50, 1);
    row(`${transport}: Java-JS-Java 256, /s`, all, (it) => it.inFlight.perSecond);
    row(`${transport}: JS-Java-JS 1, p50, µs`, all, (it) => it.toJava.p50, 1);
    row(`${transport}: memory begun, MB`, all, (it) => it.memory.begun.reduce((a, b) => a + b));
    row(`${transport}: memory after, MB`, all, (it) => it.memory.after.reduce((a, b) => a + b));
    row(`${transport}: ready, ms`, starts[transport], (it) => it.ms);
    row(`${transport}: exit, ms`, starts[transport], (it) => it.exit);
  }
}
