// A node that was stopped, and another one behind it: what was made for the one leaves the other alone.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Context } from "../../src/index.js";
import { FRAME } from "../../src/link/frames.js";
import { kinds, Peer } from "./peer.js";

const peer = new Peer();
Object.defineProperty(globalThis, Symbol.for("runar.host"), { value: peer.host });
const { Node } = await import("../../src/index.js");
type AnyNode = InstanceType<typeof Node>;

const FOLLOWED = {
  code: "NOT_RUNNING",
  message:
    "this node has been stopped or has ended, and a later new Node() has begun another one: " +
    "ask that one",
};

let first: AnyNode;
let context: Context;

/** Answers what has come, of any kind, with what fits all of them. */
async function answered<T>(promise: Promise<T>): Promise<T> {
  for (const { id } of await peer.settled()) {
    peer.post({ kind: FRAME.RESULT, id, head: '{"networkId":"default","urls":[]}' });
  }
  return await promise;
}

beforeEach(async () => {
  first = new Node();
  await answered(Promise.resolve());
  const adding = first.addService({
    name: "m",
    path: "m",
    actions: {
      keep: (_: unknown, ctx: Context) => {
        context = ctx;
      },
    },
  });
  const { id, head } = await peer.next(FRAME.ADD_SERVICE);
  peer.post({ kind: FRAME.RESULT, id });
  await adding;
  peer.post({ kind: FRAME.INVOKE, id: peer.id(), target: JSON.parse(head).actions.keep });
  await peer.settled();
  await answered(first.stop());
});
afterEach(async () => {
  await answered(new Node().stop());
});

test("stop() may be repeated before and after another one has begun, which goes on", async () => {
  await answered(first.stop());
  const second = new Node();
  await answered(Promise.resolve());
  await first.stop();
  expect(await peer.settled()).toEqual([]);
  const receipt = second.publish("t");
  const { id } = await peer.next(FRAME.PUBLISH);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, '{"id":1}'] });
  expect(await receipt).toEqual({ id: 1 });
});

test.each<[string, () => unknown]>([
  ["start", () => first.start()],
  ["addService", () => first.addService({ name: "a", path: "a", actions: {} })],
  ["identify", () => first.identify(() => null)],
  ["removeService", () => first.removeService("m")],
  ["request", () => first.request("m/keep")],
  ["a typed client", () => first.client<{ keep(): Promise<void> }>("m").keep()],
  ["stream", () => first.stream("m/keep").next()],
  ["publish", () => first.publish("t")],
  ["subscribe", () => first.subscribe("t", () => undefined)],
  ["unsubscribe", () => first.unsubscribe(1)],
  ["on", () => first.on("t")],
  ["once", () => first.once("t")],
  ["clearRetainedEventsMatching", () => first.clearRetainedEventsMatching(">")],
  ["broker.topic", async () => first.broker.topic("t")],
  ["broker.session", async () => first.broker.session("s")],
  ["broker.send", async () => first.broker.send("s", 1)],
  ["a group", async () => first.broker.group("g").send(1)],
  ["a channel", () => first.broker.channel("t").history()],
  ["publish of a handler", () => context.publish("t")],
  ["subscribe of a handler", () => context.subscribe("t", () => undefined)],
  ["unsubscribe of a handler", () => context.unsubscribe(1)],
  ["on of a handler", () => context.on("t")],
])("%s of the first is refused, and does not reach the second", async (_, ask) => {
  new Node();
  await answered(Promise.resolve());
  await expect(ask()).rejects.toMatchObject(FOLLOWED);
  expect(kinds(await peer.settled())).toEqual([]);
});

test("what a handler of the first asks is refused, since its call is over", async () => {
  new Node();
  await answered(Promise.resolve());
  await expect(context.request("m/keep")).rejects.toMatchObject({ code: "CANCELLED" });
  await expect((async () => context.stream("m/keep").next())()).rejects.toMatchObject({
    code: "CANCELLED",
  });
  expect(kinds(await peer.settled())).toEqual([]);
});

test("a stream that was not begun yet is not begun on the second", async () => {
  const items = first.stream("m/keep");
  new Node();
  await answered(Promise.resolve());
  await expect(items.next()).rejects.toMatchObject(FOLLOWED);
});

test("two Node objects of one node are one: what one stops, both have", async () => {
  const one = new Node();
  const other = new Node();
  await answered(Promise.resolve());
  const waiting = one.publish("t");
  const { id } = await peer.next(FRAME.PUBLISH);
  peer.post({ kind: FRAME.RESULT, id, payload: [1, '{"id":1}'] });
  expect(await waiting).toEqual({ id: 1 });
  await answered(other.stop());
});
