// Calls, validated calls, events and streams inside one script context. A JSON line for each cell:
//   ./runar run runtime/src/bench/scripts/services.ts --port -1
// moleculer.cjs beside it measures the same of Moleculer on Node.js.
import { action, Node } from "runar-ts";

const SECONDS = 3;
const IN_FLIGHT = 64;
const SUBSCRIBERS = 10;

const person = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1 },
    age: { type: "integer", minimum: 0 },
    email: { type: "string" },
    admin: { type: "boolean" },
    score: { type: "number" },
  },
  required: ["name", "age", "email", "admin", "score"],
  additionalProperties: false,
} as const;
const ada = { name: "Ada", age: 36, email: "ada@example.com", admin: true, score: 0.5 };

const node = new Node();
let handled = 0;
node.addService({
  name: "bench",
  path: "bench",
  actions: {
    add: (a: number, b: number) => a + b,
    check: action({ input: person, handler: () => 1 }),
    count: async function* (to: number) {
      for (let i = 0; i < to; i++) yield i;
    },
  },
});
for (let i = 0; i < SUBSCRIBERS; i++) {
  await node.subscribe("bench/tick", () => {
    handled++;
  });
}
await node.start();

/** How many operations a second, after as long a time of warming up. */
async function rate(operation: () => Promise<unknown>, inFlight = IN_FLIGHT): Promise<number> {
  const run = async (seconds: number) => {
    let done = 0;
    const end = performance.now() + seconds * 1000;
    const loop = async () => {
      while (performance.now() < end) {
        for (let i = 0; i < 16; i++) await operation();
        done += 16;
      }
    };
    const begin = performance.now();
    await Promise.all(Array.from({ length: inFlight }, loop));
    return (done * 1000) / (performance.now() - begin);
  };
  for (let i = 0; i < 6; i++) await run(SECONDS);
  return Math.round(await run(SECONDS));
}

function report(cell: string, perSecond: number) {
  console.log(JSON.stringify({ impl: "runar", cell, perSecond: Math.round(perSecond) }));
}

async function main() {
  report("call", await rate(() => node.request("bench/add", [1, 2])));
  report("call, 5-field schema", await rate(() => node.request("bench/check", ada)));
  report(`publish, handled by ${SUBSCRIBERS}`, SUBSCRIBERS * (await rate(() => node.publish("bench/tick", 1))));
  if (typeof node.stream === "function") {
    const items = 1_000_000;
    for (let i = 0; i < 3; i++) {
      const begin = performance.now();
      let seen = 0;
      for await (const _ of node.stream("bench/count", [items])) seen++;
      if (i === 2) report("stream items", (seen * 1000) / (performance.now() - begin));
    }
  }
  await node.stop();
}

// After loading, which has a bound.
setTimeout(() => main().catch((error) => console.error(error)), 10);
