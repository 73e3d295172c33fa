// The loop never looks again after it has asked Java to exit: Java's limit ends the process.
import { Bridge, boot, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const bridge = new Bridge(addon, undefined, () => {
  bridge.send("X", 7);
  for (;;);
});
bridge.send("E");
