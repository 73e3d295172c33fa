// The page of examples/03-chat in a real browser, by two people: they see each other, what they
// write and that they write; names that are none are refused, HTML stays text, and both come back
// when the node starts again.
//
//   node e2e/chat-page.mjs          starts ./runar run examples/03-chat/app.ts --port 0
//   node e2e/chat-page.mjs URL      uses a node that already runs, and leaves out its restart
import assert from "node:assert/strict";
import { check, screenshots, startNode, watch } from "./browser.mjs";

// 504: a request that comes while the node starts may be answered too late.
const AWAY = /WebSocket connection to|ERR_CONNECTION_|status of 50[34]/;

/** A page of one who is not signed in: each has cookies of their own. */
async function openPage(browser, url, viewport = { width: 1100, height: 760 }) {
  const context = await browser.newContext({ viewport });
  return await openTab(context, url, "#door:not([hidden])");
}

/** `allow` says what the next step provokes; any other error in a console is a mistake. */
async function openTab(context, url, shown) {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const allowed = [];
  const allow = (pattern, times) => {
    const one = { pattern, left: times };
    allowed.push(one);
    return () => {
      one.left = 0;
    };
  };
  const problems = watch(page, url, (text) => {
    const one = allowed.find(({ pattern, left }) => left > 0 && pattern.test(text));
    if (one !== undefined) one.left -= 1;
    return one !== undefined;
  });
  await page.goto(url);
  await page.waitForSelector(shown);
  return { page, problems, allow };
}

async function signIn({ page }, name) {
  await page.fill("#name", name);
  await page.press("#name", "Enter");
}

const live = ({ page }) => page.waitForSelector('#state[data-state="live"]');
const member = ({ page }, name) =>
  page.waitForSelector(`#people button:has(span:text-is("${name}"))`);
const message = ({ page }, text) =>
  page.locator("#messages li p", { hasText: text }).first().waitFor();

async function say({ page }, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

async function namesThatAreNoneAreRefused(first, second, url) {
  first.allow(/status of 400/, 6);
  second.allow(/status of 409/, 1);
  for (const name of ["", " ", "<b>Ada</b>", "-ada"]) {
    await signIn(first, name);
    await first.page.waitForFunction(() =>
      document.querySelector("#name-problem").textContent.startsWith("A name has 1 to 24"),
    );
    await first.page.evaluate(() => {
      document.querySelector("#name-problem").textContent = "";
    });
  }
  const status = (name) =>
    first.page.evaluate(async (given) => {
      const body = JSON.stringify({ name: given });
      const headers = { "content-type": "application/json" };
      return (await fetch("/chat/session", { method: "POST", headers, body })).status;
    }, name);
  assert.equal(await status("x".repeat(25)), 400);
  assert.equal(await status(7), 400);
  await signIn(first, "Ada");
  await live(first);
  await signIn(second, "ADA");
  await second.page.waitForFunction(() =>
    document.querySelector("#name-problem").textContent.includes("is here already"),
  );
  assert.ok((await second.page.context().cookies(url)).length === 0);
  await signIn(second, "Bob B.");
  await live(second);
}

async function eachSeesTheOther(first, second) {
  await member(first, "Bob B.");
  await member(first, "Ada (you)");
  await member(second, "Ada");
  await first.page.click('#rooms button:has-text("lobby")'); // is there already: nothing happens
  await member(first, "Bob B.");
  await first.page.waitForFunction(
    () => document.querySelector("#about").textContent === "2 people are here.",
  );
}

async function oneSeesThatTheOtherWrites(first, second) {
  await first.page.focus("#text");
  await first.page.keyboard.type("Good mor");
  await second.page.waitForFunction(
    () => document.querySelector("#typing").textContent === "Ada is writing…",
  );
  assert.equal(await first.page.locator("#typing").textContent(), "");
  await first.page.keyboard.type("ning");
  await first.page.keyboard.press("Enter");
  await message(second, "Good morning");
  await second.page.waitForFunction(() => document.querySelector("#typing").textContent === "");
}

async function whatIsWrittenStaysText(first, second) {
  const html = `<img src=x onerror="document.title='taken'"><b>bold</b> & "quotes"`;
  await say(second, html);
  await message(first, html);
  for (const { page } of [first, second]) {
    assert.equal(await page.locator("#messages img, #messages p b").count(), 0);
    assert.notEqual(await page.title(), "taken");
  }
}

async function whatIsNoMessageIsRefused({ page, allow }) {
  allow(/status of 400/, 3);
  allow(/status of 404/, 1);
  const status = (path, text) =>
    page.evaluate(
      async ([to, body]) => {
        const headers = { "content-type": "application/json" };
        return (await fetch(to, { method: "POST", headers, body })).status;
      },
      [path, JSON.stringify({ text })],
    );
  assert.equal(await status("/chat/rooms/lobby/messages", " \n"), 400);
  assert.equal(await status("/chat/rooms/lobby/messages", "x".repeat(1_001)), 400);
  assert.equal(await status("/chat/rooms/cellar/messages", "hello"), 400);
  assert.equal(await status("/chat/people/nobody/messages", "hello"), 404);
}

async function aMessageForOneIsReadByOne(first, second) {
  await second.page.click('#rooms button:has-text("garden")');
  await second.page.waitForSelector('#title:text-is("# garden")');
  await first.page.locator("#messages .aside", { hasText: "Bob B. has left" }).waitFor();
  await second.page.click('#rooms button:has-text("lobby")');
  await member(first, "Bob B.");
  await message(second, "Good morning");
  await first.page.click('#people button:has-text("Bob B.")');
  await say(first, "Just for you");
  await second.page.waitForSelector('#people button:has-text("Ada") .unread');
  assert.equal(await second.page.locator("#messages p", { hasText: "Just for you" }).count(), 0);
  await second.page.click('#people button:has-text("Ada")');
  await message(second, "Just for you");
  for (const { page } of [first, second]) await page.click('#rooms button:has-text("lobby")');
}

async function anEndpointThatFailsIsAskedAgain({ page, allow }) {
  const noMore = allow(/status of 503/, Number.POSITIVE_INFINITY);
  await page.route("**/pusher/auth", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.click('#rooms button:has-text("workshop")');
  await page.waitForFunction(() =>
    document.querySelector("#about").textContent.endsWith("Trying again."),
  );
  await page.unroute("**/pusher/auth");
  await page.waitForSelector("#people button");
  noMore();
  await page.click('#rooms button:has-text("lobby")');
  await page.waitForSelector("#people button");
}

async function nobodyJoinsAnInboxOfAnother({ page, allow }) {
  allow(/status of 403/, 1);
  const status = await page.evaluate(async () => {
    const body = new URLSearchParams({ socket_id: "1.1", channel_name: "private-inbox-1" });
    return (await fetch("/pusher/auth", { method: "POST", body })).status;
  });
  assert.equal(status, 403);
}

async function bothComeBackAfterARestart(first, second, node) {
  const port = new URL(node.url).port;
  const noMore = [first, second].map(({ allow }) => allow(AWAY, Number.POSITIVE_INFINITY));
  await node.stop();
  for (const { page } of [first, second]) {
    await page.waitForSelector('#state:not([data-state="live"])');
    await page.waitForSelector("#banner:not([hidden])");
  }
  await say(first, "said into the void");
  await first.page.waitForFunction(() =>
    document.querySelector("#not-sent").textContent.startsWith("Not sent:"),
  );
  assert.equal(await first.page.inputValue("#text"), "said into the void");
  await first.page.screenshot({ path: `${screenshots}chat-page-away.png` });
  const again = await startNode("examples/03-chat/app.ts", port);
  try {
    for (const one of [first, second]) {
      await one.page.waitForSelector('#state[data-state="live"]', { timeout: 60_000 });
      await one.page.waitForSelector("#banner", { state: "hidden" });
    }
    await eachSeesTheOther(first, second);
    for (const end of noMore) end();
    await message(first, "Good morning");
    await first.page.press("#text", "Enter");
    await message(second, "said into the void");
    assert.equal(await first.page.locator("#messages p", { hasText: "the void" }).count(), 1);
  } catch (error) {
    await again.stop();
    throw error;
  }
  return again;
}

async function whoLeavesIsSeenToLeave(first, second) {
  await second.page.context().close();
  await first.page.locator("#messages .aside", { hasText: "Bob B. has left" }).last().waitFor();
  await first.page.waitForFunction(() => document.querySelectorAll("#people button").length === 1);
}

async function aPhoneHasItsRoomsBehindAButton(browser, first, url) {
  await say(first, "For the late");
  const phone = await openPage(browser, url, { width: 380, height: 740 });
  await signIn(phone, "Cy");
  await live(phone);
  assert.equal(await phone.page.isVisible("#rooms"), false);
  await phone.page.click("#open-talks");
  await member(phone, "Ada");
  await phone.page.screenshot({ path: `${screenshots}chat-page-phone.png` });
  await phone.page.click("#leave");
  await phone.page.waitForSelector("#door:not([hidden])");
  await first.page.locator("#messages .aside", { hasText: "Cy has left" }).waitFor();
  await signIn(phone, "Cy"); // whose name is free again
  await live(phone);
  await message(phone, "For the late");
  await whoSignsOutIsOutInEveryTab(phone, first, url);
  assert.deepEqual(phone.problems, []);
  await phone.page.context().close();
}

async function whoSignsOutIsOutInEveryTab(one, first, url) {
  const other = await openTab(one.page.context(), url, '#state[data-state="live"]');
  await other.page.click("#leave");
  for (const { page } of [one, other]) await page.waitForSelector("#door:not([hidden])");
  assert.equal(await one.page.textContent("#name-problem"), "You have signed out elsewhere.");
  await first.page.waitForSelector('#people button:has(span:text-is("Cy"))', { state: "detached" });
  assert.deepEqual(other.problems, []);
}

/** A page keeps what was said before it keeps who came and left. */
async function aPageKeepsTheLastEntries({ page }) {
  const counts = await page.evaluate(async () => {
    const { lastOf } = await import("/entries.js");
    const entries = (count, of) => Array.from({ length: count }, (_, id) => ({ ...of, id }));
    const kept = (...parts) => {
      const all = lastOf(parts.flat());
      return [all.length, all.filter((entry) => entry.aside !== undefined).length];
    };
    const aside = { aside: "Ada has come in" };
    return [
      kept(entries(600, aside)),
      kept(entries(601, aside)),
      kept(entries(450, {}), entries(151, aside)),
      kept(entries(601, {})),
      kept(entries(550, {}), entries(51, aside)),
    ];
  });
  assert.deepEqual(counts, [
    [600, 600],
    [500, 500],
    [500, 50],
    [500, 0],
    [500, 0],
  ]);
}

await check("examples/03-chat/app.ts", async (world) => {
  const { browser, node } = world;
  const first = await openPage(browser, node.url);
  const second = await openPage(browser, node.url);
  await second.page.emulateMedia({ colorScheme: "dark" });
  await first.page.screenshot({ path: `${screenshots}chat-page-door.png` });
  await namesThatAreNoneAreRefused(first, second, node.url);
  await eachSeesTheOther(first, second);
  await oneSeesThatTheOtherWrites(first, second);
  await whatIsWrittenStaysText(first, second);
  await whatIsNoMessageIsRefused(first);
  await aMessageForOneIsReadByOne(first, second);
  await nobodyJoinsAnInboxOfAnother(first);
  await aPageKeepsTheLastEntries(first);
  await anEndpointThatFailsIsAskedAgain(second);
  await first.page.screenshot({ path: `${screenshots}chat-page.png` });
  await second.page.screenshot({ path: `${screenshots}chat-page-dark.png` });
  if (!world.isGiven) world.node = await bothComeBackAfterARestart(first, second, node);
  await aPhoneHasItsRoomsBehindAButton(browser, first, world.node.url);
  await whoLeavesIsSeenToLeave(first, second);
  for (const { problems } of [first, second]) assert.deepEqual(problems, []);
  return `chat page: all checks passed at ${world.node.url}; screenshots in target/`;
});
