// What the pages' tests share: a node of this build, and a browser.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const screenshots = fileURLToPath(new URL("../../target/", import.meta.url));
const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: CHROMIUM_ARGS });
}

/**
 * Checks pages by a node at the URL that was given, or one of its own that runs the script; the exit
 * code says how it went. `checks` gets the browser and the node, may put another node in its place,
 * and says what it has shown.
 */
export async function check(script, checks) {
  const given = process.argv[2];
  const world = {
    node: given === undefined ? await startNode(script) : { url: given, stop: async () => 0 },
    isGiven: given !== undefined,
  };
  process.exitCode = 1;
  try {
    world.browser = await launch();
    console.log(await checks(world));
    process.exitCode = 0;
  } catch (error) {
    console.error(error);
  } finally {
    await world.browser?.close();
    await world.node.stop();
  }
}

/** The errors of a page from now on, and what it asks of anyone but its node. */
export function watch(page, url, isAllowed = () => false) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !isAllowed(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) {
      problems.push(`asked ${request.url()}`);
    }
  });
  return problems;
}

/** Keeps the page's connections, so that a test can cut one as a network would. */
export async function keepSockets(page) {
  await page.addInitScript(() => {
    const sockets = [];
    window.__sockets = sockets;
    window.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        sockets.push(this);
      }
    };
  });
}

/** Ends the newest connection of such a page. */
export async function cut(page) {
  await page.evaluate(() => window.__sockets.at(-1).close());
}

/**
 * Does something to a page and waits until its `#state` has been in each of these states, one after
 * the other. A state may be over before Playwright looks again, so the page notes all of them.
 */
export async function goesThrough(page, states, act) {
  await page.evaluate(() => {
    const { dataset } = document.querySelector("#state");
    const noted = [];
    window.__states = noted;
    new MutationObserver(() => noted.push(dataset.state)).observe(
      document.querySelector("#state"),
      { attributeFilter: ["data-state"] },
    );
  });
  await act();
  await page.waitForFunction((wanted) => {
    let at = 0;
    for (const state of window.__states) if (state === wanted[at]) at += 1;
    return at === wanted.length;
  }, states);
}

/** Resolves to the URL of a node that runs the script, when it has printed its ready line. */
export async function startNode(script, port = 0) {
  const child = spawn(process.env.RUNAR ?? "./runar", ["run", script, "--port", String(port)], {
    cwd: root,
    // On a loaded machine a script loads slowly, and how fast is not what these tests are about.
    env: { RUNAR_SUPERVISION_LOAD_TIMEOUT: "240000", ...process.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await new Promise((resolve, reject) => {
    let printed = "";
    const giveUp = setTimeout(() => reject(new Error(`not ready: ${printed}`)), 300_000);
    exited.then((code) => reject(new Error(`runar ended with ${code}: ${printed}`)));
    child.stdout.on("data", (text) => {
      printed += text;
      const line = printed.split("\n").find((one) => one.includes("ready"));
      const found = /http:\/\/[^\s,\]]+/.exec(printed)?.[0];
      if (line !== undefined && found !== undefined) {
        clearTimeout(giveUp);
        resolve(found);
      }
    });
  }).catch((error) => {
    child.kill();
    throw error;
  });
  const stop = async () => {
    child.kill("SIGTERM");
    return await exited;
  };
  return { url, stop };
}
