// bun test: `resolves` runs an event loop of its own within the test (T15).
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Node } from "./sdk.mjs";

const node = new Node();
node.addService({ name: "m", path: "m", actions: { add: (a, b) => a + b } });
beforeAll(() => node.start(), 60_000);
afterAll(() => node.stop(), 60_000);

test("a promise of the node is settled within a nested loop", async () => {
  for (let i = 0; i < 200; i++) {
    await expect(node.request("m/add", [i, 1])).resolves.toBe(i + 1);
    await expect(node.request("m/none")).rejects.toThrow("m/none");
  }
}, 60_000);
