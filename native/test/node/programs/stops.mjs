// Ends in the middle of a flood, as its options say, and prints what came up to then.
import { writeSync } from "node:fs";
import { Node } from "runar-ts";
import { Checker } from "./payloads.mjs";
import { producers } from "./producers.mjs";

const TOPIC = "flood/x";
const { how, threads = 8, report, at = 5_000, slowMs = 0 } = JSON.parse(process.argv[2]);
const flood = {
  topic: TOPIC,
  threads,
  each: 10_000_000,
  isHandled: true,
  stopsUnheard: true,
  retries: true,
  collects: false,
  report,
};

const node = new Node({ server: { port: -1 } });
const checker = new Checker(TOPIC, threads);
let hasEnded = false;
let late = 0;

function say(more) {
  const { came, next, faults } = checker;
  writeSync(1, `${JSON.stringify({ came, next, faults, late, ...more })}\n`);
}

const ways = {
  async stop() {
    await node.stop();
    hasEnded = true;
    const came = checker.came;
    // Whatever was still on its way would come in these turns.
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
    say({ afterStop: checker.came - came });
  },
  exit() {
    process.on("exit", () => say({}));
    process.exit(3);
  },
  throw() {
    process.on("exit", () => say({}));
    setImmediate(() => {
      throw new Error("nobody catches it");
    });
  },
};

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    // more comes than this can take
  }
}

await node.start();
await producers(node);
await node.subscribe(TOPIC, (...args) => {
  if (hasEnded) late++;
  checker.take(args);
  if (slowMs > 0) block(slowMs);
  if (checker.came === at) ways[how]();
});
// Not awaited here: a program of Bun whose top level waits does not end by an uncaught exception.
node.request("producers/flood", flood, { timeout: 600_000 }).catch(({ code }) => {
  console.error(`the request of the flood ended: ${code}`);
});
