// Each thread has a node of its own, on one Java machine; it goes with its thread.
import { connect } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Node, say } from "./sdk.mjs";

const node = new Node({ server: { port: 0 } });
node.addService({ name: "m", path: "m", actions: { who: () => workerData ?? "main" } });
await node.start();
const mine = await node.request("m/who");
if (!isMainThread) {
  parentPort.postMessage([mine, new URL(node.urls[0]).port]);
  parentPort.once("message", async () => {
    if (workerData === "stops") {
      await node.stop();
    } else if (workerData === "exits") {
      process.exit(3);
    }
  });
} else {
  const isOpen = (port) =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  const seen = [];
  for (const way of ["stops", "exits", "terminated"]) {
    const worker = new Worker(new URL(import.meta.url), { workerData: way });
    const [who, port] = await new Promise((resolve) => worker.once("message", resolve));
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    seen.push([who, await isOpen(port)]);
    if (way === "terminated") {
      worker.terminate();
    } else {
      worker.postMessage("end");
    }
    await ended;
    while (await isOpen(port)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  seen.push([await node.request("m/who"), await isOpen(new URL(node.urls[0]).port)]);
  say(seen);
  await node.stop();
}
