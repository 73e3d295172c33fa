// What a node has beside its program: a folder of static files, and the commands of `runar`.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Node } from "runar-ts";
import { afterAll, beforeAll, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../../../runar", import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "runar-commands-"));
const before = { script: process.argv[1] as string, runtime: process.env["XDG_RUNTIME_DIR"] };
let node: Node;
let atStart: string[];

beforeAll(async () => {
  mkdirSync(join(folder, "public"));
  writeFileSync(join(folder, "public", "index.html"), "<h1>beside the program</h1>");
  process.env["XDG_RUNTIME_DIR"] = folder;
  process.argv[1] = join(folder, "app.ts");
  node = new Node({ server: { port: 0 } });
  node.addService({ name: "m", path: "math", actions: { add: (a: number, b: number) => a + b } });
  await node.start();
  atStart = readdirSync(join(folder, "runar"));
  process.argv[1] = before.script;
});
afterAll(async () => {
  await node.stop();
  process.env["XDG_RUNTIME_DIR"] = before.runtime;
  rmSync(folder, { recursive: true });
});

test("the folder public beside the program is served", async () => {
  const answer = await fetch(`${node.urls[0]}/`);
  expect(await answer.text()).toBe("<h1>beside the program</h1>");
});

test("commands reach the node by the process id of its program", async () => {
  const args = ["--no-build", "call", "math/add", "--node", String(process.pid), "--a", "2"];
  const { stdout } = await run(launcher, [...args, "--b", "3"]);
  expect(stdout).toBe("5\n");
});

test("its socket is there as soon as it has started, and gone when it has stopped", async () => {
  expect(atStart).toEqual([`${process.pid}.sock`]);
  await node.stop();
  await expect.poll(() => readdirSync(join(folder, "runar"))).toEqual([]);
});
