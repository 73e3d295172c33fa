// Hosts a service, calls it, and says what came of it.
import { Node } from "runar-ts";

const node = new Node({ server: { port: 0 } });
node.addService({ name: "math", path: "math", actions: { add: (a, b) => a + b } });
await node.start();
console.log(`1 + 2 = ${await node.request("math/add", [1, 2])}`);
await node.stop();
