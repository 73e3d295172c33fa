import { ConnectionError, type ConnectOptions, connect, RunarError } from "runar-ts/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FakeSocket, sockets } from "./fake-socket.js";

const URL_OF_NODE = "ws://node/topics";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A client, what it has told of itself, and its connections, the newest last. */
function begin(options: ConnectOptions = {}) {
  const { Socket, all } = sockets();
  const client = connect(URL_OF_NODE, { WebSocket: Socket, ...options });
  const states: string[] = [];
  const errors: unknown[] = [];
  client.on("state", (state, why) => states.push(why === "" ? state : `${state}: ${why}`));
  client.on("error", (error) => errors.push(error));
  const socket = (): FakeSocket => all.at(-1) as FakeSocket;
  return { client, states, errors, all, socket };
}

/** Lets promises go on. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

async function live(options: ConnectOptions = {}) {
  const all = begin(options);
  all.socket().open();
  await settle();
  return all;
}

const subscribed = (topic: string, offset: number, id: number, more: object = {}): object => ({
  subscribed: topic,
  offset,
  epoch: "e",
  id,
  ...more,
});

/** The connection breaks, and the next one is there; nothing is asked yet. */
async function reconnect({ socket, states }: Awaited<ReturnType<typeof live>>): Promise<void> {
  socket().ends();
  const pause = 50 * 2 ** (states.filter((state) => state.startsWith("offline")).length - 1);
  await vi.advanceTimersByTimeAsync(pause); // half of what it may be
  socket().open();
  await settle();
}

test("what is asked before there is a connection is asked as soon as there is one", async () => {
  const { client, socket, states } = begin();
  expect(client.state).toBe("connecting");
  expect(socket().url).toBe("ws://node/topics?bytes=framed");
  const sum = client.call("math/add", { a: 5, b: 3 });
  socket().open();
  await settle();
  expect(socket().taken()).toEqual([{ request: "math/add", data: { a: 5, b: 3 }, id: 1 }]);
  socket().says({ id: 1, result: 8 });
  await expect(sum).resolves.toBe(8);
  expect(states).toEqual(["live"]);
});

test("a subscription gets exactly what it has missed, each event once", async () => {
  const { client, socket, states } = await live();
  const got: unknown[] = [];
  const said = client.subscribe("chat/1", (event) => got.push(event));
  expect(socket().taken()).toEqual([{ subscribe: "chat/1", id: 1 }]);
  socket().says(subscribed("chat/1", 4, 1), { topic: "chat/1", data: "a", offset: 5 });
  await expect(said.ready).resolves.toEqual({ recovered: false });
  socket().ends(1006);
  expect(states).toEqual(["live", "offline: 1006"]);
  await vi.advanceTimersByTimeAsync(50); // half of 100 ms
  expect(client.state).toBe("connecting");
  socket().open();
  await settle();
  expect(socket().taken()).toEqual([
    { subscribe: "chat/1", since: { offset: 5, epoch: "e" }, id: 2 },
  ]);
  socket().says(
    subscribed("chat/1", 7, 2, { recovered: true }),
    { topic: "chat/1", data: "b", offset: 6 },
    { topic: "chat/1", data: "c", offset: 7 },
    { topic: "chat/1", data: "c", offset: 7 }, // also by a pattern
    { topic: "chat/1", data: "d", offset: 8 },
  );
  expect(client.state).toBe("resumed");
  expect(got).toEqual([
    { topic: "chat/1", data: "a", offset: 5 },
    { topic: "chat/1", data: "b", offset: 6 },
    { topic: "chat/1", data: "c", offset: 7 },
    { topic: "chat/1", data: "d", offset: 8 },
  ]);
  expect(said.position).toEqual({ offset: 8, epoch: "e" });
});

test("a subscription that cannot get what it missed says which events those are", async () => {
  const { client, socket } = await live();
  const gaps: unknown[] = [];
  for (const [index, topic] of ["a", "b", "c"].entries()) {
    client.subscribe(topic, () => {}).on("gap", (gap) => gaps.push(gap));
    socket().says(subscribed(topic, 1, index + 1));
  }
  socket().ends();
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  socket().says(
    subscribed("a", 1, 4, { recovered: true }),
    subscribed("b", 9, 5, { recovered: false }),
  );
  expect(client.state).toBe("connecting");
  socket().says({ subscribed: "c", offset: 0, epoch: "other", recovered: false, id: 6 });
  expect(client.state).toBe("gapped");
  expect(gaps).toEqual([
    { topic: "b", from: 2, to: 9 },
    { topic: "c", from: 2 },
  ]);
  socket().says({ gap: { topic: "b", from: 10, to: 12 } });
  expect(gaps.at(-1)).toEqual({ topic: "b", from: 10, to: 12 });
});

test("what is in flight when the connection breaks fails, and nothing is asked twice", async () => {
  const { client, socket } = await live();
  const call = client.call("math/add", 1);
  socket().ends(1001, "going away");
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toBeInstanceOf(RunarError);
  expect(error).toMatchObject({ code: "NOT_RUNNING", isSent: true, name: "ConnectionError" });
  await expect(client.publish("a", 1)).rejects.toMatchObject({ isSent: false });
  const patient = client.publish("a", 2, { queue: true });
  await vi.advanceTimersByTimeAsync(50);
  const attempted = client.call("x/y");
  socket().ends(); // the attempt fails
  await expect(attempted).rejects.toMatchObject({ isSent: false });
  await vi.advanceTimersByTimeAsync(100);
  socket().open();
  await settle();
  const [sent, ...others] = socket().taken() as { id: number }[];
  expect(others).toEqual([]);
  expect(sent).toMatchObject({ publish: "a", data: 2 });
  socket().says({ published: "a", id: sent?.id, matched: 1, queued: 1, refused: 0, clients: 2 });
  await expect(patient).resolves.toEqual({ matched: 1, queued: 1, refused: 0, clients: 2 });
});

test("pauses are random, double with each failure up to a bound, and begin anew", async () => {
  vi.mocked(Math.random).mockReturnValue(1);
  const { all, socket } = begin();
  for (const most of [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000]) {
    const before = all.length;
    socket().ends();
    await vi.advanceTimersByTimeAsync(most - 1);
    expect(all).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(all).toHaveLength(before + 1);
  }
  vi.mocked(Math.random).mockReturnValue(0);
  socket().ends();
  await settle();
  const last = all.length;
  socket().open();
  await vi.advanceTimersByTimeAsync(6_000); // it was there for a while
  vi.mocked(Math.random).mockReturnValue(1);
  socket().ends();
  await vi.advanceTimersByTimeAsync(100);
  expect(all).toHaveLength(last + 1);
});

test("a token is asked for each connection and shown anew before it ends", async () => {
  let count = 0;
  const { socket, client } = await live({
    token: async () => `t${++count}`,
    client: "phone",
    heartbeat: 600_000,
  });
  expect(socket().taken()).toEqual([{ connect: { token: "t1", client: "phone" }, id: 1 }]);
  client.subscribe("a", () => {});
  expect(socket().taken()).toEqual([]);
  socket().says({ connected: { session: "s", user: "ada", client: "phone", expires: 60 }, id: 1 });
  expect(socket().taken()).toEqual([{ subscribe: "a", id: 2 }]);
  socket().says(subscribed("a", 0, 2));
  expect(client.state).toBe("live");
  await vi.advanceTimersByTimeAsync(50_000);
  expect(socket().taken()).toContainEqual({ connect: { token: "t2", client: "phone" }, id: 3 });
  socket().ends(4001);
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  expect(socket().taken()).toEqual([{ connect: { token: "t3", client: "phone" }, id: 4 }]);
});

test("who is refused is told, and comes again", async () => {
  const { socket, states, errors, all } = await live({ token: "wrong" });
  socket().says({ error: { code: "PERMISSION_DENIED", message: "invalid token" }, id: 1 });
  expect(states[0]).toContain("offline: the client could not say who it is");
  expect(errors).toMatchObject([{ code: "PERMISSION_DENIED", message: "invalid token" }]);
  expect(socket().isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(50);
  expect(all).toHaveLength(2);
});

test("a token that cannot be fetched is told, and fetched again", async () => {
  let isUp = false;
  const { socket, errors, client } = await live({
    token: () => (isUp ? "t" : Promise.reject(new Error("no login"))),
  });
  expect(errors).toMatchObject([{ message: "no login" }]);
  isUp = true;
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  socket().says({ connected: { session: "s", user: "ada", client: "s" }, id: 1 });
  expect(client.state).toBe("live");
});

test("a node that is silent is asked, then left", async () => {
  const { socket, states, all } = await live();
  await vi.advanceTimersByTimeAsync(20_000);
  socket().says({ pong: 1 });
  await vi.advanceTimersByTimeAsync(24_999);
  expect(socket().taken()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket().taken()).toEqual([{ ping: 0 }]);
  await vi.advanceTimersByTimeAsync(7_999);
  expect(all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(states.at(-1)).toBe("offline: the node is silent");
  expect(all[0]?.isClosed).toBe(true);
});

test("an attempt takes no longer than it may", async () => {
  const { states } = begin({ timeout: 3_000 });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(states).toEqual(["offline: the node did not answer in time"]);
});

test("packets of bytes in both directions", async () => {
  const { client, socket } = await live();
  const got: unknown[] = [];
  client.subscribe("eeg/*", ({ topic, data, offset }) => got.push([topic, data, offset]));
  const own = client.topic("own");
  expect(own.write(Uint8Array.of(1))).toBe("ACCEPTED");
  expect(socket().taken()).toEqual([
    { subscribe: "eeg/*", id: 1 },
    { produce: "own", id: 2 },
  ]);
  socket().says(
    { subscribed: "eeg/*", id: 1 },
    { producing: "own", number: 300, id: 2 },
    { topic: "eeg/a", number: 7 },
    Uint8Array.of(1, 7, 0x80, 0x01, 42, 43),
    Uint8Array.of(1, 8, 1, 1), // of no known topic
    Uint8Array.of(1, 0x80), // cut
  );
  expect(socket().taken()).toEqual([[2, 0xac, 0x02, 1]]);
  expect(got).toEqual([["eeg/a", Uint8Array.of(42, 43), 128]]);
  expect(own.write(Uint8Array.of(9))).toBe("ACCEPTED");
  expect(socket().taken()).toEqual([[2, 0xac, 0x02, 9]]);
  socket().bufferedAmount = 1 << 20;
  expect(own.write(Uint8Array.of(9))).toBe("DROPPED");
  socket().ends();
  expect(own.write(Uint8Array.of(9))).toBe("DROPPED");
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  expect(socket().taken()).toContainEqual({ produce: "own", id: 3 });
  socket().says({ error: { code: "PERMISSION_DENIED", message: "no" }, id: 3 });
  expect(own.error).toMatchObject({ code: "PERMISSION_DENIED" });
  expect(own.write(Uint8Array.of(9))).toBe("CLOSED");
});

test("a call ends by its timeout or its signal", async () => {
  const { client, socket } = await live();
  const late = client.call("a/b", 1, { timeout: 200 });
  const failed = expect(late).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(socket().taken()).toEqual([{ request: "a/b", data: 1, timeout: 200, id: 1 }]);
  await vi.advanceTimersByTimeAsync(200);
  await failed;
  socket().says({ id: 1, result: 1 }); // nobody waits for it
  const controller = new AbortController();
  const given = client.call("a/b", 1, { signal: controller.signal });
  controller.abort();
  await expect(given).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(client.call("a/b", 1, { signal: controller.signal })).rejects.toMatchObject({
    code: "CANCELLED",
  });
});

test("errors have the code, the name and the data that the node tells", async () => {
  const { client, socket } = await live();
  const call = client.call("a/b");
  socket().says({
    error: { code: "HANDLER_FAILED", message: "sold out", name: "SoldOut", data: { left: 0 } },
    id: 1,
  });
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RunarError);
  expect(error).toMatchObject({ code: "HANDLER_FAILED", name: "SoldOut", data: { left: 0 } });
});

test("only so many calls wait for their answers", async () => {
  const { client } = await live({ waiting: 2 });
  const two = [client.call("a/b"), client.call("a/b")];
  await expect(client.call("a/b")).rejects.toMatchObject({ code: "OVERLOADED" });
  client.close();
  await Promise.allSettled(two);
});

test("several subscriptions to a topic are one to the node", async () => {
  const { client, socket } = await live();
  const got: string[] = [];
  const one = client.subscribe("a", () => got.push("one"));
  socket().says(subscribed("a", 0, 1));
  const two = client.subscribe("a", () => got.push("two"));
  await two.ready;
  expect(socket().taken()).toEqual([{ subscribe: "a", id: 1 }]);
  socket().says({ topic: "a", data: 1, offset: 1 });
  one.unsubscribe();
  one.unsubscribe();
  socket().says({ topic: "a", data: 1, offset: 2 });
  expect(got).toEqual(["one", "two", "two"]);
  two.unsubscribe();
  expect(socket().taken()).toEqual([{ unsubscribe: "a", id: 2 }]);
});

test("a subscription that the node refuses says why", async () => {
  const { client, socket } = await live();
  const said = client.subscribe("secret/a", () => {});
  const told: unknown[] = [];
  said.on("error", (error) => told.push(error));
  socket().says({ error: { code: "PERMISSION_DENIED", message: "no" }, id: 1 });
  await expect(said.ready).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  expect(told).toMatchObject([{ code: "PERMISSION_DENIED" }]);
  socket().ends();
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  expect(socket().taken()).toEqual([]); // it is not asked for again
  expect(client.state).toBe("resumed");
});

test("who is there, who comes and who goes", async () => {
  const { client, socket } = await live();
  const told: unknown[] = [];
  const said = client.subscribe("chat/1", () => {}, { members: true });
  said.on("joined", (member) => told.push(["joined", member]));
  said.on("left", (member) => told.push(["left", member]));
  client.subscribe("chat/1", () => {}).on("joined", () => told.push("not asked for"));
  expect(socket().taken()[0]).toEqual({ subscribe: "chat/1", members: true, id: 1 });
  const bob = { client: "laptop", user: "bob" };
  socket().says(
    subscribed("chat/1", 0, 1),
    { joined: "chat/1", member: bob },
    { left: "chat/1", member: bob },
  );
  expect(told).toEqual([
    ["joined", bob],
    ["left", bob],
  ]);
  const there = client.presence("chat/1");
  const { id } = socket().taken().at(-1) as { id: number };
  socket().says({ presence: [bob], id });
  await expect(there).resolves.toEqual([bob]);
});

test("a page of history", async () => {
  const { client, socket } = await live();
  const page = client.history("a", { limit: 2, reverse: true });
  expect(socket().taken()).toEqual([{ history: "a", limit: 2, reverse: true, id: 1 }]);
  const history = [
    { data: "x", offset: 2 },
    { bytes: "AQI=", offset: 1 },
  ];
  socket().says({ history, offset: 2, epoch: "e", id: 1 });
  await expect(page).resolves.toEqual({
    events: [
      { topic: "a", data: "x", offset: 2 },
      { topic: "a", data: Uint8Array.of(1, 2), offset: 1 },
    ],
    offset: 2,
    epoch: "e",
  });
});

test("messages of an offline queue are acknowledged, and come again on the next connection", async () => {
  const { client, socket } = await live({ client: "phone" });
  socket().says({ connected: { session: "s", user: "ada", client: "phone" }, id: 1 });
  socket().taken();
  const inbox = client.offline<string>("conversation-1");
  const seen: unknown[] = [];
  inbox.on("message", async (message) => {
    seen.push([message.id, message.data, message.redelivered]);
    seen.push(await (message.id === 7 ? message.ack() : message.nack("later")));
  });
  inbox.on("ended", (why) => seen.push(why));
  expect(socket().taken()).toEqual([{ unacked: "conversation-1", id: 2 }]);
  const message = { group: "conversation-1", deliveries: 1, redelivered: false };
  socket().says({ unacked: "conversation-1", waiting: 2, id: 2 });
  socket().says({ message: { ...message, id: 7, data: "hi" } });
  expect(socket().taken()).toEqual([{ ack: [7], group: "conversation-1", id: 3 }]);
  socket().says({ acked: [7], unknown: [], level: "SYNCED", id: 3 });
  await settle();
  socket().says({ message: { ...message, id: 8, data: "ho" } });
  expect(socket().taken()).toEqual([{ nack: 8, group: "conversation-1", cause: "later", id: 4 }]);
  socket().says({ nacked: 8, refusals: 1, id: 4 });
  await settle();
  expect(seen).toEqual([
    [7, "hi", false],
    { acked: [7], unknown: [], level: "SYNCED" },
    [8, "ho", false],
    undefined,
  ]);
  socket().ends();
  await vi.advanceTimersByTimeAsync(50);
  socket().open();
  await settle();
  socket().says({ connected: { session: "s", user: "ada", client: "phone" }, id: 5 });
  expect(socket().taken()).toContainEqual({ unacked: "conversation-1", id: 6 });
  socket().says({ unacked: "conversation-1", ended: "failed" }); // the node stops
  socket().ends();
  await vi.advanceTimersByTimeAsync(100);
  socket().open();
  await settle();
  socket().says({ connected: { session: "s", user: "ada", client: "phone" }, id: 7 });
  expect(socket().taken()).toContainEqual({ unacked: "conversation-1", id: 8 });
  socket().says({ unacked: "conversation-1", ended: "taken over" });
  expect(seen.at(-1)).toBe("taken over");
});

test("a subscription says that its events come by the offline queue, and when not any more", async () => {
  const { client, socket } = await live();
  const told: unknown[] = [];
  const said = client.subscribe("a", () => {});
  said.on("spilled", (from) => told.push(["spilled", from]));
  said.on("live", (from) => told.push(["live", from]));
  socket().says(subscribed("a", 0, 1));
  socket().says({ spilled: { topic: "a", from: 3 } }, { live: { topic: "a", from: 9 } });
  expect(told).toEqual([
    ["spilled", 3],
    ["live", 9],
  ]);
});

test("a subscription takes over the epoch in which it is recovered", async () => {
  const world = await live();
  const { client, socket } = world;
  const got: unknown[] = [];
  const said = client.subscribe("chat/1", ({ data }) => got.push(data));
  socket().says({ subscribed: "chat/1", offset: 100, epoch: "E1", id: 1 });
  await reconnect(world); // to a node that was restarted
  expect(socket().taken()).toContainEqual({
    subscribe: "chat/1",
    since: { offset: 100, epoch: "E1" },
    id: 2,
  });
  socket().says({ subscribed: "chat/1", offset: 101, epoch: "E2", recovered: true, id: 2 });
  expect(said.position).toEqual({ offset: 100, epoch: "E2" }); // what it missed is yet to come
  socket().says(
    { topic: "chat/1", data: "missed", offset: 101 },
    { topic: "chat/1", data: "new", offset: 102 },
  );
  expect(got).toEqual(["missed", "new"]);
  await reconnect(world);
  expect(socket().taken()).toEqual([
    { subscribe: "chat/1", since: { offset: 102, epoch: "E2" }, id: 3 },
  ]);
});

test("what comes by a pattern before the topic is recovered takes nothing from it", async () => {
  const { client, socket } = await live();
  const topic: unknown[] = [];
  const pattern: unknown[] = [];
  client.subscribe("chat/*", ({ data }) => pattern.push(data));
  socket().says({ subscribed: "chat/*", id: 1 }, { topic: "chat/1", data: "a", offset: 6 });
  client.subscribe("chat/1", ({ data }) => topic.push(data), { since: { offset: 5, epoch: "e" } });
  socket().says(
    { topic: "chat/1", data: "b", offset: 7 }, // on its way before the node has heard it
    subscribed("chat/1", 8, 2, { recovered: true }),
    { topic: "chat/1", data: "a", offset: 6 },
    { topic: "chat/1", data: "b", offset: 7 },
    { topic: "chat/1", data: "c", offset: 8 },
    { topic: "chat/1", data: "c", offset: 8 }, // the same by the pattern, behind it
    { topic: "chat/1", data: "d", offset: 9 },
  );
  expect(topic).toEqual(["a", "b", "c", "d"]);
  expect(pattern).toEqual(["a", "b", "c", "d"]);
});

test("two spellings of a topic are both recovered, and a pattern gets neither a second time", async () => {
  const world = await live();
  const { client, socket } = world;
  const got: unknown[] = [];
  client.subscribe("chat/1", ({ data }) => got.push(["short", data]));
  client.subscribe("net:chat/1", ({ data }) => got.push(["long", data]));
  client.subscribe("chat/*", ({ data }) => got.push(["pattern", data]));
  socket().says(
    subscribed("chat/1", 1, 1),
    subscribed("net:chat/1", 1, 2),
    { subscribed: "chat/*", id: 3 },
    { topic: "chat/1", data: "a", offset: 2 },
  );
  expect(got.splice(0)).toEqual([
    ["short", "a"],
    ["long", "a"],
    ["pattern", "a"],
  ]);
  await reconnect(world);
  const missed = { topic: "chat/1", data: "b", offset: 3 };
  socket().says(
    subscribed("chat/1", 3, 4, { recovered: true }),
    missed,
    subscribed("net:chat/1", 3, 5, { recovered: true }),
    missed,
    { subscribed: "chat/*", id: 6 },
    { topic: "chat/1", data: "c", offset: 4 },
  );
  expect(got).toEqual([
    ["short", "b"],
    ["long", "b"],
    ["short", "c"],
    ["long", "c"],
    ["pattern", "c"],
  ]);
});

test("what has come by the offline queue is not asked for again", async () => {
  const world = await live();
  const { client, socket } = world;
  const said = client.subscribe("a", () => {});
  const seen: unknown[] = [];
  client.offline("a").on("message", ({ id, data, offset }) => seen.push([id, data, offset]));
  socket().says(subscribed("a", 9, 1));
  const message = { group: "a", deliveries: 1, redelivered: false };
  socket().says(
    { spilled: { topic: "a", from: 10 } },
    { message: { ...message, id: 1, data: "ten", offset: 10 } },
    { message: { ...message, id: 2, data: "eleven", offset: 11 } },
    { message: { ...message, id: 3, data: "by somebody else" } },
  );
  expect(seen).toEqual([
    [1, "ten", 10],
    [2, "eleven", 11],
    [3, "by somebody else", undefined],
  ]);
  expect(said.position).toEqual({ offset: 11, epoch: "e" });
  await reconnect(world);
  expect(socket().taken()[0]).toMatchObject({ subscribe: "a", since: { offset: 11, epoch: "e" } });
  socket().says(subscribed("a", 11, 3, { recovered: true }));
  socket().says({ spilled: { topic: "a", from: 12 } }, { live: { topic: "a", from: 51 } });
  await reconnect(world);
  expect(socket().taken()[0]).toMatchObject({ subscribe: "a", since: { offset: 50, epoch: "e" } });
});

test("an offline queue that was refused is begun anew", async () => {
  const { client, socket, errors } = await live();
  const first = client.offline("g");
  const told: unknown[] = [];
  first.on("error", (error) => told.push(error));
  expect(socket().taken()).toEqual([{ unacked: "g", id: 1 }]);
  socket().says({ error: { code: "NOT_FOUND", message: "not joined" }, id: 1 });
  expect(told).toMatchObject([{ code: "NOT_FOUND" }]);
  expect(first.isEnded).toBe(true);
  const second = client.offline("g");
  const seen: unknown[] = [];
  second.on("message", ({ id }) => seen.push(id));
  expect(socket().taken()).toEqual([{ unacked: "g", id: 2 }]);
  socket().says({ unacked: "g", waiting: 1, id: 2 }, { message: { group: "g", id: 7, data: 1 } });
  expect(seen).toEqual([7]);
  expect(client.offline("g")).toBe(second);
  expect(errors).toEqual([]);
});

test("an offline queue that was refused goes on when the node fills it after all", async () => {
  const world = await live();
  const { client, socket } = world;
  const inbox = client.offline("a"); // nothing was spilled yet
  const seen: unknown[] = [];
  inbox.on("message", ({ data }) => seen.push(data));
  socket().says({ error: { code: "NOT_FOUND", message: "not joined" }, id: 1 });
  socket().says({ message: { group: "a", id: 1, data: "spilled" } });
  expect(seen).toEqual(["spilled"]);
  expect(inbox.isEnded).toBe(false);
  await reconnect(world);
  expect(socket().taken()).toEqual([{ unacked: "a", id: 2 }]);
  socket().says({ error: { code: "OVERLOADED", message: "too much" }, id: 2 });
  expect(inbox.isEnded).toBe(true);
  await reconnect(world);
  expect(socket().taken()).toEqual([{ unacked: "a", id: 3 }]); // it may be better now
  expect(inbox.isEnded).toBe(false);
});

test("messages that nobody takes are told once, and come when somebody does", async () => {
  const world = await live();
  const { client, socket, errors } = world;
  const said = client.subscribe("a", () => {});
  socket().says(subscribed("a", 9, 1), { spilled: { topic: "a", from: 10 } });
  const message = { group: "a", deliveries: 1, redelivered: false };
  socket().says(
    { message: { ...message, id: 1, data: "x", offset: 10 } },
    { message: { ...message, id: 2, data: "y", offset: 11 } },
  );
  expect(errors).toMatchObject([
    {
      code: "NOT_FOUND",
      message:
        'nobody takes the messages of the group "a", which wait at the node: client.offline("a").on("message", …)',
    },
  ]);
  expect(said.position).toEqual({ offset: 9, epoch: "e" }); // nobody has had them
  socket().taken();
  const inbox = client.offline("a");
  expect(socket().taken()).toEqual([{ unacked: "a", id: 2 }]);
  socket().says({ unacked: "a", waiting: 2, id: 2 }, { message: { ...message, id: 1, data: "x" } });
  expect(errors).toHaveLength(2); // still nobody listens
  const seen: unknown[] = [];
  inbox.on("message", ({ data }) => seen.push(data));
  expect(client.offline("a")).toBe(inbox);
  expect(socket().taken()).toEqual([{ unacked: "a", id: 3 }]);
  socket().says({ message: { ...message, id: 1, data: "x" } });
  expect(seen).toEqual(["x"]);
  expect(errors).toHaveLength(2);
});

test("a writer that was refused writes again when the node lets it", async () => {
  const world = await live();
  const { client, socket } = world;
  const own = client.topic("own");
  expect(own.write(Uint8Array.of(1))).toBe("ACCEPTED");
  socket().says({ error: { code: "PERMISSION_DENIED", message: "not yet" }, id: 1 });
  expect(own.write(Uint8Array.of(2))).toBe("CLOSED");
  await reconnect(world);
  expect(own.write(Uint8Array.of(3))).toBe("CLOSED"); // the node has not answered
  socket().taken();
  socket().says({ producing: "own", number: 3, id: 2 });
  expect(own.error).toBeUndefined();
  expect(own.write(Uint8Array.of(4))).toBe("ACCEPTED");
  expect(socket().taken()).toEqual([[2, 3, 4]]);
});

test("a listener that throws keeps nobody else from being told", async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal("queueMicrotask", (task: () => void) => {
    try {
      task();
    } catch (error) {
      uncaught.push(error);
    }
  });
  const { client, socket } = await live();
  const got: unknown[] = [];
  client.subscribe("a", () => {
    throw new Error("mine");
  });
  client.subscribe("a", ({ data }) => got.push(data));
  socket().says(subscribed("a", 0, 1), { topic: "a", data: 1, offset: 1 });
  expect(got).toEqual([1]);
  expect(uncaught).toMatchObject([{ message: "mine" }]);
  vi.unstubAllGlobals();
});

test("a closed client is offline for good", async () => {
  const { client, socket, states, all } = await live();
  const call = client.call("a/b");
  client.close();
  client.close();
  await expect(call).rejects.toMatchObject({ isSent: true });
  await expect(client.call("a/b", 1, { queue: true })).rejects.toMatchObject({ isSent: false });
  expect(socket().isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(all).toHaveLength(1);
  expect(states).toEqual(["live", "offline: closed"]);
});

test("where there is no WebSocket one has to be passed", () => {
  vi.stubGlobal("WebSocket", undefined);
  expect(() => connect(URL_OF_NODE)).toThrow("pass one as the option WebSocket");
  vi.unstubAllGlobals();
});
