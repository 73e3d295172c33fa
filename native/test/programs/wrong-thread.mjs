// A worker that calls everything with the handle of the main thread, which goes on with it.
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Bridge, boot, frame, loadAddon } from "../bridge.mjs";

const calls = ["send", "drain", "ref", "unref", "close", "stats"];

async function main() {
  const addon = await boot(loadAddon());
  let answered = () => {};
  const bridge = new Bridge(addon, undefined, (_, data) => answered(String(data)));
  const worker = new Worker(new URL(import.meta.url), { workerData: { handle: bridge.handle } });
  const ended = once(worker, "exit");
  const [said] = await once(worker, "message");
  await ended;
  said.echo = await new Promise((resolve) => {
    answered = resolve;
    bridge.send("E", "still here");
  });
  console.log(JSON.stringify(said));
  addon.close(bridge.handle);
}

function worker() {
  const addon = loadAddon();
  const said = {};
  for (const name of calls) {
    const more = name === "send" ? [frame("E"), 5] : [];
    try {
      said[name] = String(addon[name](workerData.handle, ...more));
    } catch (error) {
      said[name] = `${error.code}: ${error.message}`;
    }
  }
  parentPort.postMessage(said);
}

if (isMainThread) await main();
else worker();
