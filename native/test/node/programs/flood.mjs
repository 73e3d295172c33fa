// Takes a flood of events from threads of Java, as its options say, and prints what came.
import { Node } from "runar-ts";
import { Checker } from "./payloads.mjs";

const TOPIC = "flood/x";
const options = JSON.parse(process.argv[2] ?? "{}");
const { threads = 8, each = 2_500, throwsEach, replacesEach, blocksAt, collectsEach } = options;
const flood = {
  topic: TOPIC,
  threads,
  each,
  isHandled: false,
  stopsUnheard: false,
  retries: true,
  collects: collectsEach !== undefined,
  report: "",
};

const node = new Node({ server: { port: -1 } });
const checker = new Checker(TOPIC, threads);
const collect = globalThis.gc ?? (() => globalThis.Bun?.gc(true));
let thrown = 0;
let replacements = 0;
let subscription;
let isReplacing = false;

/** Off and on while it runs: nobody listens for a moment, which the producers are told. */
async function replace() {
  isReplacing = true;
  await node.unsubscribe(subscription);
  subscription = await node.subscribe(TOPIC, handler());
  replacements++;
  isReplacing = false;
}

/** A new function each time. */
function handler() {
  return (...args) => {
    checker.take(args);
    if (checker.came === blocksAt) block(1_000);
    if (checker.came % collectsEach === 0) collect();
    if (checker.came % replacesEach === 0 && !isReplacing) replace();
    if (checker.came % throwsEach === 0) {
      thrown++;
      throw new Error(`thrown ${thrown}`);
    }
  };
}

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    // nothing else runs
  }
}

/** The ledger of the node, of the flood alone. */
async function ledger(before = {}) {
  const { ledger: counts } = await node.request("$runtime/status");
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
}

await node.start();
subscription = await node.subscribe(TOPIC, handler());
const before = await ledger();
const began = performance.now();
const counts = await node.request("producers/flood", flood, { timeout: 600_000 });
let after = await ledger(before);
while (after.waiting > 0) after = await ledger(before);
const ms = Math.round(performance.now() - began);
await node.stop();
const { came, next, faults } = checker;
console.log(JSON.stringify({ came, next, faults, thrown, replacements, counts, ledger: after, ms }));
