import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Asking, HostCall, HostExchange, HostInlet } from "../../src/host.js";
import { FLAG, FRAME, STREAMS } from "../../src/link/frames.js";
import { ItemReader, pump } from "../../src/stream.js";
import { Peer } from "./peer.js";

const NOBODY: Asking = { within: null, onMeta: null, sends: false };

function reading(peer: Peer, asking = NOBODY, options: string | null = null) {
  let exchange: HostExchange | undefined;
  const reader = new ItemReader<unknown>(() => {
    exchange = peer.host.stream("math/count", "value", 3, options, asking);
    return exchange.inlet() as HostInlet;
  }, 64);
  return { reader, exchange: () => exchange as HostExchange };
}

// The clock stands still, so that one batch is one turn, however busy the machine is.
beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(1_000);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("items come in order, and the writer is told of the room for more", async () => {
  const peer = new Peer();
  await peer.configured();
  const { reader } = reading(peer, NOBODY, '{"readAhead":4}');
  const first = reader.next();
  const { id, head, payloadText } = await peer.next(FRAME.STREAM);
  expect([head, payloadText]).toEqual(['{"path":"math/count","options":{"readAhead":4}}', "3"]);
  const room = await peer.next(FRAME.ROOM);
  expect([room.id, room.target, room.flags]).toEqual([id, 4, 0]);
  peer.post(
    { kind: FRAME.ITEMS, id, target: 2, payload: [1, '[1,{"n":2}]'] },
    { kind: FRAME.ITEMS, id, target: 1, payload: [3, new Uint8Array([7])] },
    { kind: FRAME.END, id },
  );
  const items = [(await first).value];
  for await (const item of reader) {
    items.push(item);
  }
  expect(items).toEqual([1, { n: 2 }, new Uint8Array([7])]);
  peer.post({ kind: FRAME.END, id }); // late: nobody is there
});

test("a failure comes behind the items before it", async () => {
  const peer = new Peer();
  await peer.configured();
  const { reader } = reading(peer);
  const first = reader.next();
  const { id } = await peer.next(FRAME.STREAM);
  peer.post(
    { kind: FRAME.ITEMS, id, target: 1, payload: [1, "[1]"] },
    { kind: FRAME.ERROR, id, payload: [2, '{"code":"TIMEOUT","message":"late"}'] },
  );
  expect(await first).toEqual({ done: false, value: 1 });
  await expect(reader.next()).rejects.toMatchObject({ code: "TIMEOUT", message: "late" });
});

test("a failure that cannot be read ends a stream all the same", async () => {
  const peer = new Peer();
  await peer.configured();
  const { reader } = reading(peer);
  const first = reader.next();
  const { id } = await peer.next(FRAME.STREAM);
  peer.post({ kind: FRAME.END, id, payload: [2, "{"] });
  const message = "the node has answered with an error that cannot be read";
  await expect(first).rejects.toMatchObject({ code: "INTERNAL", message });
});

test("a reader that has enough says so once", async () => {
  const peer = new Peer();
  await peer.configured();
  const { reader } = reading(peer);
  const first = reader.next();
  const { id } = await peer.next(FRAME.STREAM);
  peer.post({ kind: FRAME.ITEMS, id, target: 1, payload: [1, "[1]"] });
  await first;
  await reader.return();
  await reader.return();
  const stops = (await peer.settled()).filter(({ kind }) => kind === FRAME.STOP_ITEMS);
  expect(stops.map((frame) => [frame.id, frame.flags])).toEqual([[id, 0]]);
});

test("an action writes no more items than its reader has room for", async () => {
  const peer = new Peer();
  await peer.configured();
  let produced = 0;
  const count = async (call: HostCall): Promise<void> => {
    async function* numbers() {
      for (produced = 0; produced < 10; ) {
        yield ++produced;
      }
    }
    const outlet = peer.host.output(call);
    expect(outlet).not.toBeNull();
    if (outlet !== null) {
      await pump(numbers(), outlet);
    }
  };
  const adding = peer.host.addService(
    '{"path":"math","actions":[{"name":"count","params":null,"stream":true}]}',
    { actions: { count }, events: {}, sockets: {} },
  );
  const add = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id: add.id });
  await adding;
  const target = JSON.parse(add.head).actions.count as number;
  peer.post({ kind: FRAME.INVOKE, target, id: 2, flags: STREAMS });
  await peer.settled();
  expect(produced).toBe(0);
  peer.post({ kind: FRAME.ROOM, id: 2, target: 4 });
  const some = await peer.next(FRAME.ITEMS);
  expect([some.payloadText, some.target]).toEqual(["[1,2,3,4]", 4]);
  expect((await peer.settled()).length).toBe(0);
  peer.post({ kind: FRAME.ROOM, id: 2, target: 100 });
  expect((await peer.next(FRAME.ITEMS)).payloadText).toBe("[5,6,7,8,9,10]");
  expect((await peer.next(FRAME.RESULT)).id).toBe(2);
});

test("a generator whose reader has gone is closed at once", async () => {
  const peer = new Peer();
  await peer.configured();
  const steps: string[] = [];
  const tick = async (call: HostCall): Promise<void> => {
    async function* ticks() {
      try {
        yield 1;
        yield 2;
      } finally {
        steps.push("closed");
      }
    }
    const outlet = peer.host.output(call);
    if (outlet !== null) {
      outlet.onClosed(() => steps.push("told"));
      await pump(ticks(), outlet);
    }
  };
  const adding = peer.host.addService('{"path":"a","actions":[{"name":"tick"}]}', {
    actions: { tick },
    events: {},
    sockets: {},
  });
  const add = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id: add.id });
  await adding;
  const target = JSON.parse(add.head).actions.tick as number;
  peer.post(
    { kind: FRAME.INVOKE, target, id: 2, flags: STREAMS },
    { kind: FRAME.ROOM, id: 2, target: 1 },
  );
  await peer.next(FRAME.ITEMS);
  peer.post({ kind: FRAME.STOP_ITEMS, id: 2 });
  await peer.settled();
  expect(steps).toEqual(["told", "closed"]);
});

test("a request sends items beside its payload", async () => {
  const peer = new Peer();
  await peer.configured();
  const asking = { ...NOBODY, sends: true };
  let exchange: HostExchange | undefined;
  const answer = new Promise((resolve, reject) => {
    exchange = peer.host.request(
      "sum/of",
      "value",
      null,
      null,
      asking,
      (_, data) => resolve(data),
      reject,
    );
  });
  const { id, head } = await peer.next(FRAME.REQUEST);
  expect(JSON.parse(head)).toEqual({ path: "sum/of", sends: true });
  const outlet = exchange?.outlet();
  expect(outlet).toBeTruthy();
  if (outlet) {
    const sending = pump([1, 2], outlet).then(() => outlet.end());
    peer.post({ kind: FRAME.ROOM, id, flags: FLAG.INPUT, target: 64 });
    await sending;
  }
  const items = await peer.next(FRAME.ITEMS);
  expect([items.id, items.flags, items.payloadText]).toEqual([id, FLAG.INPUT, "[1,2]"]);
  expect((await peer.next(FRAME.END)).flags).toBe(FLAG.INPUT);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, "3"] });
  expect(await answer).toBe("3");
  expect(outlet?.room()).toBe(0);
});

test("an action reads what its caller sends", async () => {
  const peer = new Peer();
  await peer.configured();
  const sum = async (call: HostCall): Promise<number> => {
    const inlet = peer.host.input(call);
    const reader = new ItemReader<number>(() => inlet as HostInlet, 64);
    let total = 0;
    for await (const n of reader) {
      total += n;
    }
    return total;
  };
  const adding = peer.host.addService('{"path":"sum","actions":[{"name":"of"}]}', {
    actions: { of: sum },
    events: {},
    sockets: {},
  });
  const add = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id: add.id });
  await adding;
  const target = JSON.parse(add.head).actions.of as number;
  peer.post({ kind: FRAME.INVOKE, target, id: 2, flags: FLAG.INPUT });
  const room = await peer.next(FRAME.ROOM);
  expect([room.id, room.flags, room.target]).toEqual([2, FLAG.INPUT, 64]);
  peer.post(
    { kind: FRAME.ITEMS, id: 2, flags: FLAG.INPUT, target: 2, payload: [1, "[1,2]"] },
    { kind: FRAME.END, id: 2, flags: FLAG.INPUT },
  );
  expect((await peer.next(FRAME.RESULT)).payloadText).toBe("3");
});
