// The page of examples/04-messaging in a real browser: what one person writes while the other is
// away waits, and comes in order; who types and what was seen shows.
//
//   node e2e/messaging-page.mjs          starts ./runar run examples/04-messaging/app.ts --port 0
//   node e2e/messaging-page.mjs URL      uses a node that already runs
import assert from "node:assert/strict";
import { check, screenshots, watch } from "./browser.mjs";

await check("examples/04-messaging/app.ts", async ({ browser, node }) => {
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  page.setDefaultTimeout(60_000);
  const problems = watch(page, node.url);

  const of = (user, selector) => page.locator(`[data-user=${user}] ${selector}`);
  const say = async (user, text) => {
    await of(user, "input[name=text]").fill(text);
    await of(user, "input[name=text]").press("Enter");
    await of(user, "li.mine").filter({ hasText: text }).waitFor();
  };
  const state = (user, wanted) => of(user, `.state[data-state=${wanted}]`).waitFor();

  await page.goto(node.url);
  await state("ann", "live");
  await state("bob", "live");
  await say("ann", "Are you coming to the workshop?");
  await of("ann", ".ticks.seen").waitFor();
  await say("bob", "Yes <b>of course</b>");
  await of("ann", "li").filter({ hasText: "Yes <b>of course</b>" }).waitFor();

  await of("bob", ".switch").click();
  await state("bob", "away");
  await say("ann", "Bring the small one");
  await say("ann", "And the long cable");
  assert.equal(await of("ann", ".ticks:not(.seen)").count(), 2);
  await page.screenshot({ path: `${screenshots}messaging-away.png` });
  await of("bob", ".switch").click();
  await of("bob", "li.note").filter({ hasText: "2 had waited" }).waitFor();
  const heard = await of("bob", "li:not(.mine):not(.note)").allInnerTexts();
  assert.deepEqual(
    heard.map((text) => text.split("\n")[0]),
    ["Are you coming to the workshop?", "Bring the small one", "And the long cable"],
  );

  await of("bob", "input[name=text]").pressSequentially("I will");
  await of("ann", ".typing:not([hidden])").waitFor();
  await page.screenshot({ path: `${screenshots}messaging-back.png` });
  assert.deepEqual(problems, []);
  return "the page of 04-messaging: all well";
});
