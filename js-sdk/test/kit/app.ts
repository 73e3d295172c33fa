import { Node } from "runar-ts";

const node = new Node({ server: { port: 3000 } });
node.addService({
  name: "app",
  path: "app",
  actions: {
    twice: (n: number) => n * 2,
    through: (n: number) => node.request("app/twice", n),
  },
});
await node.start();
