import { expect, test, vi } from "vitest";
import type { RunarError } from "../../src/errors.js";
import type { Asking, HostInlet } from "../../src/host.js";
import { FRAME } from "../../src/link/frames.js";
import { MAX_WAITING } from "../../src/link/outbox.js";
import { kinds, Peer } from "./peer.js";

const NOBODY: Asking = { within: null, onMeta: null, sends: false };

const failure = (promise: Promise<unknown>): Promise<RunarError> =>
  promise.then(
    () => expect.fail("it was kept"),
    (error: RunarError) => error,
  );

const ask = (peer: Peer): Promise<unknown> =>
  new Promise((resolve, reject) => {
    peer.host.request("a/b", "value", 1, null, NOBODY, (_, data) => resolve(data), reject);
  });

test("when the node is gone, everything that waits fails and says why", async () => {
  const peer = new Peer();
  await peer.configured();
  const told: unknown[] = [];
  const adding = peer.host.addService('{"path":"a","actions":[{"name":"slow"}]}', {
    actions: {
      slow: (call) => {
        call.onCancel(() => told.push("cancelled"));
        return new Promise(() => {});
      },
    },
    events: {},
    sockets: {
      "/live": {
        open: () => undefined,
        message: () => undefined,
        close: (_, code) => told.push(code),
      },
    },
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  const { actions, sockets } = JSON.parse(head);
  const session = { session: 1, id: "s", path: "/live", query: {}, remoteAddress: "" };
  peer.post(
    { kind: FRAME.INVOKE, target: actions.slow, id: 2 },
    { kind: FRAME.OPEN, target: sockets["/live"], head: JSON.stringify(session) },
  );
  const waiting = [
    ask(peer),
    peer.host.publish("t", "value", 1, null),
    peer.host.subscribe("t", () => undefined, null),
    peer.host.on("t", null),
    peer.host.start(),
  ].map(failure);
  const inlet = peer.host.stream("a/b", "value", 1, null, NOBODY).inlet() as HostInlet;
  inlet.listen(
    () => undefined,
    (error) => told.push(error?.message),
  );
  inlet.read();
  peer.end("the node's process has ended: exit code 3");
  for (const error of await Promise.all(waiting)) {
    expect([error.code, error.message]).toEqual([
      "NOT_RUNNING",
      "the node's process has ended: exit code 3",
    ]);
  }
  expect(told).toEqual(["the node's process has ended: exit code 3", "cancelled", 1006]);
  expect(peer.isReferenced).toBe(false);
  expect((await failure(ask(peer))).code).toBe("NOT_RUNNING");
});

test("a node that is gone can be followed by another", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.end("gone");
  await peer.configured();
  const answer = ask(peer);
  const { id } = await peer.next(FRAME.REQUEST);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, "1"] });
  expect(await answer).toBe("1");
});

test.each([
  [
    "FATAL",
    { kind: FRAME.FATAL, head: '{"message":"out of memory"}' },
    /cannot go on: out of memory/,
  ],
  ["BYE", { kind: FRAME.BYE }, /the node has ended/],
  [
    "another protocol",
    { kind: FRAME.HELLO, head: '{"protocol":2,"version":"0.9.0"}' },
    /protocol 1, the node 0.9.0 protocol 2: install the same version/,
  ],
  ["an unknown kind without an id", { kind: 200 }, /kind 200 is not known/],
])("%s ends the link", async (_, frame, message) => {
  const peer = new Peer();
  await peer.configured();
  const answer = failure(ask(peer));
  peer.post(frame);
  expect((await answer).message).toMatch(message);
  expect(peer.isClosed).toBe(true);
});

test("an unknown kind with an id is answered, and the link goes on", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.post({ kind: 200, id: 8 }, { kind: FRAME.INVOKE, target: 99, id: 10 });
  const answers = (await peer.settled()).filter(({ kind }) => kind === FRAME.ERROR);
  expect(answers.map(({ id, payloadText }) => [id, JSON.parse(payloadText).code])).toEqual([
    [8, "INVALID_INPUT"],
    [10, "NOT_FOUND"],
  ]);
  expect(peer.isClosed).toBe(false);
});

test("bytes that are no frames end the link, and the node is told", async () => {
  const peer = new Peer();
  await peer.configured();
  const answer = failure(ask(peer));
  peer.raw(new Uint8Array(40));
  expect((await answer).message).toMatch(/a frame has 4 bytes/);
  expect(kinds(await peer.settled()).at(-1)).toBe(FRAME.FATAL);
});

test("a full link refuses what may be refused, and sends what must not when there is room", async () => {
  const peer = new Peer();
  await peer.configured();
  const adding = peer.host.addService('{"path":"a","actions":[{"name":"b"}]}', {
    actions: { b: () => "yes" },
    events: {},
    sockets: {},
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  peer.answer = "FULL";
  const topic = peer.host.topic("t");
  const packet = new Uint8Array(1 << 20);
  const outcomes = Array.from({ length: 10 }, () => topic.write(packet));
  expect(outcomes.filter((outcome) => outcome === "ACCEPTED").length).toBe(MAX_WAITING >> 20);
  expect(topic.dropped()).toBe(10 - (MAX_WAITING >> 20));
  const refused = await failure(ask(peer));
  expect([refused.code, refused.retryable]).toEqual(["OVERLOADED", true]);
  expect(await failure(peer.host.publish("t", "value", 1, null))).toMatchObject({
    code: "OVERLOADED",
  });
  peer.post({ kind: FRAME.INVOKE, target: JSON.parse(head).actions.b, id: 2 });
  await peer.settled();
  peer.room();
  const frames = await peer.settled();
  expect(frames.filter(({ kind }) => kind === FRAME.WRITE).length).toBe(MAX_WAITING >> 20);
  expect(frames.find(({ kind }) => kind === FRAME.RESULT)?.payloadText).toBe('"yes"');
  expect(topic.write(packet)).toBe("ACCEPTED");
});

test("a flood is worked on in turns, and others have theirs", async () => {
  const peer = new Peer();
  await peer.configured();
  let count = 0;
  const spin = (): void => {
    const until = performance.now() + 0.05;
    while (performance.now() < until);
    count++;
  };
  const subscribing = peer.host.subscribe("t", spin, null);
  const { id, target } = await peer.next(FRAME.SUBSCRIBE);
  peer.post({ kind: FRAME.RESULT, id, head: '{"subscription":1}' });
  await subscribing;
  const head = '{"id":1,"topic":"t","timestamp":1}';
  const frames = Array.from({ length: 2_000 }, () => ({
    kind: FRAME.EVENT,
    target,
    id: peer.id(),
    head,
  }));
  peer.post(...frames);
  expect(count).toBeLessThan(1_000);
  expect(peer.isHeld).toBe(true);
  let turns = 0;
  while (count < 2_000) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toBeGreaterThan(3);
  expect(peer.isHeld).toBe(false);
});

test("what has come before the end is worked on before it", async () => {
  const peer = new Peer();
  await peer.configured();
  const slow = (): void => {
    const until = performance.now() + 20; // longer than a turn
    while (performance.now() < until);
  };
  peer.host.request("a/b", "value", 1, null, NOBODY, slow, slow);
  const answered = ask(peer);
  const never = failure(ask(peer));
  const ids = (await peer.settled()).map(({ id }) => id);
  peer.post(
    { kind: FRAME.RESULT, id: ids.at(-3) ?? 0, payload: [1, "1"] },
    { kind: FRAME.RESULT, id: ids.at(-2) ?? 0, payload: [1, "2"] },
    { kind: FRAME.FATAL, head: '{"message":"the disk is full"}' },
  );
  peer.end("exit code 3");
  expect(await answered).toBe("2");
  expect((await never).message).toBe("the node cannot go on: the disk is full");
});

test("a frame whose work throws does not take the others with it", async () => {
  const peer = new Peer();
  await peer.configured();
  const thrown: unknown[] = [];
  const uncaught = (error: unknown): void => {
    thrown.push(error);
  };
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", uncaught);
  try {
    const throws = (): void => {
      throw new Error("in what takes the answer");
    };
    const second = ask(peer);
    peer.host.request("a/b", "value", 1, null, NOBODY, throws, vi.fn());
    const asks = (await peer.settled()).filter(({ kind }) => kind === FRAME.REQUEST);
    peer.post(
      { kind: FRAME.RESULT, id: asks[1]?.id ?? 0 },
      { kind: FRAME.RESULT, id: asks[0]?.id ?? 0, payload: [1, "1"] },
    );
    expect(await second).toBe("1");
    await peer.settled();
    expect(thrown.map((error) => (error as Error).message)).toEqual(["in what takes the answer"]);
  } finally {
    process.removeListener("uncaughtException", uncaught);
    for (const listener of before) {
      process.on("uncaughtException", listener);
    }
  }
});

test("a turn ends behind one slow handler: its answer does not wait for the next", async () => {
  const peer = new Peer();
  await peer.configured();
  const answersSeen: number[] = [];
  const answers = (): number => peer.came.filter(({ kind }) => kind === FRAME.RESULT).length;
  const adding = peer.host.addService('{"path":"a","actions":[{"name":"slow"}]}', {
    actions: {
      slow: () => {
        const until = performance.now() + 20;
        while (performance.now() < until);
        answersSeen.push(answers());
      },
    },
    events: {},
    sockets: {},
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  const target = JSON.parse(head).actions.slow;
  peer.post(...[2, 4, 6].map((each) => ({ kind: FRAME.INVOKE, target, id: each })));
  while (answers() < 3) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(answersSeen).toEqual([0, 1, 2]);
});

test("one of those who hear of the end throws, and the others hear of it", async () => {
  const peer = new Peer();
  await peer.configured();
  const thrown: unknown[] = [];
  const uncaught = vi.fn((error: unknown) => thrown.push(error));
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", uncaught);
  try {
    const throws = (): void => {
      throw new Error("in what hears of it");
    };
    peer.host.request("a/b", "value", 1, null, NOBODY, vi.fn(), throws);
    const other = failure(ask(peer));
    await peer.settled();
    peer.end("gone");
    expect((await other).message).toBe("gone");
    await peer.settled();
    expect(thrown.map((error) => (error as Error).message)).toEqual(["in what hears of it"]);
  } finally {
    process.removeListener("uncaughtException", uncaught);
    for (const listener of before) {
      process.on("uncaughtException", listener);
    }
  }
});

test("a subscription of a node that is gone is none of the next", async () => {
  const peer = new Peer();
  await peer.configured();
  const subscribe = async (): Promise<number> => {
    const subscribing = peer.host.subscribe("t", () => undefined, null);
    const { id } = await peer.next(FRAME.SUBSCRIBE);
    peer.post({ kind: FRAME.RESULT, id, head: '{"subscription":1}' });
    return await subscribing;
  };
  const old = await subscribe();
  peer.end("gone");
  await peer.configured();
  const mine = await subscribe();
  expect(await peer.host.unsubscribe(old)).toBe(false);
  const ending = peer.host.unsubscribe(mine);
  const { id, head } = await peer.next(FRAME.UNSUBSCRIBE);
  expect(head).toBe('{"subscription":1}');
  peer.post({ kind: FRAME.RESULT, id, head: '{"had":true}' });
  expect(await ending).toBe(true);
});
