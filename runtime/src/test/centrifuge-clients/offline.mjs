// Offline messages with centrifuge as it is: node offline.mjs PORT json|protobuf TOKEN. Prints what
// it has seen, a line each.
import assert from "node:assert/strict";
import { Centrifuge as Json } from "centrifuge";
import { Centrifuge as Protobuf } from "centrifuge/build/protobuf";
import WebSocket from "ws";

const isBinary = process.argv[3] === "protobuf";
const url = `ws://127.0.0.1:${process.argv[2]}/connection/websocket`;
const enc = (value) => (isBinary ? new TextEncoder().encode(JSON.stringify(value)) : value);
const dec = (data) => (isBinary ? JSON.parse(new TextDecoder().decode(data)) : data);

const Client = isBinary ? Protobuf : Json;
const client = new Client(url, { websocket: WebSocket, token: process.argv[4] });
const offline = async (verb, frame) => dec((await client.rpc(`$offline/${verb}`, enc(frame))).data);

const messages = [];
let arrived = () => {};
client.on("message", ({ data }) => {
  messages.push(dec(data).offline);
  arrived();
});
async function next() {
  while (messages.length === 0) {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no message came")), 20_000);
      arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  return messages.shift();
}

client.connect();
await client.ready();
const known = await offline("connect", { connect: { client: "phone" } });
assert.equal(known.connected.client, "phone");
assert.deepEqual(await offline("unacked", { unacked: "chat" }), { unacked: "chat", waiting: 2 });
const first = await next();
assert.deepEqual(first.data, { n: 1 });
const second = await next();
assert.deepEqual(second.data, { n: 2 });
console.log("messages");
const acked = await offline("ack", { ack: [first.id, 99_999], group: "chat" });
assert.deepEqual(acked, { acked: [first.id], unknown: [99_999], level: "MEMORY" });
console.log("acked");
const nacked = await offline("nack", { nack: second.id, group: "chat", cause: "busy" });
assert.deepEqual(nacked, { nacked: second.id, refusals: 1 });
const again = await next();
assert.equal(again.id, second.id);
assert.equal(again.redelivered, true);
console.log("again");
const refused = await client.rpc("$offline/ack", enc({ ack: "1", group: "chat" })).catch((error) => error);
assert.equal(refused.code, 401);
console.log("refused");
client.disconnect();
