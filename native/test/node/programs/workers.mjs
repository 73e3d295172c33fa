// A node in a worker that is ended in the middle of a flood; the main thread has a node of its own.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Node } from "runar-ts";
import { Checker } from "./payloads.mjs";
import { producers } from "./producers.mjs";

const TOPIC = "flood/x";
const flood = {
  topic: TOPIC,
  threads: 4,
  each: 10_000_000,
  isHandled: true,
  stopsUnheard: true,
  retries: true,
  collects: false,
  report: "",
};

async function inWorker() {
  const node = new Node({ server: { port: -1 } });
  const checker = new Checker(TOPIC, flood.threads);
  await node.start();
  await producers(node);
  await node.subscribe(TOPIC, (...args) => {
    checker.take(args);
    if (checker.came !== 2_000) return;
    parentPort.postMessage({ came: checker.came, faults: checker.faults });
    if (workerData === "exit") process.exit(0);
  });
  await node.request("producers/flood", flood, { timeout: 600_000 });
}

/** Resolves when the worker is over, to what it has said. */
function flooded(how) {
  const worker = new Worker(new URL(import.meta.url), { workerData: how });
  return new Promise((resolve, reject) => {
    let said;
    worker.on("message", (message) => {
      said = message;
      if (how === "terminate") worker.terminate();
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve({ how, ...said }));
  });
}

async function inMain() {
  const node = new Node({ server: { port: -1 } });
  await node.start();
  await producers(node);
  const workers = [];
  for (const how of ["terminate", "exit", "terminate"]) workers.push(await flooded(how));
  const still = await node.request("producers/echo", "still here");
  await node.stop();
  console.log(JSON.stringify({ workers, still }));
}

if (isMainThread) await inMain();
else await inWorker();
