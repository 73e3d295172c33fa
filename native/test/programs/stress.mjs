// Things that the two machines do to signals and stacks, before and after boot.
import { once } from "node:events";
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const said = {};
const came = [];
process.on("SIGINT", () => came.push("SIGINT"));
const addon = await boot(loadAddon());
process.on("SIGTERM", () => came.push("SIGTERM"));
process.on("SIGHUP", () => came.push("SIGHUP"));

const awake = setInterval(() => {}, 1000); // a handler of signals does not keep the loop alive
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  const heard = once(process, signal);
  process.kill(process.pid, signal);
  await heard;
}
clearInterval(awake);
said.signals = came;

function depth() {
  let deep = 0;
  const down = () => {
    deep++;
    down();
  };
  try {
    down();
  } catch (error) {
    said.overflow = error.constructor.name;
  }
  return deep;
}
said.deep = depth() > 1000;

// (func (export "trap") unreachable) and a read out of bounds of one page of memory
const module = new WebAssembly.Module(
  Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 0, 96, 1, 127, 1, 127, 3, 3, 2, 0, 1, 5, 3, 1, 0,
    1, 7, 15, 2, 4, 116, 114, 97, 112, 0, 0, 4, 114, 101, 97, 100, 0, 1, 10, 13, 2, 3, 0, 0, 11, 7,
    0, 32, 0, 40, 2, 0, 11,
  ]),
);
const { trap, read } = new WebAssembly.Instance(module).exports;
said.traps = 0;
for (let at = 0; at < 10_000; at++) {
  try {
    at % 2 === 0 ? trap() : read(-16);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) said.traps++;
  }
}

const bridge = new Bridge(addon, undefined, (command, data) => {
  if (command === "n") {
    said.nulls = data.readUInt32LE(0);
    said.deepAgain = depth() > 1000;
    addon.close(bridge.handle);
    console.log(JSON.stringify(said));
  }
});
bridge.send("N", 100_000);
