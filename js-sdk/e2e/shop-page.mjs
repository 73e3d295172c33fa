// examples/07-node-and-bun in a real browser, in Node.js or Bun: an order of the shop is read in the
// chat, what the chat says of it is seen in the shop, and the pages of 03-chat and 04-messaging do
// all that they do under `runar run`.
//
//   node e2e/shop-page.mjs RUNTIME      the file of a Node.js, 22.18 or newer, or of a Bun
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, screenshots, watch } from "./browser.mjs";

const example = (path) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
const READY_MS = 120_000;
const runtime = resolve(process.argv[2] ?? process.execPath);

/** A program of the example in a process of its own, and what it prints: a name and a URL a line. */
async function start(program, env) {
  const folder = mkdtempSync(join(tmpdir(), "runar-shop-"));
  const child = spawn(runtime, [`--env-file=${env}`, example(`07-node-and-bun/${program}`)], {
    cwd: folder, // where 04-messaging keeps its queues
    env: { ...process.env, RUNAR_SERVER_PORT: "0", SHOP_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const urls = {};
  let printed = "";
  const ready = (async () => {
    for await (const text of child.stdout) {
      printed += text;
      for (const [, name, url] of printed.matchAll(/^(\w+) at (http:\S+)$/gm)) urls[name] = url;
      if (Object.keys(urls).length === 2) break;
    }
  })();
  const late = new Promise((resolve) => setTimeout(resolve, READY_MS).unref());
  await Promise.race([ready, ended, late]);
  if (Object.keys(urls).length < 2) {
    await stop();
    throw new Error(`${program} did not get ready under ${runtime}: ${printed}`);
  }
  return { urls, stop };
}

/** The check of another page at a program that runs. */
async function checkOf(page, url) {
  const script = fileURLToPath(new URL(page, import.meta.url));
  const child = spawn(process.execPath, [script, url], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  assert.equal(code, 0, `${page} failed at ${url}`);
}

async function orderAndChat(browser, urls) {
  const shop = await browser.newPage({ viewport: { width: 1100, height: 700 } });
  const chat = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  for (const page of [shop, chat]) page.setDefaultTimeout(60_000);
  const problems = [watch(shop, urls.shop), watch(chat, urls.chat)];

  await chat.goto(urls.chat);
  await chat.fill("#name", "Wim");
  await chat.press("#name", "Enter");
  await chat.waitForSelector('#state[data-state="live"]');
  await chat.click('#rooms button:has-text("workshop")');
  await chat.waitForSelector('#people button:has(span:text-is("Wim (you)"))');

  await shop.goto(urls.shop);
  await shop.locator("#about", { hasText: "Wim" }).waitFor();
  await shop.fill("[name=customer]", "Ann");
  await shop.fill("[name=item]", "a <b>lamp</b>");
  await shop.press("[name=item]", "Enter");
  await shop.locator("#orders li", { hasText: "in the workshop" }).waitFor();
  const said = chat.locator("#messages li p", { hasText: "#1 is new: a <b>lamp</b>, for Ann" });
  await said.first().waitFor();

  await chat.fill("#text", "#1 is ready");
  await chat.press("#text", "Enter");
  await shop.locator("#orders li.ready", { hasText: "a <b>lamp</b>, for Ann" }).waitFor();
  await shop.locator("#remarks li", { hasText: "#1 is ready" }).waitFor();
  assert.equal(await shop.locator("#remarks li").count(), 1); // and not what the shop said itself
  await shop.screenshot({ path: `${screenshots}shop-page.png` });
  assert.deepEqual(problems, [[], []]);
  for (const page of [shop, chat]) await page.close();
}

async function shopShowsMessaging(browser, urls) {
  const shop = await browser.newPage();
  await shop.goto(urls.shop);
  await shop.locator("#about", { hasText: "ann's page-" }).waitFor();
  assert.match(await shop.textContent("#about"), /messages: [1-9]/);
}

const browser = await launch();
try {
  const chat = await start("chat.ts", example("03-chat/.env"));
  try {
    await orderAndChat(browser, chat.urls);
    await checkOf("chat-page.mjs", chat.urls.chat);
  } finally {
    await chat.stop();
  }
  const messaging = await start("messaging.ts", example("04-messaging/.env"));
  try {
    await checkOf("messaging-page.mjs", messaging.urls.messaging);
    await shopShowsMessaging(browser, messaging.urls);
  } finally {
    await messaging.stop();
  }
  console.log(`07-node-and-bun: all well under ${runtime}`);
} finally {
  await browser.close();
}
