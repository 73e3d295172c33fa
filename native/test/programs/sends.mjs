// count size maxBytes: sends that many frames to the echo, as many as there is room for, and goes on
// when the doorbell says that there is room again.
import { Bridge, boot, frame, loadAddon } from "../bridge.mjs";

const [count, size, maxBytes] = process.argv.slice(2).map(Number);
const addon = await boot(loadAddon());
const said = { echoes: 0, outOfOrder: 0, refused: 0 };
const bytes = frame("E", 0, new Uint8Array(size));
const number = new DataView(bytes.buffer);
let sent = 0;

const bridge = new Bridge(addon, { maxBytes }, (_, data) => {
  if (data.readUInt32LE(0) !== said.echoes) said.outOfOrder++;
  if (++said.echoes < count) return;
  const { accepted, delivered, refused, waitingBytes } = addon.stats(bridge.handle).toJava;
  console.log(JSON.stringify({ ...said, accepted, delivered, refusedByC: refused, waitingBytes }));
  addon.close(bridge.handle);
});
bridge.flush = send;
send();

function send() {
  for (; sent < count; sent++) {
    number.setUint32(5, sent, true);
    if (bridge.offer(bytes) === 0) continue;
    said.refused++;
    return;
  }
}
