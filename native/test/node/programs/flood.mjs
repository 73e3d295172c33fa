// Takes floods of events from threads of Java, one for each of its options, and prints what came.
import { Node } from "runar-ts";
import { Checker } from "./payloads.mjs";
import { producers } from "./producers.mjs";

const TOPIC = "flood/x";
const collect = globalThis.gc ?? (() => globalThis.Bun?.gc(true));

const node = new Node({ server: { port: -1 } });
await node.start();
await producers(node);
for (const options of JSON.parse(process.argv[2] ?? "[{}]")) {
  console.log(JSON.stringify(await flooded(options)));
}
await node.stop();

async function flooded(options) {
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
  const checker = new Checker(TOPIC, threads);
  const done = { thrown: 0, replacements: 0 };
  let subscription;
  let isReplacing = false;

  /** A new function each time. */
  function handler() {
    return (...args) => {
      checker.take(args);
      if (checker.came === blocksAt) block(1_000);
      if (checker.came % collectsEach === 0) collect();
      if (checker.came % replacesEach === 0 && !isReplacing) replace();
      if (checker.came % throwsEach === 0) {
        done.thrown++;
        throw new Error(`thrown ${done.thrown}`);
      }
    };
  }

  /** Off and on while it runs: nobody listens for a moment, which the producers are told. */
  async function replace() {
    isReplacing = true;
    await node.unsubscribe(subscription);
    subscription = await node.subscribe(TOPIC, handler());
    done.replacements++;
    isReplacing = false;
  }

  subscription = await node.subscribe(TOPIC, handler());
  const before = await ledger();
  const began = performance.now();
  const counts = await node.request("producers/flood", flood, { timeout: 600_000 });
  let after = await ledger(before);
  while (after.waiting > 0) after = await ledger(before);
  const ms = Math.round(performance.now() - began);
  while (isReplacing) await new Promise((resolve) => setImmediate(resolve));
  await node.unsubscribe(subscription);
  const { came, next, faults } = checker;
  return { came, next, faults, ...done, counts, ledger: after, ms };
}

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    // nothing else runs
  }
}

/** What the node has counted since then. */
async function ledger(before = {}) {
  const { ledger: counts } = await node.request("$runtime/status");
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
}
