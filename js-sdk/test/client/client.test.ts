import { ConnectionError, connect, RunarError } from "runar-ts/client";
import { expect, test, vi } from "vitest";
import { begin, live, settle, subscribed, URL_OF_NODE, useFakeTime } from "./fixture.js";

useFakeTime();

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
