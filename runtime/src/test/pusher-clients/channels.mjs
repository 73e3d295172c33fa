// What pusher-js sees of a node: node channels.mjs PORT. Prints what it has seen, a line each; asks
// for a publish by "publish CHANNEL".
import assert from "node:assert/strict";
import PusherServer from "pusher";
import pusherJs from "pusher-js";

const Pusher = pusherJs.Pusher ?? pusherJs;
const port = Number(process.argv[2]);
const server = new PusherServer({ appId: "app", key: "key", secret: "secret", host: "127.0.0.1", port });
const WATCHED = { ada: ["bob"], bob: [] };

function client(userId) {
  return new Pusher("key", {
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    enableStats: false,
    cluster: "",
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, answer) =>
        answer(null, server.authorizeChannel(socketId, channelName, { user_id: userId, user_info: { name: userId } })),
    },
    userAuthentication: {
      customHandler: ({ socketId }, answer) => answer(null, server.authenticateUser(socketId, { id: userId, watchlist: WATCHED[userId] })),
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
const subscribed = (channel) => heard(channel, "pusher:subscription_succeeded");

const ada = client("ada");
const bob = client("bob");
for (const one of [ada, bob]) one.connection.bind("error", (error) => console.log("error", JSON.stringify(error)));
await Promise.all([ada, bob].map((one) => heard(one.connection, "connected")));
assert.match(ada.connection.socket_id, /^\d+\.\d+$/);
console.log("connected");

const news = bob.subscribe("news");
const counted = heard(news, "pusher:subscription_count");
await subscribed(news);
assert.equal((await counted).subscription_count, 1);
const said = heard(news, "said");
console.log("publish news");
assert.deepEqual(await said, { n: 1 });
console.log("public");

const rooms = [ada, bob].map((one) => one.subscribe("private-room"));
await Promise.all(rooms.map(subscribed));
const typed = heard(rooms[1], "client-typed");
rooms[0].bind("client-typed", () => console.log("error: the sender got its own event"));
rooms[0].trigger("client-typed", { n: 1.5, list: ["é"] });
assert.deepEqual(await typed, { n: 1.5, list: ["é"] });
console.log("private and client event");

const lobby = ada.subscribe("presence-lobby");
await subscribed(lobby);
const added = heard(lobby, "pusher:member_added");
const other = bob.subscribe("presence-lobby");
const members = await subscribed(other);
assert.equal(members.count, 2);
assert.deepEqual(await added, { id: "bob", info: { name: "bob" } });
const removed = heard(lobby, "pusher:member_removed");
bob.unsubscribe("presence-lobby");
assert.equal((await removed).id, "bob");
console.log("presence");

const cache = ada.subscribe("cache-a");
await heard(cache, "pusher:cache_miss");
const remembered = bob.subscribe("cache-b");
console.log("publish cache-b");
assert.deepEqual(await heard(remembered, "said"), { n: 1 });
console.log("cache");

// What was published before anybody came is told to who comes, behind the answer.
for (const name of ["private-cache-a", "presence-cache-a"]) {
  const missed = ada.subscribe(name);
  await Promise.all([subscribed(missed), heard(missed, "pusher:cache_miss")]);
  await server.trigger(name.replace("-a", "-b"), "said", { n: 2 });
  const order = [];
  const kept = bob.subscribe(name.replace("-a", "-b"));
  kept.bind_global((event) => order.push(event));
  assert.deepEqual(await heard(kept, "said"), { n: 2 });
  assert.equal(order.filter((event) => !event.endsWith("subscription_count")).join(), "pusher:subscription_succeeded,said");
}
console.log("private and presence cache");

const away = heard(ada.user.watchlist, "offline");
const signedIn = heard(ada, "pusher:signin_success");
ada.signin();
await signedIn;
await ada.user.signinDonePromise;
console.log("signin");

assert.deepEqual((await away).user_ids, ["bob"]);
const online = heard(ada.user.watchlist, "online");
bob.signin();
assert.deepEqual((await online).user_ids, ["bob"]);
const left = heard(ada.user.watchlist, "offline");
bob.disconnect();
assert.deepEqual((await left).user_ids, ["bob"]);
console.log("watchlist");

ada.disconnect();
console.log("done");
