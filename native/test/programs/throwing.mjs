// A doorbell that throws each time it has drained: what comes later rings all the same.
import { boot, frame, frames, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const said = { came: [], thrown: [] };
process.on("uncaughtException", (error) => said.thrown.push(error.message));
const bytes = (text) => frame("E", text);
const handle = addon.open(() => {
  const batch = addon.drain(handle);
  if (batch === undefined) return;
  frames(batch, (_, data) => said.came.push(String(data)));
  const next = said.came.length;
  if (next === 5) {
    addon.close(handle);
    console.log(JSON.stringify(said));
    return;
  }
  setImmediate(() => addon.send(handle, bytes(`${next}`), bytes(`${next}`).length));
  throw new Error(`thrown ${next}`);
});
addon.ref(handle);
addon.send(handle, bytes("0"), bytes("0").length);
