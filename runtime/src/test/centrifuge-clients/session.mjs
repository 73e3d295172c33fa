// What centrifuge sees of a node: node session.mjs PORT json|protobuf [http_stream|sse]. Prints what
// it has seen, a line each; asks for a publish by "publish CHANNEL", and for the end of the node by "stop".
import assert from "node:assert/strict";
import { Centrifuge as Json } from "centrifuge";
import { Centrifuge as Protobuf } from "centrifuge/build/protobuf";
import { EventSource } from "eventsource";
import WebSocket from "ws";

const isBinary = process.argv[3] === "protobuf";
const port = process.argv[2];
const transport = process.argv[4];
// Over HTTP it is the second choice, as the first leads nowhere.
const where =
  transport === undefined
    ? `ws://127.0.0.1:${port}/connection/websocket`
    : [
        { transport: "websocket", endpoint: `ws://127.0.0.1:${port}/nowhere` },
        { transport, endpoint: `http://127.0.0.1:${port}/connection/${transport}` },
      ];
const enc = (value) => (isBinary ? new TextEncoder().encode(JSON.stringify(value)) : value);
const dec = (data) => (isBinary ? JSON.parse(new TextDecoder().decode(data)) : data);
const say = (line) => console.log(line);

function client(options) {
  const Client = isBinary ? Protobuf : Json;
  return new Client(where, {
    websocket: WebSocket,
    eventsource: EventSource,
    emulationEndpoint: `http://127.0.0.1:${port}/emulation`,
    minReconnectDelay: 50,
    maxReconnectDelay: 200,
    ...options,
  });
}

const heard = (target, event) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} came`)), 20_000);
    target.once(event, (context) => {
      clearTimeout(timer);
      resolve(context);
    });
  });

async function refused(promise, code) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  assert.equal(error?.code, code, `code of ${JSON.stringify(error)}`);
}

const a = client();
a.connect();
await a.ready();
const b = client();
b.connect();
await b.ready();
say("connected");

const news = a.newSubscription("news/1");
news.subscribe();
await news.ready();
let next = heard(news, "publication");
say("publish news/1");
assert.deepEqual(dec((await next).data), { n: 1 });
say("publication");

const chatA = a.newSubscription("chat/1");
const chatB = b.newSubscription("chat/1");
const own = heard(chatA, "join");
chatA.subscribe();
await own;
const joined = heard(chatA, "join");
const subscribed = heard(chatB, "subscribed");
chatB.subscribe();
assert.equal((await subscribed).recoverable, true);
const who = (await joined).info.client;
say("join");
next = heard(chatB, "publication");
await chatA.publish(enc({ text: "hello\nthere" }));
const first = await next;
assert.deepEqual(dec(first.data), { text: "hello\nthere" });
assert.equal(Number(first.offset), 1);
say("client publication");
await refused(a.publish("news/1", enc({})), 103);
say("publish refused");

const presence = await chatA.presence();
assert.equal(Object.keys(presence.clients).length, 2);
assert.equal(presence.clients[who].client, who);
const stats = await a.presenceStats("chat/1");
assert.deepEqual([stats.numClients, stats.numUsers], [2, 1]);
await refused(a.presence("news/1"), 108);
say("presence");

await chatA.publish(enc({ n: 2 }));
const history = await chatB.history({ limit: 10 });
assert.deepEqual(
  history.publications.map((each) => dec(each.data)),
  [{ text: "hello\nthere" }, { n: 2 }],
);
assert.equal(Number(history.offset), 2);
const since = { offset: 1, epoch: history.epoch };
assert.equal((await chatB.history({ limit: 10, since })).publications.length, 1);
await refused(chatB.history({ limit: 10, since: { offset: 1, epoch: "of old" } }), 112);
say("history");

assert.deepEqual(dec((await a.rpc("math/add", enc({ a: 1, b: 2 }))).data), 3);
await refused(a.rpc("math/none", enc({})), 104);
await refused(a.rpc("math/fail", enc({})), 400);
await a.send(enc({ hello: 1 }));
say("rpc");

const left = heard(chatA, "leave");
b.disconnect();
assert.equal((await left).info.client, who);
say("leave");
for (const n of [3, 4, 5]) {
  await chatA.publish(enc({ n }));
}
const missed = [];
chatB.on("publication", (context) => missed.push(dec(context.data).n));
const again = heard(chatB, "subscribed");
b.connect();
const recovered = await again;
assert.equal(recovered.wasRecovering, true);
assert.equal(recovered.recovered, true);
await chatA.publish(enc({ n: 6 }));
while (missed.at(-1) !== 6) {
  await heard(chatB, "publication");
}
assert.deepEqual(missed, [3, 4, 5, 6]);
say("recovered");

chatB.unsubscribe();
const many = Array.from({ length: 300 }, (_, n) => a.newSubscription(`many/${n}`));
for (const each of many) {
  each.subscribe();
}
await Promise.all(many.map((each) => each.ready()));
say("many subscriptions");

const secret = a.newSubscription("$runtime/x");
const ended = heard(secret, "unsubscribed");
secret.subscribe();
assert.equal((await ended).code, 103);
const stranger = client({ token: "of nobody" });
const turnedAway = heard(stranger, "disconnected");
stranger.connect();
assert.equal((await turnedAway).code, 3500);
say("refused");

const connecting = heard(a, "connecting");
say("stop");
assert.equal((await connecting).code, 3001);
say("stopped");
a.disconnect();
b.disconnect();
