// Measures the addon alone: how long a Java machine takes to boot, and frames to a sink that sends
// them back (native/src/test/java), so both ways, without a node.
import { Bridge, boot, frame, loadAddon } from "../../bridge.mjs";

const began = performance.now();
const addon = await boot(loadAddon());
const bootMs = performance.now() - began;
const bytes = frame("E", "x".repeat(27));
let came = () => {};
const bridge = new Bridge(addon, undefined, () => came());

function round(count, inFlight) {
  return new Promise((resolve) => {
    const us = [];
    const start = performance.now();
    let sent = start;
    let echoes = 0;
    came = () => {
      if (inFlight === 1) us.push((performance.now() - sent) * 1_000);
      echoes++;
      if (echoes + inFlight <= count) {
        sent = performance.now();
        bridge.offer(bytes);
      }
      if (echoes < count) return;
      us.sort((a, b) => a - b);
      const perSecond = Math.round((count / (performance.now() - start)) * 1_000);
      resolve(inFlight === 1 ? { p50: us[count >> 1] } : { perSecond });
    };
    for (let i = 0; i < inFlight; i++) bridge.offer(bytes);
  });
}

await round(20_000, 1);
await round(400_000, 256);
const one = await round(20_000, 1);
const many = await round(400_000, 256);
console.log(JSON.stringify({ bootMs, ...one, ...many }));
addon.close(bridge.handle);
console.log('"over"');
process.exit(0);
