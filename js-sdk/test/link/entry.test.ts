import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, built } from "./built.js";

let sdk: Built;

beforeAll(() => {
  sdk = built();
}, 60_000);
afterAll(() => sdk.remove());

/** What a program of such a folder writes. */
function run(source: string, env: Record<string, string> = {}): string {
  const file = join(sdk.folder, "program.mjs");
  writeFileSync(file, source);
  const options = { env: { PATH: "/nowhere", ...env }, encoding: "utf8" } as const;
  return execFileSync(process.execPath, [file], { ...options, stdio: "pipe" });
}

const REPORT = `
const seen = [];
process.on("exit", () => console.log(JSON.stringify(seen)));
const { Node, RunarError } = await import("runar-ts");
const fail = (error) => seen.push([error instanceof RunarError, error.code, error.message]);
`;

test("an import starts nothing, and the program ends", () => {
  const out = run(`import { Node } from "runar-ts";
    const busy = /Process|Pipe|Worker|Timeout|Immediate/;
    const begun = process.getActiveResourcesInfo().filter((name) => busy.test(name));
    const host = globalThis[Symbol.for("runar.host")];
    console.log(typeof Node, host.runtime, begun);`);
  expect(out).toBe("function node []\n");
});

test("where there is no Java, or no node, start says all that was looked at", () => {
  const [[isRunar, code, message]] = JSON.parse(
    run(`${REPORT} await new Node({ transport: "process" }).start().catch(fail);`),
  );
  expect([isRunar, code]).toEqual([true, "NOT_RUNNING"]);
  expect(message).toMatch(
    /the node's own files are not here.\n {2}package @runar\/runtime: is not/,
  );
});

test("a wrong configuration is told by the constructor, before anything starts", () => {
  const out = run(
    `${REPORT}
    try { new Node({ prot: 1 }); } catch (error) { fail(error); }
    try { new Node(); } catch (error) { fail(error); }`,
    { RUNAR_TRANSPORT: "pigeon" },
  );
  expect(JSON.parse(out)).toEqual([
    [true, "CONFIG", expect.stringMatching(/^new Node: unknown key "prot"/)],
    [true, "CONFIG", 'the transport must be "auto", "native" or "process", it is "pigeon"'],
  ]);
});

test("a service that could not be added is told, also by a program that never starts its node", () => {
  const source = `
    import { Node } from "runar-ts";
    const node = new Node({ transport: "process" });
    node.addService({ name: "a", path: "a", actions: {} });`;
  expect(() => run(source)).toThrow(/the node's own files are not here/);
});

test("the test kit goes on working, and a node that runs the script has put its own host there", () => {
  const kit = run(`
    import { TestNode } from "runar-ts/test";
    const node = new TestNode({ autoAdvance: true });
    node.addService({ name: "m", path: "m", actions: { add: (a, b) => a + b } });
    await node.start();
    console.log(await node.request("m/add", [1, 2]));`);
  expect(kit).toBe("3\n");
  const own = run(`
    const mine = { registerCodec() {}, configure: () => "mine", beforeLoaded() {} };
    Object.defineProperty(globalThis, Symbol.for("runar.host"), { value: mine });
    const { Node } = await import("runar-ts");
    console.log(new Node().networkId);`);
  expect(own).toBe("mine\n");
});

test("a bundle for browsers has nothing of Node.js in it", async () => {
  const input = join(sdk.folder, "page.mjs");
  writeFileSync(input, 'import { RunarError } from "runar-ts"; console.log(RunarError.name);');
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate();
  expect(output[0].imports).toEqual([]);
  expect(output[0].code).not.toMatch(/["']node:|child_process/);
});

test("the package names the entries", () => {
  const file = new URL("../../package.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8")).exports["."]).toEqual({
    types: "./dist/index.d.ts",
    bun: "./dist/node-entry.js",
    node: "./dist/node-entry.js",
    default: "./dist/index.js",
  });
});
