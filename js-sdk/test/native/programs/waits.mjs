// A program that the node alone keeps: it ends with node.stop().
import { Node, say } from "./sdk.mjs";

const node = new Node();
await node.start();
setTimeout(async () => {
  await node.stop();
  say("stopped");
}, 200).unref();
