// runar-ts/client in a real browser, beside the node of examples/01-math: events come, an action is
// called, and a connection that is cut comes back with everything that it had.
//
//   node e2e/client-page.mjs          starts ./runar run examples/01-math/app.ts --port 0
//   node e2e/client-page.mjs URL      uses a node that already runs
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { check } from "./browser.mjs";

/** The client as one script that sets the global `runar`. */
async function bundled() {
  const input = fileURLToPath(new URL("../src/client/index.ts", import.meta.url));
  const bundle = await rolldown({ input });
  const { output } = await bundle.generate({ format: "iife", name: "runar", minify: true });
  return output[0].code;
}

async function session(page, url) {
  await page.goto(url);
  await page.addScriptTag({ content: await bundled() });
  return page.evaluate(async () => {
    const sockets = [];
    class Cut extends WebSocket {
      constructor(...given) {
        super(...given);
        sockets.push(this);
      }
    }
    const states = [];
    const until = async (what, condition) => {
      for (let i = 0; i < 600 && !condition(); i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (!condition()) throw new Error(`${what}: ${states}`);
    };
    const client = runar.connect(`ws://${location.host}/topics`, { WebSocket: Cut });
    client.on("state", (state) => states.push(state));
    const sum = await client.call("math/add", { a: 40, b: 2 });
    const events = [];
    await client.subscribe("counter/value", (event) => events.push(event)).ready;
    await until("no event", () => events.length >= 3);
    const refused = await client.call("math/nothing", null).catch((error) => error.code);
    sockets.at(-1).close();
    await until("not back", () => states.some((it) => it === "resumed" || it === "gapped"));
    const before = events.length;
    await until("no event after that", () => events.length > before);
    client.close();
    const offsets = events.map(({ offset }) => offset);
    return { sum, refused, states, offsets, topics: [...new Set(events.map((it) => it.topic))] };
  });
}

await check("examples/01-math/app.ts", async ({ browser, node }) => {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const { sum, refused, states, offsets, topics } = await session(page, node.url);
  assert.equal(sum, 42);
  assert.equal(refused, "NOT_FOUND");
  assert.deepEqual(topics, ["counter/value"]);
  assert.equal(states[0], "live");
  assert.equal(states.at(-1), "offline");
  // What was missed while it was away is a gap, as the topic remembers nothing; nothing comes twice.
  for (const [index, offset] of offsets.entries()) {
    assert.ok(index === 0 || offset > offsets[index - 1], String(offsets));
  }
  assert.deepEqual(problems, []);
  return "runar-ts/client in a browser: events, calls, a cut connection";
});
