// The node as a child of the program, when one of the two is killed.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Node } from "runar-ts";
import { afterAll, expect, test } from "vitest";
import { built } from "../link/built.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const sdk = built();
afterAll(() => sdk.remove());

/** What `$runtime/status` says. */
interface Status {
  readonly pid: number;
}

const waits = (): Promise<void> => new Promise(() => {});
async function* streams() {
  await waits();
  yield 1;
}

test("a killed node fails all that waits for it, and another one can begin", async () => {
  const first = new Node({ transport: "process", server: { port: 0 } });
  first.addService({ name: "a", path: "a", actions: { waits, streams } });
  await first.start();
  const { pid } = await first.request<Status>("$runtime/status");
  const waiting = [
    first.request("a/waits"),
    first.on("never/comes", { timeout: 60_000 }),
    first.stream("a/streams").next(),
  ].map((promise) => promise.then(() => "kept").catch((error) => [error.code, error.message]));
  await first.request("$runtime/status"); // behind them

  process.kill(pid, "SIGKILL");

  const failed = ["NOT_RUNNING", "the node's process has ended: signal SIGKILL"];
  expect(await Promise.all(waiting)).toEqual([failed, failed, failed]);
  await expect(first.request("a/waits")).rejects.toMatchObject({ code: "NOT_RUNNING" });

  const second = new Node({ transport: "process", server: { port: 0 } });
  second.addService({ name: "a", path: "a", actions: { one: () => 1 } });
  await second.start();
  expect(await second.request("a/one")).toBe(1);
  await second.stop();
}, 60_000);

/** How long a node is still there when the program of a file is killed, in milliseconds. */
async function killed(file: string): Promise<number> {
  const program = spawn(process.execPath, [file], {
    env: { ...process.env, RUNAR_HOME: ROOT },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // The node has the same standard error: its end is the end of both.
  const over = new Promise((resolve) => program.stderr.resume().once("end", resolve));
  await new Promise((resolve) => createInterface(program.stdout).once("line", resolve));
  const begun = performance.now();
  program.kill("SIGKILL");
  await over;
  return performance.now() - begun;
}

test("a killed program takes its node along within a second", async () => {
  const file = join(sdk.folder, "program.mjs");
  writeFileSync(
    file,
    `import { Node } from "runar-ts";
     const node = new Node({ transport: "process", server: { port: 0 } });
     await node.start();
     console.log("started");`,
  );
  let ms: number;
  const tries: number[] = []; // three, since the machine may be busy
  do {
    ms = await killed(file);
    tries.push(ms);
  } while (ms >= 1_000 && tries.length < 3);

  expect(ms, `it was there for ${tries} ms more`).toBeLessThan(1_000);
}, 120_000);
