// What the server library of npm does with a node: node server.mjs PORT RECEIVED. Each GET of the
// URL RECEIVED is answered with the next call of a webhook, with its headers and its body. Prints
// what it has done, a line each.
import assert from "node:assert/strict";
import PusherServer from "pusher";
import pusherJs from "pusher-js";

const Pusher = pusherJs.Pusher ?? pusherJs;
const port = Number(process.argv[2]);
const received = process.argv[3];
const library = (secret) => new PusherServer({ appId: "app", key: "key", secret, host: "127.0.0.1", port });
const server = library("secret");
const stranger = library("wrong");

const member = { user_id: "ada", user_info: { name: "Ada" } };
const ada = new Pusher("key", {
  wsHost: "127.0.0.1",
  wsPort: port,
  forceTLS: false,
  enabledTransports: ["ws"],
  cluster: "",
  channelAuthorization: {
    customHandler: ({ socketId, channelName }, answer) =>
      answer(null, server.authorizeChannel(socketId, channelName, member)),
  },
  userAuthentication: {
    customHandler: ({ socketId }, answer) => answer(null, server.authenticateUser(socketId, { id: "ada" })),
  },
});
const heard = (target, event) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within 20 s`)), 20_000);
    target.bind(event, (data) => {
      clearTimeout(timer);
      resolve(data);
    });
  });

ada.signin();
await ada.user.signinDonePromise;
const news = ada.subscribe("news");
const room = ada.subscribe("presence-room");
await Promise.all([news, room].map((channel) => heard(channel, "pusher:subscription_succeeded")));

const both = [heard(news, "one"), heard(room, "two")];
const batch = await server.triggerBatch([
  { channel: "news", name: "one", data: { n: 1 } },
  { channel: "presence-room", name: "two", data: "text" },
]);
assert.equal(batch.status, 200);
assert.deepEqual(await Promise.all(both), [{ n: 1 }, "text"]);
console.log("batch");

const asked = async (path, params) => (await server.get({ path, params })).json();
assert.deepEqual(await asked("/channels", { filter_by_prefix: "presence-", info: "user_count" }), {
  channels: { "presence-room": { user_count: 1 } },
});
assert.deepEqual(await asked("/channels/news", { info: "subscription_count" }), {
  occupied: true,
  subscription_count: 1,
});
assert.deepEqual(await asked("/channels/presence-room/users"), { users: [{ id: "ada" }] });
assert.deepEqual(await asked("/channels/empty"), { occupied: false });
await assert.rejects(asked("/channels/news/users"), { status: 400 });
await assert.rejects(stranger.get({ path: "/channels" }), { status: 401 });
console.log("channels");

async function nextCall() {
  const call = await fetch(received);
  assert.equal(call.status, 200);
  return { headers: Object.fromEntries(call.headers), rawBody: await call.text() };
}
const events = [];
while (!events.some(({ name }) => name === "member_added")) {
  const call = await nextCall();
  const hook = server.webhook(call);
  assert.ok(hook.isValid());
  assert.ok(Math.abs(hook.getTime() - Date.now()) < 60_000);
  events.push(...hook.getEvents());
  assert.ok(!stranger.webhook(call).isValid());
  assert.ok(stranger.webhook(call).isValid({ key: "key", secret: "secret" }));
  assert.ok(!server.webhook({ ...call, rawBody: `${call.rawBody} ` }).isValid());
}
const told = (event) => events.some((one) => JSON.stringify(one) === JSON.stringify(event));
assert.ok(told({ name: "channel_occupied", channel: "news" }), JSON.stringify(events));
assert.ok(told({ name: "member_added", channel: "presence-room", user_id: "ada" }), JSON.stringify(events));
console.log("webhook");

const notice = heard(ada.user, "notice");
await server.sendToUser("ada", "notice", { n: 2 });
assert.deepEqual(await notice, { n: 2 });
const closed = heard(ada.connection, "disconnected");
const why = heard(ada.connection, "error");
assert.equal((await server.terminateUserConnections("ada")).status, 200);
assert.equal((await why).data.code, 4009);
await closed;
// The client hears that it is closed before the node has done with it.
let state = await asked("/channels/news");
for (const end = Date.now() + 20_000; state.occupied && Date.now() < end; ) {
  state = await asked("/channels/news");
}
assert.deepEqual(state, { occupied: false });
console.log("terminated");
