// A second Java machine in one process: by other options, or by a second copy of the addon.
import { Node, say } from "./sdk.mjs";

const first = new Node();
await first.start();
await first.stop();
if (process.argv[2] === "options") {
  process.env.RUNAR_JAVA_OPTS = "-Dmore=1";
} else {
  process.env.RUNAR_ADDON = process.argv[2];
}
const second = new Node();
try {
  await second.start();
  const { pid } = await second.request("$runtime/status");
  say({ isHere: pid === process.pid });
  await second.stop();
} catch (error) {
  say({ code: error.code, message: error.message });
}
