// What runar-ts/client sees of a node: node session.mjs PORT TOKEN OTHER_TOKEN. Prints what it has
// seen, a line each, and asks the test for what it is to do: "cut", "join", "stop" and so on.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { ConnectionError, connect, RunarError } from "./sdk/client/index.js";

const [port, token, other] = process.argv.slice(2);
const url = `ws://127.0.0.1:${port}/topics`;
const say = (line) => console.log(line);

/** Waits for a condition, for at most 60 s: the machine may have much to do. */
async function until(what, condition) {
  for (let i = 0; i < 3_000 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(condition(), what());
}

function begin(shown, client) {
  const states = [];
  const made = connect(url, { WebSocket, token: async () => shown, client });
  made.on("state", (state) => states.push(state));
  made.on("error", (error) => say(`error ${error}`));
  return { client: made, states };
}

const failed = (promise) =>
  promise.then(
    () => assert.fail("it did not fail"),
    (error) => error,
  );

const { client, states } = begin(token, "phone");
assert.equal(await client.call("math/add", { a: 5, b: 3 }), 8);
assert.deepEqual(states, ["live"]);
assert.deepEqual(await client.call("who/am-i"), {
  client: "phone",
  user: "ada",
  info: { name: "Ada" },
});
say("live");

const refusal = await failed(client.call("math/fail", { n: 1 }));
assert.ok(refusal instanceof RunarError);
assert.deepEqual([refusal.code, refusal.name, refusal.data], ["HANDLER_FAILED", "Broken", { n: 1 }]);
const denied = await failed(client.subscribe("$registry/x", () => {}).ready);
assert.equal(denied.code, "PERMISSION_DENIED");
const late = await failed(client.call("math/never", null, { timeout: 300 }));
assert.equal(late.code, "TIMEOUT");
say("errors");

const chat = [];
const joined = [];
const said = client.subscribe("chat/1", ({ data }) => chat.push(data), { members: true });
said.on("joined", ({ user }) => joined.push(user));
await said.ready;
const receipt = await client.publish("chat/1", "one");
assert.equal(receipt.clients, 1);
await until(() => `events ${chat}`, () => chat.length === 1);
say("events");

const packets = [];
const eeg = client.subscribe("eeg/1", ({ data }) => packets.push(data));
await eeg.ready;
assert.equal(client.topic("eeg/1").write(Uint8Array.of(1, 2)), "ACCEPTED");
await until(() => `packets ${packets}`, () => packets.length === 1);
assert.deepEqual(packets[0], Uint8Array.of(1, 2));
eeg.unsubscribe(); // nothing of it is remembered, so that it could not be resumed
say("bytes");

const second = begin(other, "laptop").client;
await second.subscribe("chat/1", () => {}).ready;
await until(() => `joined ${joined}`, () => joined.includes("bob"));
assert.deepEqual(
  (await client.presence("chat/1")).map(({ user, client }) => `${user} ${client}`),
  ["ada phone", "bob laptop"],
);
second.close();
say("presence");

const page = await client.history("chat/1", { limit: 10 });
assert.deepEqual(page.events, [{ topic: "chat/1", data: "one", offset: 1 }]);
say("history");

// The line is cut; what is published meanwhile is remembered.
let from = states.length;
const flight = failed(client.call("math/never"));
say("cut, publish chat/1, mend");
const broken = await flight;
assert.ok(broken instanceof ConnectionError && broken.isSent);
await until(() => `states ${states}`, () => states.at(-1) === "resumed");
await until(() => `chat ${chat}`, () => chat.length >= 4);
assert.deepEqual(chat, ["one", "two", "three", "four"]);
assert.ok(states.slice(from).includes("offline"));
say("resumed");

// Of this topic the node remembers two.
const gaps = [];
const short = [];
const brief = client.subscribe("short/1", ({ data }) => short.push(data));
brief.on("gap", (gap) => gaps.push(gap));
await brief.ready;
from = states.length;
say("cut, publish short/1, mend");
await until(() => `states ${states}`, () => states.slice(from).includes("gapped"));
assert.deepEqual(gaps, [{ topic: "short/1", from: 1, to: 3 }]);
await client.publish("short/1", "after");
await until(() => `short ${short}`, () => short.length > 0);
assert.deepEqual(short, ["after"]);
say("gapped");

// What waits comes on each connection until it is acknowledged.
await client.call("letters/join");
const inbox = client.offline("letters");
const letters = [];
inbox.on("message", (letter) => letters.push(letter));
assert.deepEqual((await inbox.ack([77])).unknown, [77]);
say("offer letters");
await until(() => `letters ${letters.length}`, () => letters.length >= 2);
assert.deepEqual(letters.map(({ data, redelivered }) => [data, redelivered]), [["dear", false], ["sir", false]]);
assert.deepEqual((await letters[0].ack()).acked, [letters[0].id]);
assert.deepEqual((await inbox.ack([letters[0].id])).unknown, [letters[0].id]);
await letters[1].nack("not now");
await until(() => `letters ${letters.length}`, () => letters.length >= 3);
assert.deepEqual([letters[2].id, letters[2].redelivered], [letters[1].id, true]);
from = states.length;
say("cut, offer letters, mend");
await until(() => `letters ${letters.length}`, () => letters.length >= 5);
assert.deepEqual(letters.slice(3).map(({ data }) => data), ["sir", "yours"]);
await inbox.ack(letters.slice(3).map(({ id }) => id));
say("letters");

// The node goes, and another one comes.
from = states.length;
const lost = [];
said.on("gap", (gap) => lost.push(gap));
say("stop");
await until(() => `states ${states}`, () => states.slice(from).filter((it) => it === "offline").length >= 3);
const patient = client.call("math/add", { a: 1, b: 1 }, { queue: true });
say("start");
assert.equal(await patient, 8);
assert.equal(client.state, "gapped");
assert.deepEqual(lost, [{ topic: "chat/1", from: 5 }]);
say("another node");

client.close();
assert.equal(client.state, "offline");
say("closed");
