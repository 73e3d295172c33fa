// A node that does nothing but say where it is. A line on standard input asks for more of it.
import { createInterface } from "node:readline";
import { Node } from "runar-ts";
import { producers } from "./producers.mjs";

let node = new Node({ server: { port: 0 } });
await node.start();
await producers(node);
const say = (line) => console.log(JSON.stringify(line));
const own = async () => ({ pid: await node.request("producers/pid"), urls: node.urls });
say(await own());

const asked = {
  /** What waits for the node, when the node is gone. */
  async waits() {
    const waiting = [
      node.request("producers/slowly", { topic: "a/b", count: 1, betweenMs: 600_000 }),
      node.on("a/b", { timeout: 600_000 }),
      node.stream("producers/echo").next(),
    ];
    say({ waits: waiting.length });
    const ends = await Promise.allSettled(waiting);
    say({ ends: ends.map(({ reason }) => reason?.code), message: ends[0].reason?.message });
    say({ later: await node.request("producers/pid").catch(({ code }) => code) });
  },
  async again() {
    node = new Node({ server: { port: 0 } });
    await node.start();
    await producers(node);
    say(await own());
  },
  async stop() {
    await node.stop();
    say({ hasStopped: true });
  },
};

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  if (JSON.parse(line) === "end") break;
  await asked[JSON.parse(line)]();
}
process.stdin.destroy(); // else it holds the program
