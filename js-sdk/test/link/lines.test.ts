// The program's own lines for the log: each is written once, by the node or, where it cannot, here.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FRAME } from "../../src/link/frames.js";
import { kinds, Peer } from "./peer.js";

let written: string[];

beforeEach(() => {
  written = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(`${text}`);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const NOTHING = { kind: FRAME.RESULT, head: '{"had":false}' };
const lines = (): string[] => written.map((text) => text.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ""));
const logged = (message: string) =>
  ({
    kind: FRAME.LOG,
    head: JSON.stringify({ level: "warn", logger: "System.err", message }),
  }) as const;

test("what was said just before the program ends is written here", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.host.log("error", "disks", "the disk is full,\nI end \u001b[2J");
  peer.exit(3);
  expect(lines()).toEqual(["error runar.service.disks the disk is full,\n    I end \\x1b[2J\n"]);
});

test("what the node has is not written here, and a question in between is one", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.host.log("info", "a", "one");
  peer.host.log("warn", "a", "two");
  const { id } = await peer.next(FRAME.UNSUBSCRIBE);
  peer.host.log("info", "a", "three");
  expect(kinds(await peer.settled())).toEqual([FRAME.LOG, FRAME.LOG]);
  peer.post({ ...NOTHING, id });
  const [second] = await peer.settled();
  expect(second?.kind).toBe(FRAME.UNSUBSCRIBE);
  peer.exit(0);
  expect(lines()).toEqual(["warn  runar.service.a two\n", "info  runar.service.a three\n"]);
});

test("what comes late shows that the node has a line, and what it has printed comes first", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.host.log("info", "a", "one");
  const { id } = await peer.next(FRAME.UNSUBSCRIBE);
  peer.unread.push(logged("one, of the node"), { ...NOTHING, id });
  peer.left.push(logged("a hook"));
  peer.host.log("info", "a", "two");
  peer.exit(0);
  peer.host.log("info", "a", "three, in an exit handler of the program");
  expect(lines()).toEqual([
    "one, of the node\n",
    "info  runar.service.a two\n",
    "a hook\n",
    "info  runar.service.a three, in an exit handler of the program\n",
  ]);
});

test("what waits behind a busy turn is printed, too", async () => {
  const peer = new Peer();
  await peer.configured();
  vi.mocked(process.stderr.write).mockImplementationOnce((text) => {
    written.push(`${text}`);
    peer.exit(0); // as a handler that ends the program in the middle of a batch
    return true;
  });
  const until = performance.now() + 20;
  const subscribing = peer.host.subscribe(
    "t",
    () => {
      while (performance.now() < until);
    },
    null,
  );
  const { id, target } = await peer.next(FRAME.SUBSCRIBE);
  peer.post({ kind: FRAME.RESULT, id, head: '{"subscription":1}' });
  await subscribing;
  const head = '{"id":1,"topic":"t","timestamp":1}';
  peer.post({ kind: FRAME.EVENT, target, id: 2, head }, logged("one"), logged("two"));
  await peer.settled();
  expect(written.slice(0, 2)).toEqual(["one\n", "two\n"]);
});

test("a worker's lines go to the node, which goes on", async () => {
  const peer = new Peer();
  peer.outlives = true;
  await peer.configured();
  await peer.settled();
  peer.host.log("info", "a", "one");
  peer.exit(0);
  expect(peer.came.map(({ kind }) => kind)).toEqual([FRAME.LOG, FRAME.UNSUBSCRIBE]);
  expect(written).toEqual([]);
});

test("when the node is gone, what it may not have is written", async () => {
  const peer = new Peer();
  await peer.configured();
  peer.host.log("info", "a", "one");
  await peer.settled();
  peer.end("exit code 1");
  peer.host.log("info", "a", "two");
  expect(lines()).toEqual(["info  runar.service.a one\n", "info  runar.service.a two\n"]);
});

test.each([
  ["its default", {}, undefined, ["info ", "error"]],
  ["the configuration", { logging: { level: "debug" } }, undefined, ["debug", "info ", "error"]],
  ["the environment", { logging: { level: "debug" } }, "error", ["error"]],
  ["nothing", { logging: { level: "off" } }, undefined, []],
])("a line below the level of %s is not written", async (_, config, variable, wanted) => {
  if (variable !== undefined) {
    vi.stubEnv("RUNAR_LOGGING_LEVEL", variable);
  }
  const peer = new Peer();
  await peer.configured(config);
  for (const level of ["debug", "info", "error"] as const) {
    peer.host.log(level, "a", "said");
  }
  peer.exit(0);
  expect(lines().map((line) => line.slice(0, 5))).toEqual(wanted);
});

test("what is kept is bounded, and what is not kept is counted", async () => {
  const peer = new Peer();
  await peer.configured();
  for (let i = 0; i < 100; i++) {
    peer.host.log("info", "a", `${i} ${"x".repeat(20_000)}`);
  }
  peer.exit(0);
  const [first = "", ...rest] = lines();
  const missing = Number(/^(\d+) lines of the log before these may be missing\n$/.exec(first)?.[1]);
  expect(missing).toBeGreaterThan(30);
  expect(missing + rest.length).toBe(100);
  expect(rest[0]).toMatch(new RegExp(`^info {2}runar\\.service\\.a ${missing} x+…\n$`));
});

test("what could not be delivered when the program ends is counted, and said", async () => {
  const peer = new Peer();
  await peer.configured();
  await peer.settled();
  const message = '{"level":"info","logger":"System.out","message":"a"}';
  peer.unread.push({ kind: FRAME.EVENT, id: 2 }, { kind: FRAME.ROOM, id: 4 });
  peer.left.push({ kind: FRAME.INVOKE, id: 6 }, { kind: FRAME.LOG, head: message });
  peer.untaken = 2;
  void peer.host.publish("t", "value", 1, null);
  peer.host.log("info", "a", "this is written");
  peer.exit(0);
  expect(lines()).toEqual([
    "info  runar.service.a this is written\n",
    "runar: the program has ended with 2 callbacks that had not begun, and 3 messages that had " +
      "not got to the node\n",
  ]);
});

test("a program that leaves nothing behind says nothing", async () => {
  const peer = new Peer();
  await peer.configured();
  await peer.settled();
  peer.unread.push({ kind: FRAME.RESULT, id: 99 }, { kind: FRAME.CANCEL, id: 4 });
  peer.exit(0);
  expect(written).toEqual([]);
});
