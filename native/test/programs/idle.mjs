// events ms: one event now and then, and how long after the others each came.
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const [events, ms] = process.argv.slice(2).map(Number);
const addon = await boot(loadAddon());
const times = [];
const bridge = new Bridge(addon, undefined, () => {
  times.push(performance.now());
  if (times.length < events) return;
  const late = times.map((time, at) => time - times[0] - at * ms);
  const earliest = Math.min(...late);
  console.log(JSON.stringify({ events, latest: Math.round(Math.max(...late) - earliest) }));
  addon.close(bridge.handle);
});
bridge.send("I", events, ms);
