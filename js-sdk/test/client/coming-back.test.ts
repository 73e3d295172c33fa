import { expect, test, vi } from "vitest";
import { live, settle, subscribed, useFakeTime } from "./fixture.js";

useFakeTime();

/** The connection breaks, and the next one is there; nothing is asked yet. */
async function reconnect({ socket, states }: Awaited<ReturnType<typeof live>>): Promise<void> {
  socket().ends();
  const pause = 50 * 2 ** (states.filter((state) => state.startsWith("offline")).length - 1);
  await vi.advanceTimersByTimeAsync(pause); // half of what it may be
  socket().open();
  await settle();
}

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
