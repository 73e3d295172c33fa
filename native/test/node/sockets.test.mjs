// Clients of a raw WebSocket path: what a program hears of them, and what they hear of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws";
import { isLong, Program } from "./start.mjs";

const CLIENTS = 50;
const MESSAGES = isLong ? 2_000 : 100;

/** A client, which keeps what comes for it. */
class Client {
  received = [];
  #waiting = [];

  constructor(url) {
    this.socket = new WebSocket(url);
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on("error", reject);
      this.socket.on("open", resolve);
    });
    this.socket.on("message", (data) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.received.push(JSON.parse(data));
      else waiting(JSON.parse(data));
    });
  }

  next() {
    if (this.received.length > 0) return this.received.shift();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  ask(message) {
    this.socket.send(JSON.stringify(message));
    return this.next();
  }
}

async function connected(url) {
  const client = new Client(url);
  await client.opened;
  client.id = (await client.next()).id;
  return client;
}

test("Connected, each message and Closed are heard once and in order, of each client", async () => {
  const program = new Program("sockets.mjs");
  const { url } = await program.next();
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connected(url)));
  const numbers = Array.from({ length: MESSAGES }, (_, n) => n);
  for (const n of numbers) for (const client of clients) client.socket.send(String(n));
  for (const client of clients) {
    const echoes = [];
    for (const _ of numbers) echoes.push(await client.next());
    assert.deepEqual(echoes, numbers);
  }
  for (const client of clients.slice(1)) client.socket.close(1000);
  await Promise.all(clients.slice(1).map((client) => client.closed));
  clients[0].socket.send('{"stop":true}');
  const { calls, wrong } = await program.next();
  assert.deepEqual(wrong, []);
  assert.equal(await clients[0].closed, 1001);
  const heard = ["Connected", ...numbers.map(String), "Closed"];
  for (const { id } of clients.slice(1)) assert.deepEqual(calls[id], heard);
  assert.deepEqual(calls[clients[0].id], [...heard.slice(0, -1), '{"stop":true}', "Closed"]);
  assert.equal((await program.ended).code, 0);
});

test("one client is sent to, or a group of them; stop closes all", async () => {
  const program = new Program("sockets.mjs");
  const { url } = await program.next();
  const [ann, bob, eve] = await Promise.all([connected(url), connected(url), connected(url)]);
  assert.deepEqual(await ann.ask({ to: bob.id, text: "1" }), { sent: "QUEUED" });
  assert.equal(await bob.next(), 1);
  assert.deepEqual(await bob.ask({ join: "component" }), { joined: true });
  assert.deepEqual(await eve.ask({ join: "component" }), { joined: true });
  assert.deepEqual(await ann.ask({ group: "component", text: "2" }), { sent: 2 });
  assert.deepEqual([await bob.next(), await eve.next()], [2, 2]);
  assert.deepEqual(await eve.ask({ leave: "component" }), { left: true });
  assert.deepEqual(await ann.ask({ group: "component", text: "3" }), { sent: 1 });
  assert.equal(await bob.next(), 3);
  bob.socket.close(1000);
  await bob.closed;
  assert.deepEqual(await ann.ask({ to: "nobody", text: "4" }), {});
  ann.socket.send('{"stop":true}');
  assert.deepEqual(await Promise.all([ann.closed, eve.closed]), [1001, 1001]);
  assert.deepEqual((await program.next()).wrong, []);
  assert.deepEqual([ann.received, bob.received, eve.received], [[], [], []]);
  assert.equal((await program.ended).code, 0);
});
