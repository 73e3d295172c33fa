// Exits in the middle of a flood: what shutdown() says was not delivered.
import { Bridge, libjvm, loadAddon, mainClass, options } from "../bridge.mjs";

const addon = loadAddon();
await addon.boot(libjvm(), options(), mainClass);
let came = 0;
const bridge = new Bridge(addon, undefined, () => {
  if (++came >= 20_000 && addon.stats(bridge.handle).toJs.waitingBytes > 0) process.exit(0);
});
bridge.send("P", 4);
process.on("exit", (code) => {
  const undelivered = addon.shutdown(code);
  const { toJs, toJava } = addon.stats(bridge.handle);
  const waiting = toJs.accepted - toJs.delivered + toJava.accepted - toJava.delivered;
  console.log(JSON.stringify({ some: undelivered > 0, exact: undelivered === waiting }));
});
