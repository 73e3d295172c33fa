// A worker with a link of its own under a flood, which ends as its data says: graceful closes its
// link, exit calls process.exit, terminate waits to be ended. It says "flooded" once frames come.
import { parentPort, workerData } from "node:worker_threads";
import { Bridge, libjvm, loadAddon, mainClass, options } from "../bridge.mjs";

const addon = loadAddon();
await addon.boot(libjvm(), options(), mainClass);
let events = 0;
const bridge = new Bridge(addon, { maxBytes: 64 << 10 }, () => {
  if (++events !== 100) return;
  if (workerData.way !== "graceful") parentPort.postMessage({ flooded: bridge.handle });
  if (workerData.way === "exit") process.exit(0);
  if (workerData.way === "graceful") {
    parentPort.postMessage({ flooded: bridge.handle });
    addon.close(bridge.handle);
  }
});
bridge.send("P", 2);
