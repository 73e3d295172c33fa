// The page of examples/01-math in a real browser: events of the script reach two pages, a click
// reaches the script and comes back to both, an action is called, a lost connection heals.
//
//   node e2e/math-page.mjs          starts ./runar run examples/01-math/app.ts --port 0
//   node e2e/math-page.mjs URL      uses a node that already runs
import assert from "node:assert/strict";
import { check, cut, goesThrough, keepSockets, screenshots, watch } from "./browser.mjs";

async function openPage(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  page.setDefaultTimeout(60_000);
  const problems = watch(page, url);
  await keepSockets(page);
  await page.goto(url);
  await page.waitForSelector('#state[data-state="live"]');
  await page.waitForFunction(() => /\d/.test(document.querySelector("#count").textContent));
  return { page, problems };
}

const count = (page) => page.locator("#count").textContent();
const lines = (page) => page.locator("#events li").allTextContents();

async function scriptEventsMoveTheCounter({ page }) {
  const before = await count(page);
  await page.waitForFunction((old) => document.querySelector("#count").textContent !== old, before);
  assert.ok((await lines(page)).some((line) => line.includes("script")));
}

async function aClickReachesTheScriptAndBothPages(first, second) {
  await first.page.click('[data-by="10"]');
  for (const { page } of [first, second]) {
    await page.waitForFunction(() =>
      [...document.querySelectorAll("#events li")].some((line) =>
        line.textContent.includes("+10, page"),
      ),
    );
  }
  const value = (line) => /counter\/value(−?\d+)/.exec(line)?.[1];
  const of = async ({ page }) =>
    value((await lines(page)).find((line) => line.includes("+10, page")) ?? "");
  assert.equal(await of(first), await of(second));
}

async function theFormCallsTheAction(first, second) {
  await first.page.fill("#a", "40");
  await first.page.fill("#b", "2");
  await first.page.click("#sum button");
  await first.page.waitForFunction(() => document.querySelector("#result").textContent === "42");
  await second.page.waitForFunction(() =>
    [...document.querySelectorAll("#events li")].some((line) =>
      line.textContent.includes("40 + 2 = 42"),
    ),
  );
}

async function aLostConnectionHeals({ page }) {
  await goesThrough(page, ["waiting", "live"], () => cut(page));
  await scriptEventsMoveTheCounter({ page });
}

await check("examples/01-math/app.ts", async ({ browser, node }) => {
  const first = await openPage(browser, node.url);
  const second = await openPage(browser, node.url);
  await scriptEventsMoveTheCounter(first);
  await aClickReachesTheScriptAndBothPages(first, second);
  await theFormCallsTheAction(first, second);
  await first.page.screenshot({ path: `${screenshots}math-page.png` });
  await second.page.emulateMedia({ colorScheme: "dark" });
  await second.page.screenshot({ path: `${screenshots}math-page-dark.png` });
  await aLostConnectionHeals(first);
  for (const { problems } of [first, second]) assert.deepEqual(problems, []);
  return `math page: 4 checks passed at ${node.url}; screenshots in target/`;
});
