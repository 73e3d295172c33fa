// What pusher-js opens of what the server library of npm has sealed: node encrypted.mjs PORT. Its
// build for Node.js is the one that can. Prints what it has seen, a line each.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import PusherServer from "pusher";
import pusherJs from "pusher-js";

const Pusher = pusherJs.Pusher ?? pusherJs;
const port = Number(process.argv[2]);
const CHANNEL = "private-encrypted-safe";

function sealing(encryptionMasterKeyBase64) {
  return new PusherServer({
    appId: "app",
    key: "key",
    secret: "secret",
    host: "127.0.0.1",
    port,
    encryptionMasterKeyBase64,
  });
}

let server = sealing(randomBytes(32).toString("base64"));

function client(authorize) {
  return new Pusher("key", {
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    cluster: "",
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, answer) => {
        answer(null, authorize(socketId, channelName));
      },
    },
  });
}

const heard = (target, event) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within 20 s`)), 20_000);
    target.bind(event, (data) => {
      clearTimeout(timer);
      resolve(data);
    });
  });

const reader = client((socket, channel) => server.authorizeChannel(socket, channel));
const safe = reader.subscribe(CHANNEL);
await heard(safe, "pusher:subscription_succeeded");
const opened = heard(safe, "said");
const SAID = { text: "déjà vu 🗝", n: [1, null] };
assert.equal((await server.trigger(CHANNEL, "said", SAID)).status, 200);
assert.deepEqual(await opened, SAID);
console.log("opened");

// Without the key there is only what the node has: a nonce and a text that it cannot read.
const blind = client((socket) => ({
  ...server.authorizeChannel(socket, CHANNEL),
  shared_secret: randomBytes(32).toString("base64"),
}));
const dark = blind.subscribe(CHANNEL);
await heard(dark, "pusher:subscription_succeeded");
const sealed = heard(blind.connection, "message");
dark.bind("said", () => console.log("error: opened without the key"));
const again = heard(safe, "again");
await server.trigger(CHANNEL, "again", SAID);
assert.deepEqual(await again, SAID);
assert.deepEqual(Object.keys((await sealed).data).sort(), ["ciphertext", "nonce"]);
console.log("sealed for others");

// After the server has another key, the client asks for it anew and goes on.
server = sealing(randomBytes(32).toString("base64"));
const later = heard(safe, "later");
await server.trigger(CHANNEL, "later", SAID);
assert.deepEqual(await later, SAID);
console.log("another key");

assert.throws(() => server.trigger([CHANNEL, "news"], "said", SAID), /encrypted/);
console.log("one channel at a time");

const remembered = "private-encrypted-cache-safe";
await server.trigger(remembered, "said", SAID);
assert.deepEqual(await heard(reader.subscribe(remembered), "said"), SAID);
console.log("remembered");

reader.disconnect();
blind.disconnect();
console.log("done");
