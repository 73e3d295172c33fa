import { type Context, defineService, type EventContext, Node } from "runar-ts";

const node = new Node({ server: { port: 3000 } });

const math = defineService({
  name: "math-service",
  path: "math",
  description: "Adds and multiplies, and tells everybody",
  actions: {
    async add(a: number, b: number, ctx: Context) {
      ctx.logger.debug("adding", a, b);
      return report(ctx, a, "+", b, a + b);
    },
    async multiply(a: number, b: number, ctx: Context) {
      return report(ctx, a, "×", b, a * b);
    },
  },
});

/** Publishes `math/result`, which the page and `./runar tail 'math/*'` show. */
async function report(ctx: Context, a: number, operator: string, b: number, result: number) {
  if (!Number.isFinite(result)) {
    ctx.fail("INVALID_INPUT", "a and b must be numbers", { a, b });
  }
  await ctx.publish("result", { text: `${a} ${operator} ${b} = ${result}`, result });
  return result;
}

let count = 0;
const started = Date.now();

const counter = defineService({
  name: "counter-service",
  path: "counter",
  description: "A number that every page shares",
  actions: {
    current: () => ({ value: count }),
    reset: (ctx: Context) => change(-count, "reset", ctx),
  },
  events: {
    // Published by pages.
    "counter/increment": ({ by }: { by: number }, ctx: EventContext) => change(by, "page", ctx),
  },
  // Under `./runar dev` the next version of this file goes on counting.
  state: {
    save: () => ({ count }),
    restore: (saved: { count: number }) => {
      count = saved.count;
    },
  },
});

async function change(by: number, source: string, ctx: Context | EventContext) {
  if (!Number.isSafeInteger(count + by)) {
    throw new TypeError(`cannot count by ${by}`);
  }
  count += by;
  await ctx.publish("value", { value: count, by, source });
  return { value: count };
}

node.addService(math);
node.addService(counter);
await node.start();

setInterval(() => {
  count += 1;
  void node.publish("counter/value", { value: count, by: 1, source: "script" });
  void node.publish("counter/uptime", { seconds: Math.round((Date.now() - started) / 1000) });
}, 2_000);
