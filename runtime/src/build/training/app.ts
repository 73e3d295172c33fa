// What the AOT cache is trained with: the parts that every app goes through while it starts.
// It runs until it is told to end, as any app does; src/build/AotCache.java does that.
import { Node, Context } from "runar-ts";

enum Kind {
  Sum = "sum",
}

const node = new Node();

await node.addService({
  name: "training-service",
  path: "training",
  actions: {
    add: async (a: number, b: number, ctx: Context) => {
      ctx.logger.debug("adding");
      await ctx.publish("added", { kind: Kind.Sum, sum: a + b });
      return a + b;
    },
  },
});

await node.subscribe("training/*", (payload, ctx) => {
  console.log("%s", ctx.topic, { payload, seen: new Map([["at", new Date(0)]]) });
});

await node.start();
const sum = await node.request("training/add", { a: 1, b: 2 });
const timer = setTimeout(() => console.log("never"), 60_000);
clearTimeout(timer);
console.log("trained", sum);
