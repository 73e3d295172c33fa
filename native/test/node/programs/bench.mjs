// Measures the way between Java and this program, and prints it. With a node: calls both ways, the
// memory; prints "over" at last, and the end of the process is for who has started it.
import { readFileSync } from "node:fs";
import { action, Node } from "runar-ts";
import { producers } from "./producers.mjs";

const { calls = 20_000, many = 1_000_000, warming = 30_000 } = JSON.parse(process.argv[2] ?? "{}");
const bytes = 27;
const node = new Node({ server: { port: -1 } });
node.addService({
  name: "app",
  path: "app",
  actions: { echo: action({ handler: (input) => input }) },
});
await node.start();
await producers(node);
const ready = performance.now();

const asked = (count, inFlight) =>
  node.request(
    "producers/calls",
    { path: "app/echo", count, inFlight, bytes },
    { timeout: 600_000 },
  );

/** One by one, as the other way. */
async function toJava(count) {
  const input = "x".repeat(bytes);
  const ms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await node.request("producers/echo", input);
    ms[i] = performance.now() - began;
  }
  ms.sort();
  return { p50: ms[count >> 1] * 1_000, p99: ms[Math.floor(count * 0.99)] * 1_000 };
}

/** Of this process, and of the node's if it has another, in MB. */
function resident(pid) {
  const own = Math.round(process.memoryUsage().rss / 1e6);
  if (pid === process.pid) return [own];
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return [own, Math.round((Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1_024) / 1e6)];
}

const pid = await node.request("producers/pid");
const memory = { begun: resident(pid) };
await asked(warming, 1);
await asked(many, 256);
await toJava(warming);
const fromJava = await asked(calls, 1);
const inFlight = await asked(many, 256);
const other = await toJava(calls);
memory.after = resident(pid);
console.log(JSON.stringify({ ready, fromJava, inFlight, toJava: other, memory }));
await node.stop();
console.log('"over"');
