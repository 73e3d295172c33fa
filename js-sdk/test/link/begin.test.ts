// What begins here and what does not: the self-test, what was cancelled meanwhile, and what is told of it.
import { expect, test } from "vitest";
import { FRAME, NOT_BEGUN, PAYLOAD } from "../../src/link/frames.js";
import { MAX_WAITING } from "../../src/link/outbox.js";
import { Peer } from "./peer.js";

const EVENT = '{"id":0,"topic":"$selftest","timestamp":1}';

test.each([
  ['{"check":"runar","n":1}', EVENT, FRAME.RESULT],
  ['{"check":"runar","n":2}', EVENT, FRAME.ERROR],
  ["null", EVENT, FRAME.ERROR],
  ['{"check":"runar","n":1}', EVENT.replace("$selftest", "other"), FRAME.ERROR],
])("the self-test with the payload %s and the head %s", async (payload, head, answer) => {
  const peer = new Peer();
  await peer.configured();
  peer.post({ kind: FRAME.EVENT, target: 0, id: 2, head, payload: [PAYLOAD.JSON, payload] });

  const told = (await peer.settled()).find(({ id }) => id === 2);

  expect(told?.kind).toBe(answer);
  expect(told?.payloadText ?? "").toMatch(answer === FRAME.ERROR ? /INTERNAL.*as promised/ : /^$/);
});

test("what was cancelled before it began does not begin, and counts as begun", async () => {
  const peer = new Peer();
  const ran: number[] = [];
  const target = await added(peer, (n: number) => ran.push(n));
  const call = (id: number) =>
    ({ kind: FRAME.INVOKE, target, id, payload: [PAYLOAD.JSON, `${id}`] }) as const;
  peer.post(call(2), call(4), { kind: FRAME.CANCEL, id: 2 }, call(6));
  peer.post({ kind: FRAME.CANCEL, id: 8 }, call(8 + 2));

  const frames = await peer.settled();

  expect(ran).toEqual([4, 6, 10]);
  const results = frames.filter(({ kind }) => kind === FRAME.RESULT);
  expect(results.map(({ id, flags }) => [id, flags])).toEqual([
    [2, NOT_BEGUN],
    [4, 0],
    [6, 0],
    [10, 0],
  ]);
  const begun = frames.filter(({ kind }) => kind === FRAME.RAN);
  expect(begun.reduce((sum, frame) => sum + frame.target, 0)).toBe(4);
});

test("what only this side can count is told once it has changed", async () => {
  const peer = new Peer();
  const target = await added(peer, () => null);
  peer.answer = "FULL";
  const topic = peer.host.topic("t");
  const packet = new Uint8Array(1 << 20);
  for (let i = 0; i < (MAX_WAITING >> 20) + 3; i++) {
    topic.write(packet);
  }
  peer.room();
  peer.lateDrains = 5;
  peer.post({ kind: FRAME.INVOKE, target, id: 2 });
  const frames = await peer.settled();
  peer.post({ kind: FRAME.INVOKE, target, id: 4 });
  frames.push(...(await peer.settled()));

  const heads = frames.filter(({ kind }) => kind === FRAME.RAN);

  expect(heads.map(({ head }) => head)).toEqual(['{"refused":3,"lateDrains":5}', ""]);
});

test("that a state is not asked for is said once", async () => {
  const peer = new Peer();
  await peer.configured();
  const handlers = { actions: {}, events: {}, sockets: {}, save: () => 1 };
  for (const path of ["a", "b"]) {
    void peer.host.addService(`{"path":"${path}","actions":[]}`, handlers).catch(() => undefined);
  }

  const lines = (await peer.settled()).filter(({ kind }) => kind === FRAME.LOG);

  expect(lines.map(({ head }) => JSON.parse(head))).toEqual([
    {
      level: "warn",
      logger: "a",
      message:
        'state of service "a" is neither saved nor restored: in Node.js and Bun nothing is ' +
        "loaded anew while the program runs; `runar run --watch` does that",
    },
  ]);
});

async function added(peer: Peer, handler: (n: number) => unknown): Promise<number> {
  await peer.configured();
  const adding = peer.host.addService('{"path":"a","actions":[{"name":"b"}]}', {
    actions: { b: (_, n) => handler(n as number) },
    events: {},
    sockets: {},
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  await peer.settled();
  return JSON.parse(head).actions.b;
}
