// What Laravel Echo sees of a node, with the authorization endpoints that a Laravel project has:
// node echo.mjs PORT. Prints what it has seen, a line each.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Echo from "laravel-echo";
import PusherServer from "pusher";
import pusherJs from "pusher-js";

const Pusher = pusherJs.Pusher ?? pusherJs;
const port = Number(process.argv[2]);
const laravel = new PusherServer({
  appId: "app",
  key: "key",
  secret: "secret",
  host: "127.0.0.1",
  port,
  encryptionMasterKeyBase64: randomBytes(32).toString("base64"),
});

/** Stands for routes/channels.php: whose bearer token it is decides. */
const endpoints = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const [socket, channel] = [form.get("socket_id"), form.get("channel_name")];
  const user = request.headers.authorization?.replace("Bearer ", "");
  if (channel === "private-forbidden") {
    response.writeHead(403).end("{}");
  } else if (request.url === "/broadcasting/user-auth") {
    response.end(JSON.stringify(laravel.authenticateUser(socket, { id: user })));
  } else {
    const member = { user_id: user, user_info: { name: user } };
    const data = channel.startsWith("presence-") ? member : undefined;
    response.end(JSON.stringify(laravel.authorizeChannel(socket, channel, data)));
  }
});
await new Promise((listening) => endpoints.listen(0, "127.0.0.1", listening));
const auth = `http://127.0.0.1:${endpoints.address().port}/broadcasting`;

/** As the bootstrap of a Laravel project makes it for Reverb. */
function echo(user) {
  return new Echo({
    broadcaster: "reverb",
    Pusher,
    key: "key",
    wsHost: "127.0.0.1",
    wsPort: port,
    wssPort: port,
    forceTLS: false,
    enabledTransports: ["ws", "wss"],
    authEndpoint: `${auth}/auth`,
    auth: { headers: {} }, // of its own: Echo's default headers are one object for all
    userAuthentication: { endpoint: `${auth}/user-auth`, headers: {} },
    bearerToken: user,
  });
}

const within = (what, begin) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what} within 20 s`)), 20_000);
    begin((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
const subscribed = (channel) => within("subscription", (done) => channel.subscribed(done));

const ada = echo("ada");
const bob = echo("bob");
const connected = ({ connector }) =>
  within("connection", (done) => connector.pusher.connection.bind("connected", done));
await Promise.all([ada, bob].map(connected));
for (const one of [ada, bob]) {
  assert.match(one.socketId(), /^\d+\.\d+$/);
}
console.log("connected");

// An event is App\Events\… unless its name begins with a dot.
const orders = [ada, bob].map((one) => one.channel("orders"));
await Promise.all(orders.map(subscribed));
const shipped = orders.map((one) => within("Shipped", (done) => one.listen("Order\\Shipped", done)));
const named = within(".named", (done) => orders[0].listen(".named", done));
await laravel.trigger("orders", "App\\Events\\Order\\Shipped", { id: 7 });
await laravel.trigger("orders", "named", { id: 8 });
assert.deepEqual(await Promise.all(shipped), [{ id: 7 }, { id: 7 }]);
assert.deepEqual(await named, { id: 8 });
console.log("public, with and without namespace");

// broadcast(…)->toOthers(): all but the one whose X-Socket-ID the request had.
const others = within("Paid", (done) => orders[1].listen("Paid", done));
orders[0].listen("Paid", () => console.log("error: the sender got its own event"));
const behind = within("Behind", (done) => orders[0].listen("Behind", done));
await laravel.trigger("orders", "App\\Events\\Paid", {}, { socket_id: ada.socketId() });
await laravel.trigger("orders", "App\\Events\\Behind", {});
await Promise.all([others, behind]);
console.log("to others");

const rooms = [ada, bob].map((one) => one.private("room.1"));
await Promise.all(rooms.map(subscribed));
const whispered = within("whisper", (done) => rooms[1].listenForWhisper("typing", done));
rooms[0].whisper("typing", { name: "ada" });
assert.deepEqual(await whispered, { name: "ada" });
const told = within("Told", (done) => rooms[1].listen("Told", done));
await laravel.trigger("private-room.1", "App\\Events\\Told", "text");
assert.equal(await told, "text");
console.log("private and whisper");

const refused = await within("error", (done) => ada.private("forbidden").error(done));
assert.equal(refused.status, 403);
console.log("forbidden");

const safe = bob.encryptedPrivate("safe");
await subscribed(safe);
const opened = within("Sealed", (done) => safe.listen("Sealed", done));
await laravel.trigger("private-encrypted-safe", "App\\Events\\Sealed", { secret: "é" });
assert.deepEqual(await opened, { secret: "é" });
console.log("encrypted private");

const lobby = ada.join("lobby");
assert.deepEqual(await within("here", (done) => lobby.here(done)), [{ name: "ada" }]);
const joining = within("joining", (done) => lobby.joining(done));
const also = bob.join("lobby");
const here = await within("here", (done) => also.here(done));
assert.deepEqual(here.map(({ name }) => name).sort(), ["ada", "bob"]);
assert.deepEqual(await joining, { name: "bob" });
const waved = within("wave", (done) => lobby.listenForWhisper("wave", done));
also.whisper("wave", { to: "ada" });
assert.deepEqual(await waved, { to: "ada" });
const leaving = within("leaving", (done) => lobby.leaving(done));
bob.leave("lobby");
assert.deepEqual(await leaving, { name: "bob" });
console.log("presence");

ada.connector.pusher.signin();
await ada.connector.pusher.user.signinDonePromise;
await subscribed(ada.channel("behind")); // and so to #server-to-user-ada, which went before it
const mine = within("notice", (done) => ada.connector.pusher.user.bind("notice", done));
await laravel.sendToUser("ada", "notice", { n: 1 });
assert.deepEqual(await mine, { n: 1 });
console.log("signin");

ada.disconnect();
bob.disconnect();
endpoints.close();
console.log("done");
