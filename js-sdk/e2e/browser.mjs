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
