// count: lets Java print so many lines.
import { agent, Node, say } from "./sdk.mjs";

const tell = await agent();
const node = new Node();
await node.start();
await tell(`print ${process.argv[2]}`);
await node.request("$runtime/status"); // behind the lines
await node.stop();
say("stopped");
