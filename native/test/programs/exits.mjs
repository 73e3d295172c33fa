// way load hookFile [code]: ends the process in one way under one load, after the first frames have come.
import { Bridge, boot, frame, loadAddon } from "../bridge.mjs";

const [way, load, hookFile, code] = process.argv.slice(2);
const addon = await boot(loadAddon());
let events = 0;
const bridge = new Bridge(addon, undefined, (command) => {
  if (command === "E") begin();
  if (command === "e" && ++events === 100) end();
});
bridge.send("H", hookFile);
bridge.send("E", "ready");

function begin() {
  if (load === "flood") return bridge.send("P", 4);
  if (load === "idle") return end();
  bridge.send("C");
  bridge.send("F", 1, 100, 64);
}

function end() {
  switch (way) {
    case "natural":
      process.exitCode = 2;
      addon.close(bridge.handle);
      break;
    case "exit":
      process.exit(Number(code ?? 3));
      break;
    case "throw":
      setImmediate(() => {
        throw new Error("uncaught on purpose");
      });
      break;
    case "java":
      bridge.offer(frame("X", Number(code ?? 5) >>> 0), true);
      break;
    case "sigterm":
      process.on("SIGTERM", () => process.exit(143));
      process.kill(process.pid, "SIGTERM");
      break;
    case "sigterm-default":
      process.kill(process.pid, "SIGTERM");
      break;
    case "stuck-hook":
      bridge.send("Z");
      bridge.send("E", "the hook is there");
      bridge.each = () => process.exit(6);
      break;
    default:
      throw new Error(`no such way: ${way}`);
  }
}
