import { type Context, type EventContext, Node } from "runar-ts";
import { sum } from "./lib/sum.ts";

const node = new Node({ networkId: "default" });

node.addService({
  name: "errors",
  path: "errors",
  actions: {
    async later(a: number, b: string) {
      await null;
      return await sum(a, b);
    },
    cause() {
      try {
        JSON.parse("{");
      } catch (error) {
        throw new Error("the order is unreadable", { cause: error });
      }
    },
    several() {
      throw new AggregateError([new Error("disk full"), new TypeError("no port")], "two at once");
    },
    number: () => {
      throw 42;
    },
    async crossed(ctx: Context) {
      return await ctx.request("cause");
    },
    async coded(ctx: Context) {
      ctx.fail("INVALID_INPUT", "b must not be zero", { b: 0 });
    },
    hostile() {
      throw new Error("red \x1b[31mtext\r\n12:00:00.000 error runar.node forged\u202e");
    },
    denied: () => fetch("http://example.com/"),
    unanswered: (ctx: Context) => ctx.request("nobody/there"),
    minified() { const pad = "0123456789012345678901234567890123456789012345678901234567890123456789"; if (pad) { throw new Error("far right"); } return "0123456789012345678901234567890123456789"; },
	tabs() {
		const	x	= null as unknown as { y: { z: number } };
		return	x.y.z;
	},
    rejected() {
      Promise.reject(new RangeError("nobody awaits this"));
    },
    timer() {
      setTimeout(function tick() {
        throw new RangeError("too late");
      }, 1);
    },
    async publishes(ctx: Context) {
      await ctx.publish("happened", { n: 1 });
    },
    logs(ctx: Context) {
      ctx.logger.warn("red \x1b[31m\n12:00:00.000 error runar.node forged");
    },
    spin() {
      for (;;) {}
    },
    hog() {
      let all: unknown = null;
      for (;;) all = [all];
    },
  },
  events: {
    happened: (payload: { n: number }, ctx: EventContext) => {
      throw new Error(`event ${payload.n} of ${ctx.topic}`);
    },
  },
});
await node.start();
