import assert from "node:assert/strict";
import { test } from "node:test";
import { Node } from "runar-ts";
import "./app.ts";
import { People } from "./people.ts";
import { Talks } from "./talks.ts";

const node = new Node();
const ada = { id: "a1", name: "Ada" };

test("a token is known again, by who has the secret", () => {
  const people = new People("secret");
  const { person, token } = people.signIn("Ada") ?? assert.fail();
  assert.deepEqual(people.of(token), person);
  assert.deepEqual(new People("secret").of(token), person);
  assert.equal(new People("another").of(token), undefined);
  assert.equal(people.of(`${token.slice(0, -1)}x`), undefined);
  assert.equal(people.of("x.y"), undefined);
  assert.equal(people.of(undefined), undefined);
});

test("a name is given once, until its owner leaves", () => {
  const people = new People("secret");
  const { person } = people.signIn("Ada") ?? assert.fail();
  assert.equal(people.signIn("ADA"), undefined);
  people.signOut(person);
  assert.notEqual(people.signIn("ada"), undefined);
});

test("a talk keeps its last 100 messages, in order", () => {
  const talks = new Talks();
  for (let n = 1; n <= 101; n++) talks.say("lobby", ada, `${n}`);
  const kept = talks.of("lobby");
  assert.equal(kept.length, 100);
  assert.equal(kept[0]?.text, "2");
  assert.ok(kept.every((one, n) => n === 0 || one.at > (kept[n - 1]?.at ?? 0)));
  const next = new Talks();
  next.restore(talks.save());
  assert.deepEqual(next.of("lobby"), kept);
});

test("nobody speaks, reads or joins without having signed in", async () => {
  const anonymous = { code: "PERMISSION_DENIED" };
  const asked = { socket_id: "1.1", channel_name: "presence-room-lobby" };
  await assert.rejects(node.request("chat/say", { room: "lobby", text: "hello" }), anonymous);
  await assert.rejects(node.request("chat/inRoom", { room: "lobby" }), anonymous);
  await assert.rejects(node.request("chat/authorize", asked), anonymous);
});

test("what does not fit is refused", async () => {
  const misfit = { code: "INVALID_INPUT" };
  await assert.rejects(node.request("chat/say", { room: "lobby", text: " " }), misfit);
  await assert.rejects(node.request("chat/say", { room: "cellar", text: "hello" }), misfit);
  await assert.rejects(node.request("chat/signIn", { name: "<b>" }), misfit);
  await assert.rejects(
    node.request("chat/authorize", { socket_id: "1", channel_name: "private-inbox-1" }),
    misfit,
  );
});
