/// <reference types="node" />
import assert from "node:assert/strict";
import { beforeEach, TestNode, test } from "runar-ts/test";
import { makeGuestbook } from "./guestbook.ts";

const guestbook = makeGuestbook();
let node: TestNode;

beforeEach(async () => {
  node = new TestNode();
  node.addService(makeGuestbook);
  await node.start();
});

test("keeps what visitors write", async () => {
  const book = node.client(guestbook);
  await book.sign({ name: "Ann", text: "Hello" });
  await node.clock.advance(60_000);
  await book.sign({ name: "Bob", text: "Hi" });
  const [ann, bob] = await book.latest(2);
  assert.deepEqual([ann?.name, bob?.name], ["Ann", "Bob"]);
  assert.equal((bob?.at ?? 0) - (ann?.at ?? 0), 60_000);
});

test("tells everybody", async () => {
  await node.request("guestbook/sign", { name: "Ann", text: "Hello" });
  const { payload } = node.events.last("guestbook/signed") ?? assert.fail("nothing was published");
  assert.equal((payload as { text: string }).text, "Hello");
});

test("refuses an entry without a name", async () => {
  await assert.rejects(node.request("guestbook/sign", { text: "Hello" }), { code: "INVALID_INPUT" });
});
