// The cells of services.ts on Moleculer and Node.js, in one process:
//   npm install moleculer && node moleculer.cjs
const { ServiceBroker } = require("moleculer");

const SECONDS = 3;
const IN_FLIGHT = 64;
const SUBSCRIBERS = 10;
const ada = { name: "Ada", age: 36, email: "ada@example.com", admin: true, score: 0.5 };

const broker = new ServiceBroker({ logger: false });
let handled = 0;
broker.createService({
  name: "bench",
  actions: {
    add: { handler: (ctx) => ctx.params.a + ctx.params.b },
    check: {
      params: {
        $$strict: true,
        name: "string|min:1",
        age: "number|integer|min:0",
        email: "string",
        admin: "boolean",
        score: "number",
      },
      handler: () => 1,
    },
  },
});
for (let i = 0; i < SUBSCRIBERS; i++) {
  broker.createService({ name: `listener${i}`, events: { "bench.tick": { handler: () => handled++ } } });
}

async function rate(operation, inFlight = IN_FLIGHT) {
  const run = async (seconds) => {
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
  await run(SECONDS);
  return Math.round(await run(SECONDS));
}

function report(cell, perSecond) {
  console.log(JSON.stringify({ impl: "moleculer", cell, perSecond: Math.round(perSecond) }));
}

(async () => {
  await broker.start();
  report("call", await rate(() => broker.call("bench.add", { a: 1, b: 2 })));
  report("call, 5-field schema", await rate(() => broker.call("bench.check", ada)));
  // broadcast: to every listener, as a publish is; emit would choose one of a group
  report(`publish, handled by ${SUBSCRIBERS}`, SUBSCRIBERS * (await rate(() => broker.broadcast("bench.tick", 1))));
  await broker.stop();
})();
