// Starts a node, or says why there is none. file: a module to load before.
import { Node, say } from "./sdk.mjs";

if (process.argv[2] !== undefined) {
  await import(process.argv[2]);
}
const node = new Node(process.env.TEST_NETWORK ? { networkId: process.env.TEST_NETWORK } : {});
try {
  await node.start();
  const { pid, version } = await node.request("$runtime/status");
  say({ version, isHere: pid === process.pid });
  await node.stop();
} catch (error) {
  say({ code: error.code, message: error.message });
}
