// Sends frames of every kind to the echo, one at a time, and prints what came back and how.
import { Bridge, boot, frame, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const binary = Uint8Array.from({ length: 70_000 }, (_, at) => at * 7);
const payloads = ["text with é, 😀 and \0", "", binary, new Uint8Array(0)];
const came = [];
const bridge = new Bridge(addon, undefined, (command, data) => {
  const payload = payloads[came.length];
  came.push(command === "E" && Buffer.from(payload).equals(data));
  if (came.length === 1) return addon.send(bridge.handle, shared, 5);
  if (came.length < payloads.length) return bridge.send("E", payloads[came.length]);
  addon.close(bridge.handle);
});

// Part of a larger array, and memory that is shared with workers.
const inside = Buffer.concat([
  Buffer.from("before"),
  frame("E", payloads[0]),
  Buffer.from("after"),
]);
const part = inside.subarray(6);
const shared = new Uint8Array(new SharedArrayBuffer(64));
shared.set(frame("E", payloads[1]));

// Every answer as it is, before there is anything to drain.
const kinds = {
  drain: addon.drain(bridge.handle),
  ref: addon.ref(bridge.handle),
  send: addon.send(bridge.handle, part, part.length - 5),
};
process.on("exit", () => {
  const after = [
    addon.send(bridge.handle, frame("E"), 5),
    addon.drain(bridge.handle),
    addon.ref(bridge.handle),
    addon.unref(bridge.handle),
    addon.close(bridge.handle),
    addon.stats(bridge.handle),
  ];
  const show = (value) => (value === undefined ? "undefined" : value);
  console.log(
    JSON.stringify({
      came,
      rings: bridge.rings.map(String),
      kinds: Object.fromEntries(Object.entries(kinds).map(([name, value]) => [name, show(value)])),
      after: after.map(show),
    }),
  );
});
