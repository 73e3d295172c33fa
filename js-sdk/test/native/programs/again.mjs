// Starts and stops a node three times; the Java machine stays.
import { Node, say } from "./sdk.mjs";

const seen = [];
for (let i = 1; i <= 3; i++) {
  process.env.RUNAR_NETWORK_ID = `net${i}`;
  const node = new Node({ server: { port: 0 } });
  node.addService({ name: "m", path: "m", actions: { add: (a, b) => a + b } });
  await node.start();
  const { pid } = await node.request("$runtime/status");
  seen.push([node.networkId, await node.request("m/add", [i, i]), pid === process.pid]);
  await node.stop();
}
say(seen);
