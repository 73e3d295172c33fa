// Closes a link in the middle of a flood and compares what Java has queued with what came.
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const said = { came: 0, gaps: 0, late: 0, undelivered: 0 };
const next = [0, 0, 0, 0];
let closed = false;
const flooded = new Bridge(addon, { maxBytes: 64 << 10 }, (command, data) => {
  if (closed && command === "e") said.late++;
  if (data.readUInt32LE(4) !== next[data.readUInt32LE(0)]++) said.gaps++;
  said.came++;
});
const drain = addon.drain;
// A batch that was taken is handled to its end; the link is closed before the next one.
flooded.addon = {
  ...addon,
  drain: (handle) => {
    if (said.came >= 20_000 && !closed) close();
    return drain(handle);
  },
};
const other = new Bridge(addon, undefined, (_, data) => {
  said.queued = data.readUInt32LE(0);
  console.log(JSON.stringify(said));
  addon.close(other.handle);
});
flooded.send("F", 4, 1_000_000, 16);

function close() {
  closed = true;
  said.undelivered = addon.close(flooded.handle);
  const id = BigInt(flooded.handle);
  other.send("Q", Number(id & 0xffffffffn), Number(id >> 32n));
}
