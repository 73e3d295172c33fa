// The same, and it ends itself.
import { Node } from "runar-ts";

declare const process: { exit(code: number): never };

const node = new Node({ server: { port: 0 } });
await node.start();
console.log("started once");
process.exit(7);
