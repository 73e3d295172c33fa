// Ends without a call of shutdown(): the addon does it from libc's exit.
import { Bridge, libjvm, loadAddon, mainClass, options } from "../bridge.mjs";

const addon = loadAddon();
await addon.boot(libjvm(), options(), mainClass);
const bridge = new Bridge(addon, undefined, () => addon.close(bridge.handle));
bridge.send("H", process.argv[2]);
bridge.send("C");
bridge.send("E");
