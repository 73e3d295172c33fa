// ways rounds: workers that end in these ways at once, again and again, while the main thread's own
// link works on. Prints what the main thread saw.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const ways = process.argv[2].split(",");
const rounds = Number(process.argv[3]);
const addon = await boot(loadAddon());
const said = { ended: 0, echoes: 0, wrongThread: 0, stale: 0, highestSlot: 0 };
let answered = () => {};
const bridge = new Bridge(addon, undefined, () => answered());
const echo = () =>
  new Promise((resolve) => {
    answered = resolve;
    bridge.send("E", "main");
  });

for (let round = 0; round < rounds; round++) {
  await Promise.all(
    ways.map(async (way) => {
      const worker = new Worker(new URL("./worker.mjs", import.meta.url), { workerData: { way } });
      const ended = once(worker, "exit");
      const [{ flooded }] = await once(worker, "message");
      if (way === "terminate") {
        try {
          addon.drain(flooded);
        } catch (error) {
          if (error.code === "ERR_WRONG_THREAD") said.wrongThread++;
        }
        worker.terminate();
      }
      await ended;
      if (addon.drain(flooded) === undefined) said.stale++;
      said.highestSlot = Math.max(said.highestSlot, flooded % 65536);
      said.ended++;
    }),
  );
  await echo();
  said.echoes++;
}
console.log(JSON.stringify(said));
addon.close(bridge.handle);
