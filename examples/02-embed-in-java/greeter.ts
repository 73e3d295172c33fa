import { type Context, type EventContext, Node } from "runar-ts";

const node = new Node();
node.addService({
  name: "greeter-service",
  path: "greeter",
  actions: {
    // Asks the Java service `clock` and answers.
    async greet(name: string, ctx: Context) {
      const hour = await ctx.request<number>("clock/hour");
      return `Good ${hour < 12 ? "morning" : hour < 18 ? "day" : "evening"}, ${name}!`;
    },
  },
  events: {
    "shop/ordered": async ({ item }: { item: string }, ctx: EventContext) => {
      await ctx.publish("thanked", { text: `Thank you for the ${item}.` });
    },
  },
});
await node.start();
