// What a post in Java answers, and a link that Java closes.
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const said = {};
const bridge = new Bridge(addon, undefined, (command, data) => {
  if (command === "s") {
    said.posts = String(data.readUInt32LE(0)).padStart(3, "0");
    bridge.send("D");
  }
  if (command === "d") closed();
});
bridge.send("S");

/** Java closes just after it has posted: its refusal of what is sent shows it. */
function closed() {
  said.send = addon.send(bridge.handle, new Uint8Array(1), 0);
  if (said.send !== 2) return setImmediate(closed);
  said.drain = String(addon.drain(bridge.handle));
  said.close = addon.close(bridge.handle);
  console.log(JSON.stringify(said));
}
