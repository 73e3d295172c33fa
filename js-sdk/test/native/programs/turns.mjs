// A flood of events does not keep the timers of the program from their turn.
import { Node, say } from "./sdk.mjs";

const node = new Node();
let events = 0;
let timers = 0;
let turns = 0;
await node.subscribe("flood/x", () => {
  const until = performance.now() + 0.02;
  while (performance.now() < until);
  events++;
});
const timer = setInterval(() => timers++, 5);
const look = () => {
  turns++;
  if (events < 20_000) {
    setImmediate(look);
  }
};
look();
const all = [];
for (let i = 0; i < 20_000; i++) {
  all.push(node.publish("flood/x", i, { ack: "handled" }));
}
await Promise.all(all);
clearInterval(timer);
say({ events, timers, turns });
