// The page of examples/05-eeg in a real browser: the signals move, no packet is missed there while a
// viewer that reads too slowly is told of its gaps, the recording stops and starts again, and a lost
// connection heals.
//
//   node e2e/eeg-page.mjs          starts ./runar run examples/05-eeg/app.ts --port 0
//   node e2e/eeg-page.mjs URL      uses a node that already runs
import assert from "node:assert/strict";
import { check, cut, goesThrough, keepSockets, screenshots, watch } from "./browser.mjs";

async function openPage(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
  page.setDefaultTimeout(120_000);
  const problems = watch(page, url);
  await keepSockets(page);
  await page.goto(url);
  await page.waitForSelector('#state[data-state="live"]');
  return { page, problems };
}

const number = (page, id) => page.$eval(`#${id}`, (element) => Number(element.textContent));
const above = (page, id, least) =>
  page.waitForFunction(
    ([one, value]) => Number(document.getElementById(one).textContent) > value,
    [id, least],
  );

/** How much of a canvas is drawn on: in another moment it is drawn otherwise. */
const picture = (page, id) =>
  page.$eval(`#${id}`, (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      drawn += 1;
      sum = (sum * 31 + data[at] + at) % 1_000_000_007;
    }
    return { drawn, sum };
  });

async function theSignalsMove(page) {
  await above(page, "packets", 100);
  const before = await picture(page, "traces");
  assert.ok(before.drawn > 5_000, `${before.drawn} pixels`);
  const packets = await number(page, "packets");
  await above(page, "packets", packets + 10);
  await page.waitForFunction(
    (head) => Number(document.documentElement.dataset.head) > head,
    await page.evaluate(() => Number(document.documentElement.dataset.head)),
  );
  assert.notEqual((await picture(page, "traces")).sum, before.sum);
}

async function theBandsAreShown(page) {
  await page.waitForFunction(() => document.querySelectorAll("#power .band").length === 4);
  await page.waitForFunction(() => /most at \w+, \d+ µV/.test(document.body.textContent));
  assert.ok((await picture(page, "head")).drawn > 5_000);
}

async function theSlowViewerIsToldAndTheOtherMissesNothing(page) {
  await page.waitForFunction(() => Number(document.querySelector("#slow-told").dataset.gaps) >= 2);
  assert.ok((await page.$eval("#slow-told", (told) => Number(told.dataset.missed))) > 0);
  assert.equal(await number(page, "missed"), 0);
  assert.ok((await picture(page, "slow-traces")).drawn > 1_000);
}

async function whatIsShownCanBeChosen(page) {
  await page.selectOption("#shown", "64");
  await page.selectOption("#scale", "100");
  await page.selectOption("#stage", "voltage");
  const packets = await number(page, "packets");
  await above(page, "packets", packets + 40);
  await page.screenshot({ path: `${screenshots}eeg-page-64.png` });
  await page.selectOption("#stage", "filtered");
  await page.selectOption("#shown", "16");
  await page.selectOption("#scale", "50");
}

async function theRecordingStopsAndStartsAgain(page, url) {
  const topics = async () => (await fetch(new URL("/topics", url))).json();
  assert.ok((await topics()).includes("eeg/voltage"));
  await page.click("#toggle");
  await page.waitForSelector('#state[data-state="idle"]');
  const packets = await number(page, "packets");
  await page.click('#toggle:has-text("Start recording")');
  await page.waitForSelector('#state[data-state="live"]');
  await above(page, "packets", packets + 10);
}

async function aLostConnectionHeals(page) {
  await goesThrough(page, ["lost", "live"], () => cut(page));
  const packets = await number(page, "packets");
  await above(page, "packets", packets + 10);
}

await check("examples/05-eeg/app.ts", async ({ browser, node }) => {
  const { page, problems } = await openPage(browser, node.url);
  await theSignalsMove(page);
  await theBandsAreShown(page);
  await theSlowViewerIsToldAndTheOtherMissesNothing(page);
  await page.screenshot({ path: `${screenshots}eeg-page.png` });
  await whatIsShownCanBeChosen(page);
  await theRecordingStopsAndStartsAgain(page, node.url);
  await aLostConnectionHeals(page);
  assert.equal(await number(page, "missed"), 0);
  assert.deepEqual(problems, []);
  return `eeg page: 6 checks passed at ${node.url}; screenshots in target/`;
});
