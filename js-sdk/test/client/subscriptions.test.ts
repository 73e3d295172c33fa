import { expect, test, vi } from "vitest";
import { live, settle, subscribed, useFakeTime } from "./fixture.js";

useFakeTime();

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
