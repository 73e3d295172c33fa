import { Node } from "runar-ts";

const node = new Node();
node.addService({
  name: "hello-service",
  path: "hello",
  actions: {
    greet(name: string) {
      console.log(`greets ${name}`);
      return `Hello ${name}`;
    },
    fail(why: string) {
      throw new Error(why);
    },
  },
});
await node.start();
