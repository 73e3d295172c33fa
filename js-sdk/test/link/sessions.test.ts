import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HostSession, SocketCallbacks } from "../../src/host.js";
import { FRAME, TAKES_MESSAGES } from "../../src/link/frames.js";
import { Peer } from "./peer.js";

async function listening(peer: Peer, callbacks: SocketCallbacks): Promise<number> {
  await peer.configured();
  const adding = peer.host.addService('{"path":"live","actions":[]}', {
    actions: {},
    events: {},
    sockets: { "/live": callbacks },
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  expect(JSON.parse(head).accepts).toEqual(
    callbacks.accept === undefined ? {} : JSON.parse(head).sockets,
  );
  return JSON.parse(head).sockets["/live"];
}

const client = (session: number, id = `s${session}`): string =>
  JSON.stringify({
    session,
    id,
    path: "/live",
    query: { room: "a" },
    remoteAddress: "127.0.0.1:1",
    identity: { kind: "json", text: '"ann"' },
  });

// The clock stands still, so that one batch is one turn, however busy the machine is.
beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(1_000);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a client opens, talks and closes, with the same session each time", async () => {
  const peer = new Peer();
  const seen: unknown[] = [];
  const sessions: HostSession[] = [];
  const target = await listening(peer, {
    open: (session) => sessions.push(session),
    message: (session, kind, data) => {
      sessions.push(session);
      seen.push([kind, data]);
    },
    close: (session, code, reason) => {
      sessions.push(session);
      seen.push([code, reason]);
    },
  });
  peer.post(
    { kind: FRAME.OPEN, target, head: client(7) },
    { kind: FRAME.MESSAGE, target: 7, payload: [1, '"hi"'] },
    { kind: FRAME.MESSAGE, target: 7, payload: [3, new Uint8Array([1])] },
    { kind: FRAME.CLOSED, target: 7, head: '{"code":1001,"reason":"away"}' },
    { kind: FRAME.MESSAGE, target: 7, payload: [1, '"late"'] },
  );
  const [session] = sessions;
  expect(new Set(sessions).size).toBe(1);
  expect([session?.id(), session?.queryJson(), session?.identityText()]).toEqual([
    "s7",
    '{"room":"a"}',
    '"ann"',
  ]);
  expect(seen).toEqual([
    ["json", '"hi"'],
    ["bytes", new Uint8Array([1]).buffer],
    [1001, "away"],
  ]);
  expect(session?.send("value", 1)).toBe("CLOSED");
  const [ran] = await peer.settled();
  expect([ran?.kind, ran?.target]).toEqual([FRAME.RAN, 5]);
});

test("a client for whom there is nobody is sent away", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.post({ kind: FRAME.OPEN, target: 4_711, head: client(7) });
  const { target, head } = await peer.next(FRAME.CLOSE_SESSION);
  expect([target, JSON.parse(head)]).toEqual([
    7,
    { code: 1013, reason: "the service is gone, try again later" },
  ]);
});

test("who may connect is asked, and the answer is who it is, or nothing, or an error", async () => {
  const peer = new Peer();
  const target = await listening(peer, {
    accept: async (request) => {
      const { query } = JSON.parse(request);
      if (query.token === undefined) {
        throw new Error("no token");
      }
      return query.token === "none" ? undefined : { user: query.token };
    },
    open: () => undefined,
    message: () => undefined,
    close: () => undefined,
  });
  for (const [id, query] of [
    [2, { token: "ann" }],
    [4, { token: "none" }],
    [6, {}],
  ] as const) {
    peer.post({ kind: FRAME.ACCEPT, target, id, head: JSON.stringify({ path: "/live", query }) });
  }
  const answers = (await peer.settled()).filter(({ id }) => id > 0 && id % 2 === 0);
  const told = answers.filter(({ kind }) => kind !== FRAME.RAN);
  expect(told.map(({ kind, id, payloadText }) => [kind, id, payloadText])).toEqual([
    [FRAME.RESULT, 2, '{"user":"ann"}'],
    [FRAME.RESULT, 4, ""],
    [FRAME.ERROR, 6, expect.stringContaining("no token")],
  ]);
});

test("a slow client takes nothing until it is writable again", async () => {
  const peer = new Peer();
  const sessions: HostSession[] = [];
  const target = await listening(peer, {
    open: (session) => {
      session.join("all");
      sessions.push(session);
    },
    message: () => undefined,
    close: () => undefined,
  });
  peer.post(
    { kind: FRAME.OPEN, target, head: client(1) },
    { kind: FRAME.OPEN, target, head: client(2) },
    { kind: FRAME.WRITABLE, target: 1 },
  );
  const [slow, quick] = sessions;
  expect([slow?.send("value", 1), quick?.send("value", 1)]).toEqual(["FULL", "QUEUED"]);
  expect(peer.host.sendToGroup("all", "json", "{}")).toBe(1);
  peer.post({ kind: FRAME.WRITABLE, target: 1, flags: TAKES_MESSAGES });
  expect(slow?.send("value", 1)).toBe("QUEUED");
  slow?.leave("all");
  expect(peer.host.sendToGroup("all", "json", "{}")).toBe(1);
  peer.post({ kind: FRAME.CLOSED, target: 2, head: '{"code":1000,"reason":""}' });
  expect(peer.host.sendToGroup("all", "json", "{}")).toBe(0);
  expect(peer.host.session("s1")).toBe(slow);
  expect(peer.host.session("s2")).toBeNull();
  const frames = (await peer.settled()).filter(({ kind }) => kind !== FRAME.RAN);
  expect(frames.map(({ kind, target, head }) => [kind, target, head])).toEqual([
    [FRAME.JOIN, 1, '{"group":"all"}'],
    [FRAME.JOIN, 2, '{"group":"all"}'],
    [FRAME.SEND, 2, ""],
    [FRAME.SEND_TO_GROUP, 0, '{"group":"all"}'],
    [FRAME.SEND, 1, ""],
    [FRAME.LEAVE, 1, '{"group":"all"}'],
    [FRAME.SEND_TO_GROUP, 0, '{"group":"all"}'],
  ]);
});

test("what a socket's handler throws is for the log, and the next message still comes", async () => {
  const peer = new Peer();
  const seen: unknown[] = [];
  const target = await listening(peer, {
    open: () => Promise.reject(new Error("no open")),
    message: (_, kind, data) => {
      seen.push([kind, data]);
      throw new Error("no message");
    },
    close: () => undefined,
  });
  peer.post(
    { kind: FRAME.OPEN, target, head: client(1) },
    { kind: FRAME.MESSAGE, target: 1, payload: [1, '"a"'] },
    { kind: FRAME.MESSAGE, target: 1, payload: [1, '"b"'] },
  );
  expect(seen).toEqual([
    ["json", '"a"'],
    ["json", '"b"'],
  ]);
  const logs = (await peer.settled()).filter(({ kind }) => kind === FRAME.LOG);
  expect(logs.map(({ head }) => JSON.parse(head).message.split("\n")[0])).toEqual([
    "socket message failed: Error: no message",
    "socket message failed: Error: no message",
    "socket open failed: Error: no open",
  ]);
});

test("packets on a topic go without an answer, and drops are counted", async () => {
  const peer = new Peer();
  await peer.configured({ networkId: "lab" });
  const topic = peer.host.topic("eeg/raw");
  expect(topic.name()).toBe("eeg/raw");
  expect(peer.host.topic("lab:eeg/raw")).toBe(topic);
  expect(topic.write(new Uint8Array([1, 2]).subarray(1))).toBe("ACCEPTED");
  const { target, id } = await peer.next(FRAME.TOPIC);
  const packet = await peer.next(FRAME.WRITE);
  expect([packet.target, [...new Uint8Array(packet.payloadBytes)]]).toEqual([target, [2]]);
  peer.post(
    { kind: FRAME.RESULT, id, head: '{"name":"eeg/raw"}' },
    { kind: FRAME.TOPIC_DROPPED, target, id: 12 },
  );
  expect(topic.dropped()).toBe(12);
  expect(() => peer.host.topic("eeg/*")).toThrow(/wildcard/);
  expect(() => peer.host.topic("$runtime/x")).toThrow(/the node's own/);
});
