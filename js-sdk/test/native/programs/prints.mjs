// count: lets Java print so many lines. Says how many of them have come, and were written.
import { agent, Node, say } from "./sdk.mjs";

const tell = await agent();
let came = 0;
const write = process.stdout.write;
process.stdout.write = function (text, ...rest) {
  came += text.startsWith("line ") ? 1 : 0;
  return write.call(this, text, ...rest);
};
const node = new Node();
await node.start();
await tell(`print ${process.argv[2]}`);
await node.request("$runtime/status"); // behind the lines
await node.stop();
say({ came });
