// The addon is loaded and Java is booted by workers alone, and used by the main thread when they have
// ended: the pump has waited in it meanwhile.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const worker = () =>
  new Worker(new URL("./worker.mjs", import.meta.url), { workerData: { way: "graceful" } });
for (let at = 0; at < 3; at++) await once(worker(), "exit");
const addon = await boot(loadAddon());
const bridge = new Bridge(addon, undefined, (_, data) => {
  console.log(JSON.stringify({ echo: String(data) }));
  addon.close(bridge.handle);
});
bridge.send("E", "alive");
