import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { codec } from "../../src/codec.js";
import { RunarError } from "../../src/errors.js";
import type { Asking, EventCallback, HostHandlers } from "../../src/host.js";
import { FRAME, IS_LATE } from "../../src/link/frames.js";
import { kinds, Peer } from "./peer.js";

const NOBODY: Asking = { within: null, onMeta: null, sends: false };

function ask(peer: Peer, path = "math/add", asking = NOBODY): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    peer.host.request(
      path,
      "json",
      '{"a":1}',
      null,
      asking,
      (...answer) => resolve(answer),
      reject,
    );
  });
}

const failure = (promise: Promise<unknown>): Promise<RunarError> =>
  promise.then(
    () => expect.fail("it was kept"),
    (error: RunarError) => error,
  );

async function added(
  peer: Peer,
  handlers: Partial<HostHandlers>,
  actions: readonly object[] = [],
): Promise<Record<string, Record<string, number>>> {
  const definition = JSON.stringify({ path: "math", networkId: "", actions });
  const adding = peer.host.addService(definition, {
    actions: {},
    events: {},
    sockets: {},
    ...handlers,
  });
  const frame = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id: frame.id });
  await adding;
  return JSON.parse(frame.head);
}

// The clock stands still, so that one batch is one turn, however busy the machine is.
beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(1_000);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("nothing is started before the first configuration", async () => {
  let connections = 0;
  const peer = new Peer();
  const { LinkHost } = await import("../../src/link/link-host.js");
  const host = new LinkHost(() => {
    connections++;
    return peer;
  });
  expect(() => host.configure('{"prot":1}')).toThrow(/unknown key "prot"/);
  expect(connections).toBe(0);
  expect(host.configure('{"networkId":"shop"}')).toBe("shop");
  expect(host.configure("{}")).toBe("default");
  expect(connections).toBe(1);
  const [hello, ...others] = await peer.settled();
  expect(JSON.parse(hello?.head ?? "")).toMatchObject({ protocol: 1, runtime: "node" });
  expect(kinds(others)).toEqual([FRAME.CONFIGURE, FRAME.CONFIGURE]);
});

test("a request and its answer", async () => {
  const peer = new Peer();
  await peer.configured();
  const answer = ask(peer);
  const { id, head, payloadText } = await peer.next(FRAME.REQUEST);
  expect([head, payloadText]).toEqual(['{"path":"math/add"}', '{"a":1}']);
  expect(id % 2).toBe(1);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, "3"] });
  expect(await answer).toEqual(["json", "3"]);
});

test("an error of the node comes with all it has", async () => {
  const peer = new Peer();
  await peer.configured();
  const answer = ask(peer);
  const { id } = await peer.next(FRAME.REQUEST);
  const error = {
    code: "HANDLER_FAILED",
    name: "TypeError",
    message: "no",
    stack: "at Math.java:1",
    data: { when: { $: "date", v: "2026-01-01T00:00:00.000Z" } },
    node: "default/1",
    path: "default:math/add",
    cause: { code: "TIMEOUT", message: "late" },
  };
  peer.post({ kind: FRAME.ERROR, id, payload: [2, JSON.stringify(error)] });
  const thrown = await failure(answer);
  expect(thrown).toBeInstanceOf(RunarError);
  expect(thrown).toMatchObject({
    code: "HANDLER_FAILED",
    name: "TypeError",
    remoteStack: "at Math.java:1",
    data: { when: new Date("2026-01-01") },
    node: "default/1",
    path: "default:math/add",
    cause: { code: "TIMEOUT", message: "late" },
  });
});

test("reply meta is told before the answer, also before an error", async () => {
  const peer = new Peer();
  await peer.configured();
  const told: string[] = [];
  const asking = { ...NOBODY, onMeta: (meta: string) => told.push(meta) };
  const first = ask(peer, "a/b", asking);
  const { id, head } = await peer.next(FRAME.REQUEST);
  expect(JSON.parse(head)).toEqual({ path: "a/b", wantsMeta: true });
  peer.post({ kind: FRAME.RESULT, id, head: '{"meta":{"n":"1"}}', payload: [1, "0"] });
  await first;
  const second = failure(ask(peer, "a/b", asking));
  const asked = await peer.next(FRAME.REQUEST);
  const payload = [2, '{"code":"TIMEOUT","message":"late"}'] as const;
  peer.post({ kind: FRAME.ERROR, id: asked.id, head: '{"meta":{"n":"2"}}', payload });
  await second;
  expect(told).toEqual(['{"n":"1"}', '{"n":"2"}']);
});

test("who gives up is told, the node too, and what comes late is dropped", async () => {
  const peer = new Peer();
  await peer.configured();
  let answers = 0;
  const thrown = new Promise<Error>((resolve) => {
    const exchange = peer.host.request("a/b", "value", 1, null, NOBODY, () => answers++, resolve);
    exchange.cancel();
    exchange.cancel();
  });
  expect(await thrown).toMatchObject({ code: "CANCELLED" });
  const { id } = await peer.next(FRAME.REQUEST);
  expect(kinds(await peer.settled())).toEqual([FRAME.CANCEL]);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, "1"] });
  expect(answers).toBe(0);
});

test("actions get the call and their parameters, by name, by position, or all of it", async () => {
  const peer = new Peer();
  await peer.configured({ networkId: "shop" });
  const seen: unknown[] = [];
  const note =
    (result: unknown) =>
    (...args: unknown[]): unknown => {
      seen.push(args.slice(1));
      return result;
    };
  const { actions } = await added(
    peer,
    { actions: { add: note(3), all: note(Promise.resolve({ ok: true })) } },
    [
      { name: "add", params: ["a", "b"] },
      { name: "all", params: null },
    ],
  );
  const invoke = (name: string, text: string): void =>
    peer.post({
      kind: FRAME.INVOKE,
      target: actions?.[name] ?? 0,
      id: peer.id(),
      payload: [1, text],
    });
  invoke("add", '{"b":2,"a":1}');
  invoke("add", "[1]");
  invoke("add", "null");
  invoke("all", '{"b":2}');
  invoke("add", '{"c":1}');
  expect(seen).toEqual([[1, 2], [1, undefined], [undefined, undefined], [{ b: 2 }]]);
  const answers = (await peer.settled()).filter(({ kind }) => kind !== FRAME.RAN);
  expect(answers.map(({ kind, id, payloadText }) => [kind, id, payloadText])).toEqual([
    [FRAME.RESULT, 2, "3"],
    [FRAME.RESULT, 4, "3"],
    [FRAME.RESULT, 6, "3"],
    [FRAME.ERROR, 10, expect.stringContaining("math/add takes (a, b)")],
    [FRAME.RESULT, 8, '{"ok":true}'],
  ]);
});

test("what a call is told, and what it says beside its result", async () => {
  const peer = new Peer();
  await peer.configured();
  const seen: unknown[] = [];
  const { actions } = await added(
    peer,
    {
      actions: {
        look: (call) => {
          const http = call.http();
          http?.status(201);
          http?.header("X-A", "1");
          seen.push(
            [call.path(), call.paramsJson(), call.metaJson(), call.caller(), call.attempt()],
            [call.identityText(), http?.header("Connection", "x"), call.remaining() <= 500],
            JSON.parse(call.failureJson()),
          );
          call.replyMeta("n", "1");
          call.identify("json", '"bob"');
          throw new RangeError("no");
        },
      },
    },
    [{ name: "look", params: null }],
  );
  peer.post({
    kind: FRAME.INVOKE,
    target: actions?.["look"] ?? 0,
    id: 2,
    remainingMs: 500,
    head: JSON.stringify({
      path: "default:math@1/look",
      params: { id: "7" },
      meta: { m: "1" },
      caller: "session 12",
      attempt: 2,
      identity: { kind: "json", text: '"ann"' },
      failure: { code: "TIMEOUT", message: "late" },
      http: { request: { method: "GET" }, client: { headers: {} } },
    }),
  });
  expect(seen).toEqual([
    ["default:math@1/look", '{"id":"7"}', '{"m":"1"}', "session 12", 2],
    ['"ann"', expect.stringContaining("the node's own"), true],
    { code: "TIMEOUT", message: "late" },
  ]);
  const [identify, error] = await peer.settled();
  expect([identify?.kind, identify?.id, identify?.payloadText]).toEqual([36, 2, '"bob"']);
  expect(JSON.parse(error?.head ?? "")).toEqual({
    meta: { n: "1" },
    http: { status: 201, headers: [["x-a", "1"]] },
  });
  expect(JSON.parse(error?.payloadText ?? "")).toMatchObject({ name: "RangeError", message: "no" });
});

test("a call that is cancelled hears of it, and its end is told without a result", async () => {
  const peer = new Peer();
  await peer.configured();
  let end: (value: unknown) => void = () => {};
  const heard: unknown[] = [];
  const { actions } = await added(
    peer,
    {
      actions: {
        slow: (call) => {
          call.onCancel(() => heard.push(call.isCancelled(), call.remaining()));
          return new Promise((resolve) => {
            end = resolve;
          });
        },
      },
    },
    [{ name: "slow", params: null }],
  );
  peer.post({ kind: FRAME.INVOKE, target: actions?.["slow"] ?? 0, id: 2, remainingMs: 60_000 });
  await peer.settled();
  const late = { kind: FRAME.CANCEL, id: 2, flags: IS_LATE };
  peer.post(late, late);
  expect(heard).toEqual([true, 0]);
  expect(await peer.settled()).toEqual([]);
  end({ much: 1 });
  expect((await peer.settled()).map(({ kind, payloadText }) => [kind, payloadText])).toEqual([
    [FRAME.RESULT, ""],
  ]);
});

test("an event handler gets exactly two arguments, and neither is null", async () => {
  const peer = new Peer();
  await peer.configured();
  const seen: unknown[][] = [];
  const handler = ((...args: unknown[]) => seen.push(args)) as EventCallback;
  const subscribing = peer.host.subscribe("a/*", handler, '{"ack":"manual"}', null);
  const { id, target, head } = await peer.next(FRAME.SUBSCRIBE);
  expect(JSON.parse(head)).toEqual({ pattern: "a/*", options: { ack: "manual" } });
  peer.post({ kind: FRAME.RESULT, id, head: '{"subscription":5}' });
  expect(await subscribing).toBe(1); // a number of this side's own
  const event = '{"id":9,"topic":"default:a/b","timestamp":1}';
  peer.post(
    { kind: FRAME.EVENT, target, id: 2, head: event, payload: [1, '{"type":"Connected"}'] },
    { kind: FRAME.EVENT, target, id: 4, head: event, payload: [3, new Uint8Array([1, 2])] },
    { kind: FRAME.EVENT, target, id: 6, head: event, payload: [1, '"text"'] },
  );
  expect(seen.map((args) => [args.length, args[0]])).toEqual([
    [2, { type: "Connected" }],
    [2, new Uint8Array([1, 2])],
    [2, "text"],
  ]);
  const infos = seen.map((args) => args[1] as { topic(): string });
  expect(infos.map((info) => info.topic())).toEqual(Array(3).fill("default:a/b"));
  const ran = (await peer.settled()).filter(({ kind }) => kind === FRAME.RAN);
  expect(ran.map(({ target }) => target)).toEqual([3]);
});

test("one handler that throws does not take the others' events", async () => {
  const peer = new Peer();
  await peer.configured();
  const seen: unknown[] = [];
  const { events } = await added(peer, {
    events: {
      "a/b": (n) => {
        seen.push(n);
        if (Number(n) % 10 === 0) {
          throw new Error(`no ${n}`);
        }
      },
    },
  });
  const head = '{"id":1,"topic":"a/b","timestamp":1}';
  const target = events?.["a/b"] ?? 0;
  const frames = Array.from({ length: 1_000 }, (_, n) => ({
    kind: FRAME.EVENT,
    target,
    id: peer.id(),
    head,
    payload: [1, `${n}`] as const,
  }));
  peer.post(...frames);
  const answers = await peer.settled();
  while (seen.length < frames.length) {
    answers.push(...(await peer.settled())); // not longer than 8 ms at a time
  }
  answers.push(...(await peer.settled()));
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  expect(answers.filter(({ kind }) => kind === FRAME.RESULT).length).toBe(900);
  expect(answers.filter(({ kind }) => kind === FRAME.ERROR).length).toBe(100);
  const ran = answers.filter(({ kind }) => kind === FRAME.RAN);
  expect(ran.reduce((sum, { target }) => sum + target, 0)).toBe(1_000);
});

test("what is acknowledged by hand is answered then, once", async () => {
  const peer = new Peer();
  await peer.configured();
  const infos: Parameters<EventCallback>[1][] = [];
  const { events } = await added(peer, { events: { x: (_, info) => infos.push(info) } });
  const head = '{"id":1,"topic":"x","timestamp":1,"manual":true,"meta":{"m":"1"},"attempt":2}';
  const post = (id: number): void =>
    peer.post({ kind: FRAME.EVENT, target: events?.["x"] ?? 0, id, head, payload: [1, "1"] });
  post(2);
  post(4);
  expect(kinds(await peer.settled())).toEqual([FRAME.RAN, FRAME.RAN]);
  expect([infos[0]?.isManual(), infos[0]?.attempt()]).toEqual([true, 2]);
  infos[0]?.ack();
  infos[0]?.nack('{"code":"HANDLER_FAILED","message":"no"}');
  infos[1]?.nack('{"code":"HANDLER_FAILED","message":"no"}');
  const answers = await peer.settled();
  expect(answers.map(({ kind, id, head }) => [kind, id, head])).toEqual([
    [FRAME.RESULT, 2, ""],
    [FRAME.ERROR, 4, '{"nack":true}'],
  ]);
});

test("what a handler asks says whose handler it is, and afterwards what goes on from it", async () => {
  const peer = new Peer();
  await peer.configured();
  const calls: Parameters<NonNullable<HostHandlers["actions"][string]>>[0][] = [];
  const { actions } = await added(peer, { actions: { a: (call) => void calls.push(call) } }, [
    { name: "a", params: null },
  ]);
  const target = actions?.["a"] ?? 0;
  peer.post({ kind: FRAME.INVOKE, target, id: 2, head: '{"meta":{"m":"1"}}' });
  await peer.settled();
  const within = calls[0] ?? null;
  void peer.host.publish("t", "value", 1, '{"ack":"handled"}', within);
  expect(JSON.parse((await peer.next(FRAME.PUBLISH)).head)).toEqual({
    topic: "t",
    options: { ack: "handled", meta: { m: "1" } },
    within: { service: "math" },
  });
  peer.post({ kind: FRAME.INVOKE, target, id: 4 });
  void peer.host.publish("t", "value", 1, null, { servicePath: () => "math" });
  expect(JSON.parse((await peer.next(FRAME.PUBLISH)).head)).toEqual({
    topic: "t",
    within: { service: "math" },
  });
});

test("the configuration is the node's to judge: what it says is said by start", async () => {
  const peer = new Peer();
  peer.host.configure('{"requestTimeout":-1}');
  const adding = failure(
    peer.host.addService('{"path":"a","actions":[]}', { actions: {}, events: {}, sockets: {} }),
  );
  const starting = failure(peer.host.start());
  const [, configure, add, start] = await peer.settled();
  const says = (message: string) => [2, JSON.stringify({ code: "CONFIG", message })] as const;
  peer.post(
    { kind: FRAME.ERROR, id: configure?.id ?? 0, payload: says("requestTimeout: not negative") },
    { kind: FRAME.ERROR, id: add?.id ?? 0, payload: says("not configured") },
    { kind: FRAME.ERROR, id: start?.id ?? 0, payload: says("not configured") },
  );
  expect((await starting).message).toBe("requestTimeout: not negative");
  expect((await adding).message).toBe("requestTimeout: not negative");
});

test("a node of another network is an error of start", async () => {
  const peer = new Peer();
  peer.host.configure('{"networkId":"a"}');
  const { id } = await peer.next(FRAME.CONFIGURE);
  peer.post({ kind: FRAME.RESULT, id, head: '{"networkId":"b"}' });
  const starting = failure(peer.host.start());
  const start = await peer.next(FRAME.START);
  peer.post({ kind: FRAME.RESULT, id: start.id, head: '{"urls":[]}' });
  expect(await starting).toMatchObject({
    code: "CONFIG",
    message: expect.stringMatching(/network "b".*"a"/),
  });
});

test("the program goes on while a node is started or an answer is awaited", async () => {
  const peer = new Peer();
  await peer.configured();
  expect(peer.isReferenced).toBe(false);
  const starting = peer.host.start();
  expect(peer.isReferenced).toBe(true);
  const { id } = await peer.next(FRAME.START);
  peer.post({ kind: FRAME.RESULT, id, head: '{"urls":["http://127.0.0.1:1/"]}' });
  expect(await starting).toBe('["http://127.0.0.1:1/"]');
  expect(peer.isReferenced).toBe(true);
  const stopping = peer.host.stop();
  peer.post({ kind: FRAME.RESULT, id: (await peer.next(FRAME.STOP)).id });
  await stopping;
  expect(peer.isReferenced).toBe(false);
});

test("what onMeta throws is for the log, and the answer is there", async () => {
  const peer = new Peer();
  await peer.configured();
  const onMeta = (): void => {
    throw new Error("no");
  };
  const answer = ask(peer, "math/add", { ...NOBODY, onMeta });
  const { id } = await peer.next(FRAME.REQUEST);
  peer.post({ kind: FRAME.RESULT, id, head: '{"meta":{"a":"1"}}', payload: [1, "3"] });
  expect(await answer).toEqual(["json", "3"]);
  const logged = await peer.next(FRAME.LOG);
  expect(JSON.parse(logged.head).message).toContain("onMeta failed: Error: no");
});

test("an error that no link can carry is answered without what makes it large", async () => {
  const peer = new Peer();
  await peer.configured();
  const { actions } = await added(
    peer,
    {
      actions: {
        fails: () => {
          throw new RunarError("INTERNAL", "no", { data: "x".repeat(70 << 20) });
        },
      },
    },
    [{ name: "fails" }],
  );
  peer.post({ kind: FRAME.INVOKE, target: actions?.["fails"] as number, id: 2 });
  const { id, payloadText } = await peer.next(FRAME.ERROR);
  const { code, message, data } = JSON.parse(payloadText);
  expect([id, code, data]).toEqual([2, "INTERNAL", undefined]);
  expect(message).toMatch(/^no \(the whole error is left out: a message .* has \d+ bytes/);
}, 30_000);

test("a long line of the log goes in pieces, none of which cuts a character", async () => {
  const peer = new Peer();
  await peer.configured();
  const line = `${"x".repeat((128 << 10) - 1)}\u{1f600}${"y".repeat(10)}`;
  peer.host.log("info", "a", line);
  const pieces = (await peer.settled())
    .filter(({ kind }) => kind === FRAME.LOG)
    .map(({ head }) => JSON.parse(head).message as string);
  expect(pieces.map(({ length }) => length)).toEqual([(128 << 10) - 1, 12]);
  expect(pieces.join("")).toBe(line);
});

test("a Map is named parameters, as in a script", async () => {
  const peer = new Peer();
  await peer.configured();
  const { actions } = await added(peer, { actions: { two: (_, ...given) => given } }, [
    { name: "two", params: ["a", "b"] },
  ]);
  const [, given] = codec.encode(new Map([["b", 2]]));
  peer.post({
    kind: FRAME.INVOKE,
    target: actions?.["two"] as number,
    id: 2,
    payload: [2, given as string],
  });
  expect((await peer.next(FRAME.RESULT)).payloadText).toContain("2");
});

test("a service whose schemas are larger than a head is told of", async () => {
  const peer = new Peer();
  await peer.configured();
  const schema = { description: "x".repeat(2 << 20) };
  const definition = JSON.stringify({ path: "math", networkId: "", actions: [], schema });
  const handlers = { actions: {}, events: {}, sockets: {} };
  const adding = peer.host.addService(definition, handlers);
  const { id, payloadText } = await peer.next(FRAME.ADD_SERVICE);
  expect(payloadText === definition).toBe(true);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
});
