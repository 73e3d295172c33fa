// A doorbell that throws each time, before it drains or after: what comes later rings all the same.
import { boot, frame, frames, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const said = { came: [], thrown: [] };
process.on("uncaughtException", (error) => said.thrown.push(error.message));
const bytes = (text) => frame("E", text);
let rings = 0;
const handle = addon.open(() => {
  if (++rings === 1) {
    setImmediate(() => addon.send(handle, bytes("0"), bytes("0").length));
    throw new Error("thrown 0");
  }
  const batch = addon.drain(handle);
  if (batch === undefined) return;
  frames(batch, (_, data) => said.came.push(String(data)));
  const next = said.came.length - 1;
  if (next === 5) {
    addon.close(handle);
    console.log(JSON.stringify(said));
    return;
  }
  setImmediate(() => addon.send(handle, bytes(`${next}`), bytes(`${next}`).length));
  throw new Error(`thrown ${next}`);
});
addon.ref(handle);
addon.send(handle, bytes("left"), bytes("left").length);
