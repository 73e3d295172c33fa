// way, load, file: ends in one way under one load; a hook of Java writes the file.
import { agent, Node, say } from "./sdk.mjs";

const [way, load, file] = process.argv.slice(2);
const tell = await agent();
const node = new Node({ server: { port: 0 } });
await node.addService({ name: "m", path: "m", actions: { add: (a, b) => a + b } });
if (way !== "idle") {
  await node.start();
  await node.request("m/add", [1, 2]);
}
await tell(`hook ${file}`);
let events = 0;
if (load === "flood") {
  await node.subscribe("flood/x", () => events++);
  // By timers: Bun does not end by an uncaught error while an immediate begins another one.
  const flood = () => {
    for (let i = 0; i < 500; i++) {
      node.publish("flood/x", i).catch(() => {});
    }
    if (way !== "stopped") {
      setTimeout(flood, 0);
    }
  };
  flood();
  while (events < 1_000) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (way === "stopped") {
      flood();
    }
  }
}
process.on("exit", () => say({ ending: Date.now() }));
switch (way) {
  case "idle":
    process.exitCode = 2;
    break;
  case "stopped":
    await node.stop();
    process.exitCode = 2;
    break;
  case "exit":
    process.exit(3);
    break;
  case "throw":
    setImmediate(() => {
      throw new Error("nobody catches it");
    });
    break;
  case "java":
    tell("exit 5");
    break;
  case "sigterm":
    process.on("SIGTERM", () => process.exit(143));
    process.kill(process.pid, "SIGTERM");
    break;
  case "sigterm-default":
    process.kill(process.pid, "SIGTERM");
    break;
  default:
    throw new Error(`no such way: ${way}`);
}
