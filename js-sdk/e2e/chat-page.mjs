// The page of examples/03-chat in a real browser, by two people: they see each other, what they
// write and that they write; names that are none are refused, HTML stays text, and both come back
// when the node starts again.
//
//   node e2e/chat-page.mjs          starts ./runar run examples/03-chat/app.ts --port 0
//   node e2e/chat-page.mjs URL      uses a node that already runs, and leaves out its restart
import assert from "node:assert/strict";
import { launch, screenshots, startNode } from "./browser.mjs";

/** Refusals that the checks provoke; anything else in a console is a mistake. */
const EXPECTED = /status of (400|403|404|409|503)|WebSocket connection to|ERR_CONNECTION_REFUSED/;

/** A page of one who is not signed in: each has cookies of their own. */
async function openPage(browser, url, viewport = { width: 1100, height: 760 }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) problems.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector("#door:not([hidden])");
  return { page, problems };
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

async function whatIsNoMessageIsRefused({ page }) {
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

async function anEndpointThatFailsIsAskedAgain({ page }) {
  await page.route("**/pusher/auth", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.click('#rooms button:has-text("workshop")');
  await page.waitForFunction(() =>
    document.querySelector("#about").textContent.endsWith("Trying again."),
  );
  await page.unroute("**/pusher/auth");
  await page.waitForSelector("#people button");
  await page.click('#rooms button:has-text("lobby")');
  await page.waitForSelector("#people button");
}

async function nobodyJoinsAnInboxOfAnother({ page }) {
  const status = await page.evaluate(async () => {
    const body = new URLSearchParams({ socket_id: "1.1", channel_name: "private-inbox-1" });
    return (await fetch("/pusher/auth", { method: "POST", body })).status;
  });
  assert.equal(status, 403);
}

async function bothComeBackAfterARestart(first, second, node) {
  const port = new URL(node.url).port;
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
    await message(first, "Good morning");
    await first.page.press("#text", "Enter");
    await message(second, "said into the void");
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
  assert.deepEqual(phone.problems, []);
  await phone.page.context().close();
}

const given = process.argv[2];
let node =
  given === undefined
    ? await startNode("examples/03-chat/app.ts")
    : { url: given, stop: async () => 0 };
const browser = await launch();
let exitCode = 1;
try {
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
  await anEndpointThatFailsIsAskedAgain(second);
  await first.page.screenshot({ path: `${screenshots}chat-page.png` });
  await second.page.screenshot({ path: `${screenshots}chat-page-dark.png` });
  if (given === undefined) node = await bothComeBackAfterARestart(first, second, node);
  await aPhoneHasItsRoomsBehindAButton(browser, first, node.url);
  await whoLeavesIsSeenToLeave(first, second);
  for (const { problems } of [first, second]) assert.deepEqual(problems, []);
  exitCode = 0;
  console.log(`chat page: all checks passed at ${node.url}; screenshots in target/`);
} catch (error) {
  console.error(error);
} finally {
  await browser.close();
  await node.stop();
}
process.exitCode = exitCode;
