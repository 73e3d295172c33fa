// The same for the node's own engine and for the compiler, and it goes on until it is ended.
import { Node } from "runar-ts";

const node = new Node({ server: { port: 0 } });
node.addService({
  name: "math",
  path: "math",
  actions: { add: (a: number, b: number): number => a + b },
});
await node.start();
const sum: number = await node.request<number>("math/add", [1, 2]);
console.log(`1 + 2 = ${sum}`);
