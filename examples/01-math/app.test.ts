import assert from "node:assert/strict";
import { test } from "node:test";
import { Node } from "runar-ts";
import "./app.ts";

const node = new Node();

test("adds", async () => {
  assert.equal(await node.request("math/add", { a: 5, b: 3 }), 8);
});

test("tells everybody", async () => {
  const result = node.on<{ text: string }>("math/result");
  await node.request("math/multiply", { a: 2, b: 4 });
  assert.equal((await result).payload.text, "2 × 4 = 8");
});

test("refuses what is no number", async () => {
  await assert.rejects(node.request("math/add", { a: "x", b: 3 }), { code: "INVALID_INPUT" });
});
