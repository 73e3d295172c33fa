// Starts a node as an app does, and prints how long that took; ends by process.exit.
import { Node } from "runar-ts";

const began = performance.now();
const node = new Node({ server: { port: 0 } });
node.addService({ name: "math", path: "math", actions: { add: (a, b) => a + b } });
await node.start();
const ms = performance.now() - began;
const sum = await node.request("math/add", { a: 5, b: 3 });
console.log(JSON.stringify({ ms, whole: performance.now(), sum }));
console.log('"over"');
process.exit(0);
