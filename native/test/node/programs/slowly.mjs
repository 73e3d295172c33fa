// Takes events that come now and then, and prints how late each was.
import { Node } from "runar-ts";
import { producers } from "./producers.mjs";

const { count, betweenMs } = JSON.parse(process.argv[2]);
const node = new Node({ server: { port: -1 } });
const seen = [];
const late = [];
await node.start();
await producers(node);
await node.subscribe("slow/x", ({ n, at }) => {
  seen.push(n);
  late.push(Date.now() - at);
});
const asked = { topic: "slow/x", count, betweenMs };
const queued = await node.request("producers/slowly", asked, { timeout: 600_000 });
late.sort((a, b) => a - b);
const inOrder = seen.every((n, i) => n === i);
const middle = late[late.length >> 1];
await node.stop();
console.log(JSON.stringify({ queued, came: seen.length, inOrder, middle, latest: late.at(-1) }));
