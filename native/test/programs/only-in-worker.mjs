// The addon is loaded and Java is booted by a worker alone; when it has ended, another one uses both.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const worker = () =>
  new Worker(new URL("./worker.mjs", import.meta.url), { workerData: { way: "graceful" } });
for (let at = 0; at < 3; at++) await once(worker(), "exit");
await new Promise((resolve) => setTimeout(resolve, 300)); // Java's own threads run on meanwhile
console.log(JSON.stringify({ alive: true }));
