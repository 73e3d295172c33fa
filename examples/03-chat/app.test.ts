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
  const { person, token } = entered(people.signIn("Ada"));
  assert.deepEqual(people.of(token), person);
  assert.deepEqual(new People("secret").of(token), person);
  assert.equal(new People("another").of(token), undefined);
  assert.equal(people.of(`${token.slice(0, -1)}x`), undefined);
  assert.equal(people.of("x.y"), undefined);
  assert.equal(people.of(undefined), undefined);
});

test("a name is given once, until its owner leaves", () => {
  const people = new People("secret");
  const { person } = entered(people.signIn("Ada"));
  assert.equal(people.signIn("ADA"), "taken");
  people.signOut(person);
  entered(people.signIn("ada"));
  people.signOut(person); // again: it is not theirs any more
  assert.equal(people.signIn("Ada"), "taken");
});

test("who has signed out is out, with a copied token too", () => {
  const people = new People("secret");
  const { person, token } = entered(people.signIn("Ada"));
  people.signOut(person);
  assert.equal(people.of(token), undefined);
  assert.equal(people.byId(person.id), undefined);
  const next = new People("secret");
  next.restore(people.save());
  assert.equal(next.of(token), undefined);
});

test("a name that was taken while nobody remembered it has one owner", () => {
  const { token } = entered(new People("secret").signIn("Ada"));
  const people = new People("secret");
  const other = entered(people.signIn("ada"));
  assert.equal(people.of(token), undefined);
  people.signOut(other.person);
  assert.equal(people.of(token)?.name, "Ada");
});

test("nobody is pushed out by those who come later", () => {
  const people = new People("secret", 2);
  const ada = entered(people.signIn("Ada"));
  people.signOut(entered(people.signIn("Bob")).person);
  assert.equal(people.signIn("Cy"), "full");
  assert.deepEqual(people.of(ada.token), ada.person);
  const { token } = entered(new People("secret").signIn("Dee"));
  assert.equal(people.of(token), undefined);
});

test("a talk keeps its last 100 messages, in order", () => {
  const talks = new Talks();
  const messages = Array.from({ length: 101 }, (_, n) => talks.message(ada, `${n + 1}`));
  for (const message of [...messages].reverse()) talks.add("lobby", message);
  assert.deepEqual(talks.of("lobby"), messages.slice(1));
  assert.ok(messages.every(({ at }, n) => n === 0 || at > (messages[n - 1]?.at ?? 0)));
  const next = new Talks();
  next.restore(talks.save());
  assert.deepEqual(next.of("lobby"), messages.slice(1));
  assert.ok(next.message(ada, "later").at > (messages.at(-1)?.at ?? 0));
});

test("nobody speaks, reads or joins without having signed in", async () => {
  const anonymous = { code: "PERMISSION_DENIED" };
  const asked = { socket_id: "1.1", channel_name: "presence-room-lobby" };
  await assert.rejects(node.request("chat/say", { room: "lobby", text: "hello" }), anonymous);
  await assert.rejects(node.request("chat/inRoom", { room: "lobby" }), anonymous);
  await assert.rejects(node.request("chat/authorize", asked), anonymous);
  await assert.rejects(node.request("chat/authenticate", { socket_id: "1.1" }), anonymous);
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

function entered(outcome: ReturnType<People["signIn"]>) {
  return typeof outcome === "string" ? assert.fail(outcome) : outcome;
}
