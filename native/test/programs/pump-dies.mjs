// The pump dies with frames on their way: what each call then answers.
import { Bridge, boot, frame, libjvm, loadAddon, mainClass, options } from "../bridge.mjs";

const addon = await boot(loadAddon());
const said = { came: 0 };
const bridge = new Bridge(addon, undefined, () => said.came++);
bridge.failed = async (error) => {
  Object.assign(said, { code: error.code, message: error.message });
  said.send = addon.send(bridge.handle, frame("E"), 5);
  const code = (failure) => failure.code;
  said.boot = await addon.boot(libjvm(), options(), mainClass).catch(code);
  try {
    addon.open(() => {});
  } catch (failure) {
    said.open = failure.code;
  }
  said.close = addon.close(bridge.handle);
  console.log(JSON.stringify(said));
};
bridge.send("E", "before");
bridge.send("T");
