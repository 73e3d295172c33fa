// threads events size maxBytes [gc]: takes a flood of Java threads and prints what arrived.
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const [threads, events, size, maxBytes] = process.argv.slice(2, 6).map(Number);
const storm = process.argv[6] === "gc";
const addon = await boot(loadAddon());
const next = new Array(threads).fill(0);
const said = { events: 0, outOfOrder: 0, damaged: 0, done: 0, refusedInJava: 0 };
const collect = globalThis.gc ?? (() => globalThis.Bun?.gc(true));

const bridge = new Bridge(addon, { maxBytes, reservedBytes: 4096 }, (command, data) => {
  if (command === "e") {
    const producer = data.readUInt32LE(0);
    const number = data.readUInt32LE(4);
    if (number !== next[producer]) said.outOfOrder++;
    next[producer] = number + 1;
    said.events++;
    for (let at = 8; at < 8 + size; at++) if (data[at] !== (number & 255)) said.damaged++;
    if (storm && said.events % 4096 === 0) collect();
  } else if (command === "f") {
    said.done++;
    said.refusedInJava += Number(data.readBigUInt64LE(4));
    if (said.done === threads) finish();
  }
});
const started = performance.now();
if (storm) bridge.send("C");
bridge.send("F", threads, events, size);

function finish() {
  const stats = addon.stats(bridge.handle);
  console.log(
    JSON.stringify({
      ...said,
      args: bridge.rings.length,
      refused: stats.toJs.refused,
      accepted: stats.toJs.accepted,
      delivered: stats.toJs.delivered,
      waitingBytes: stats.toJs.waitingBytes,
      ms: Math.round(performance.now() - started),
    }),
  );
  addon.close(bridge.handle);
}
