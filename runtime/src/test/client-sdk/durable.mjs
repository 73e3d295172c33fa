// What runar-ts/client sees of a durable topic when its node is restarted: node durable.mjs PORT.
// Prints a line for each step, as session.mjs does.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";
import { connect } from "./sdk/client/index.js";

const say = (line) => console.log(line);

/** Waits for a condition, for at most 60 s: the machine may have much to do. */
async function until(what, condition) {
  for (let i = 0; i < 3_000 && !condition(); i++) {
    await pause(20);
  }
  assert.ok(condition(), what());
}

const client = connect(`ws://127.0.0.1:${process.argv[2]}/topics`, { WebSocket });
const states = [];
client.on("state", (state) => states.push(state));
const seen = [];
const gaps = [];
const said = client.subscribe("kept/1", ({ data, offset }) => seen.push(`${offset} ${data}`));
said.on("gap", (gap) => gaps.push(gap));
await said.ready;
const { epoch } = said.position;
await client.publish("kept/1", "one");
await until(() => `seen ${seen}`, () => seen.length === 1);
say("live");

say("restart, publish, mend");
await until(() => `seen ${seen}`, () => seen.length === 2);
assert.equal(client.state, "resumed");
assert.deepEqual(seen, ["1 one", "2 two"]);
assert.notEqual(said.position.epoch, epoch);
say("resumed");

// Where it is now the node knows by the new epoch only.
const from = states.length;
say("cut, publish, mend");
await until(() => `states ${states}`, () => /resumed|gapped/.test(states.slice(from)));
assert.deepEqual(gaps, []);
await until(() => `seen ${seen}`, () => seen.length === 3);
assert.deepEqual(seen, ["1 one", "2 two", "3 three"]);
assert.equal(client.state, "resumed");
say("resumed again");
client.close();
