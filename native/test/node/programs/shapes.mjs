// Prints what the handlers of an event and of an action were called with, for each kind of payload.
import { action, Node } from "runar-ts";
import { producers } from "./producers.mjs";

const node = new Node({ server: { port: -1 } });
const calls = { event: {}, action: [] };
let kind;

/** As text, in which different values differ. */
function shown(value) {
  if (value instanceof Uint8Array) return `bytes ${value.length}: ${value.subarray(0, 3)}`;
  if (value instanceof Set) return `set ${[...value]}`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (typeof value === "bigint") return `${value}n`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}

/** How many arguments, the first, and what the context says of itself. */
const rowOf = ([...args]) => [args.length, shown(args[0]), args[1]?.topic ?? args[1]?.path];

node.addService({
  name: "app",
  path: "app",
  actions: {
    shape: action({
      handler: (...args) => {
        calls.action.push(rowOf(args));
        return args[0];
      },
    }),
  },
  events: {
    "shape/*": (...args) => {
      kind = args[1].topic.slice("shape/".length);
      calls.event[kind] = [...(calls.event[kind] ?? []), rowOf(args)];
    },
  },
});
await node.start();
await producers(node);
const answers = await node.request("producers/shapes");
await node.stop();
console.log(JSON.stringify({ calls, answers }));
