import assert from "node:assert/strict";
import { test } from "node:test";
import { SocketRefusedError, TestNode, type TestSocket } from "runar-ts/test";
import { QueueDirectory } from "./directory.ts";
import { HkdfKeys, seal, unseal } from "./keys.ts";
import { messaging, type Needs } from "./messaging.ts";
import { Tokens } from "./tokens.ts";

const SECRET = "a secret of thirty-two characters";
const tokens = new Tokens(SECRET);
const FOREVER = Date.UTC(2100, 0, 1);

/** A node with the conversation `c1` of Ann and Bob, and a conversation `c2` of Cy. */
async function started(): Promise<TestNode> {
  const node = new TestNode();
  const directory = new QueueDirectory(node);
  const keys = new HkdfKeys(SECRET);
  node.addService(messaging({ node, tokens, directory, keys, hasLogin: true }));
  await node.start();
  await directory.add("c1", "ann");
  await directory.add("c1", "bob");
  await directory.add("c2", "cy");
  return node;
}

function connect(node: TestNode, user: string, client = "phone", conversation = "c1") {
  const token = tokens.make(user, FOREVER);
  return node.connect("/ws", { query: { token, client, conversation } });
}

async function send(node: TestNode, texts: string[], conversation = "c1"): Promise<void> {
  for (const text of texts) {
    const keys = new HkdfKeys(SECRET);
    const sealed = seal(keys.keyOf(conversation), conversation, text);
    const message = { id: text, from: "ann", sent_at: 0, sealed };
    await node.broker.offline(conversation).publish(message);
  }
}

interface Frame {
  readonly type: string;
  readonly msg: number;
  readonly text: string;
  readonly code: string;
}

/** What a client has got since it was asked last. */
async function got(node: TestNode, client: TestSocket): Promise<Frame[]> {
  await node.settled();
  const frames = client.json as Frame[];
  client.received.length = 0;
  return frames;
}

const texts = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type === "Message").map(({ text }) => text);

test("S1-1 a frame that is none is answered with an error, and the socket lives", async () => {
  const node = await started();
  const ann = await connect(node, "ann");
  const codes: string[] = [];
  for (const frame of [
    "no json",
    "[]",
    '{"type":"Nope"}',
    '{"type":"toString"}',
    '{"type":"Ack"}',
    '{"type":"Ack","msg":"1"}',
    '{"type":"Ack","msg":1,"more":true}',
    '{"type":"Typing","conversation_id":"c1"}',
  ]) {
    ann.send(frame);
    codes.push(...(await got(node, ann)).map(({ code }) => code));
  }
  const bad = "MALFORMED MALFORMED UNKNOWN UNKNOWN INVALID INVALID INVALID INVALID";
  assert.deepEqual(codes, bad.split(" "));
  ann.send({ type: "GetUnacked" });
  assert.deepEqual(await got(node, ann), [{ type: "Unacked", given: 0 }]);
  assert.equal(ann.closed, undefined);
});

test("S1-2 who types for another conversation or person is not heard, and counted", async () => {
  const node = await started();
  const ann = await connect(node, "ann");
  const bob = await connect(node, "bob");
  ann.send({ type: "Typing", conversation_id: "c2", user_id: "ann" });
  ann.send({ type: "Typing", conversation_id: "c1", user_id: "bob" });
  assert.deepEqual(await got(node, ann), []);
  assert.deepEqual(await got(node, bob), []);
  const counts = await node.request<Record<string, number>>("messaging/counts");
  assert.equal(counts.typing_for_others, 2);
});

test("S1-3 the others of the conversation learn who types", async () => {
  const node = await started();
  const ann = await connect(node, "ann");
  const [phone, laptop, cy] = [
    await connect(node, "bob", "phone"),
    await connect(node, "bob", "laptop"),
    await connect(node, "cy", "phone", "c2"),
  ];
  ann.send({ type: "Typing", conversation_id: "c1", user_id: "ann" });
  const typing = { type: "TypingStarted", conversation_id: "c1", user_id: "ann" };
  assert.deepEqual(await got(node, phone), [typing]);
  assert.deepEqual(await got(node, laptop), [typing]);
  assert.deepEqual(await got(node, ann), []);
  assert.deepEqual(await got(node, cy), []);
});

test("S1-4 nobody is let in without a token and a seat", async () => {
  const node = await started();
  const status = async (query: Record<string, string>): Promise<number> => {
    const error: unknown = await node.connect("/ws", { query }).catch((error: unknown) => error);
    return error instanceof SocketRefusedError ? error.status : 101;
  };
  const token = tokens.make("ann", FOREVER);
  const rest = { conversation: "c1", client: "phone" };
  assert.equal(await status({ ...rest }), 401);
  assert.equal(await status({ ...rest, token: `${token.slice(0, -1)}x` }), 401);
  assert.equal(await status({ ...rest, token: tokens.make("ann", 1) }), 401);
  assert.equal(await status({ ...rest, token: tokens.make("cy", FOREVER) }), 403);
  assert.equal(await status({ ...rest, token, conversation: "c3" }), 403);
  assert.equal(await status({ ...rest, token, client: "" }), 400);
  assert.equal(await status({ ...rest, token }), 101);
});

test("S1-5 what came while a client was away waits for it alone, until it acknowledges", async () => {
  const node = await started();
  (await connect(node, "bob", "phone")).close();
  (await connect(node, "bob", "laptop")).close();
  await send(node, ["one", "two", "three"]);
  const phone = await connect(node, "bob", "phone");
  const laptop = await connect(node, "bob", "laptop");
  phone.send({ type: "GetUnacked" });
  const first = await got(node, phone);
  assert.deepEqual(texts(first), ["one", "two", "three"]);
  assert.deepEqual(first.at(-1), { type: "Unacked", given: 3 });
  assert.deepEqual(await got(node, laptop), []);

  phone.send({ type: "Ack", msg: first[0]?.msg });
  phone.send({ type: "Ack", msg: 999 });
  assert.deepEqual(await got(node, phone), [
    { type: "Acked", msg: first[0]?.msg, level: "MEMORY" },
    { type: "Acked", msg: 999, level: null },
  ]);
  phone.close(1006);
  const again = await connect(node, "bob", "phone");
  again.send({ type: "GetUnacked" });
  laptop.send({ type: "GetUnacked" });
  assert.deepEqual(texts(await got(node, again)), ["two", "three"]);
  assert.deepEqual(texts(await got(node, laptop)), ["one", "two", "three"]);
});

test("S1-5 who has sent a message learns that it was seen", async () => {
  const node = await started();
  const ann = await connect(node, "ann");
  const bob = await connect(node, "bob");
  await send(node, ["hello"]);
  bob.send({ type: "GetUnacked" });
  const [message] = await got(node, bob);
  bob.send({ type: "Ack", msg: message?.msg });
  assert.deepEqual(await got(node, ann), [{ type: "Seen", id: "hello", user_id: "bob" }]);
});

test("S1-7 without a secret or a part of what it needs there is no service", () => {
  assert.throws(() => new Tokens(undefined), /MESSAGING_SECRET is missing/);
  assert.throws(() => new HkdfKeys(""), /no secret/);
  assert.throws(() => messaging({} as Needs), /needs node/);
});

test("S1-9 a failing frame ends neither its socket nor another", async () => {
  const node = await started();
  const bob = await connect(node, "bob");
  const cy = await connect(node, "cy", "phone", "c2");
  await node.broker.offline("c1").client("bob", "phone").leave(); // an administrator's mistake
  bob.send({ type: "GetUnacked" });
  assert.deepEqual(
    (await got(node, bob)).map(({ code }) => code),
    ["FAILED"],
  );
  await node.broker.offline("c1").client("bob", "phone").join();
  bob.send({ type: "GetUnacked" });
  cy.send({ type: "GetUnacked" });
  assert.equal((await got(node, bob)).at(-1)?.type, "Unacked");
  assert.equal((await got(node, cy)).at(-1)?.type, "Unacked");
});

test("S1-9 a message that cannot be read does not hold up the next", async () => {
  const node = await started();
  const bob = await connect(node, "bob");
  const sealed = seal(new HkdfKeys("another secret").keyOf("c1"), "c1", "unreadable");
  await node.broker.offline("c1").publish({ id: "x", from: "ann", sent_at: 0, sealed });
  await send(node, ["next"]);
  bob.send({ type: "GetUnacked" });
  const kinds = (await got(node, bob)).map(({ type }) => type);
  assert.deepEqual(kinds, ["Damaged", "Message", "Unacked"]);
});

test("S1-11 frames of all kinds are answered in the order in which they came", async () => {
  const node = await started();
  (await connect(node, "bob")).close();
  await send(node, ["one", "two"]);
  const bob = await connect(node, "bob");
  for (let round = 0; round < 5; round++) {
    bob.send({ type: "GetUnacked" });
    bob.send({ type: "Typing", conversation_id: "c1", user_id: "bob" });
    bob.send({ type: "Ack", msg: 900 + round });
  }
  const kinds = (await got(node, bob)).map(({ type, msg }) => (type === "Acked" ? msg : type));
  const expected: (string | number)[] = [];
  for (let round = 0; round < 5; round++) {
    expected.push("Message", "Message", "Unacked", 900 + round);
  }
  assert.deepEqual(kinds, expected);
});

test("S1-12 binary frames are refused politely", async () => {
  const node = await started();
  const ann = await connect(node, "ann");
  ann.send(new Uint8Array([1, 2, 3]));
  assert.deepEqual(await got(node, ann), [
    { type: "Error", code: "BINARY", message: "send text frames only" },
  ]);
  assert.equal(ann.closed, undefined);
});

test("S1-13 what a session holds is bounded, and reported", { timeout: 120_000 }, async () => {
  const node = await started();
  (await connect(node, "bob")).close();
  await send(
    node,
    Array.from({ length: 66 }, (_, n) => `message ${n}`),
  );
  const bob = await connect(node, "bob");
  bob.send({ type: "GetUnacked" });
  const first = await got(node, bob);
  assert.equal(texts(first).length, 64);
  assert.equal((await node.request<Record<string, number>>("messaging/counts")).held_by_one, 64);
  for (const { msg } of first.slice(0, 3)) bob.send({ type: "Ack", msg });
  assert.deepEqual(texts(await got(node, bob)), ["message 64", "message 65"]);

  for (let n = 0; n < 70; n++) bob.send({ type: "Ack", msg: 900 });
  const codes = (await got(node, bob)).map(({ type, code }) => code ?? type);
  assert.equal(codes.filter((code) => code === "BUSY").length > 0, true);
  assert.equal(codes.length, 70);
});

test("S1-14 a conversation always has the same key, and another has another", () => {
  const hex = (secret: string, conversation: string) =>
    Buffer.from(new HkdfKeys(secret).keyOf(conversation)).toString("hex");
  assert.equal(hex(SECRET, "c1"), hex(SECRET, "c1"));
  assert.notEqual(hex(SECRET, "c1"), hex(SECRET, "c2"));
  assert.notEqual(hex(SECRET, "c1"), hex("another", "c1"));
  assert.equal(hex(SECRET, "c1").length, 64);
  const key = new HkdfKeys(SECRET).keyOf("c1");
  const sealed = seal(key, "c1", "hello");
  assert.equal(unseal(key, "c1", sealed), "hello");
  assert.throws(() => unseal(key, "c2", sealed));
  assert.notEqual(seal(key, "c1", "hello"), sealed);
});
