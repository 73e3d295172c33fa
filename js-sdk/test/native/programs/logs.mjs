// way: ends right after a line of the log; by exit(), or by an error that nobody catches.
import { Node } from "./sdk.mjs";

const [way] = process.argv.slice(2);
const node = new Node({ server: { port: 0 } });
await node.addService({
  name: "disks",
  path: "disks",
  actions: {
    write: (_, ctx) => {
      ctx.error("the disk is full");
      if (way === "exit") {
        process.exit(3);
      }
      setImmediate(() => {
        ctx.error("so I end");
        throw new Error("nobody catches it");
      });
    },
  },
});
await node.start();
await node.request("disks/write");
