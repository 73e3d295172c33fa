// Programs that stop their node, which end here as they do under `runar run`: the same programs with
// the same expectations are in its test, StoppedByItsScriptTest.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Programs } from "./run.js";

interface Program {
  readonly name: string;
  readonly script: readonly string[];
  readonly prints: readonly string[];
  readonly code: number;
  readonly error?: string;
}

const all = JSON.parse(
  readFileSync(new URL("../ends.json", import.meta.url), "utf8"),
) as readonly Program[];
const NODE = "import { Node } from 'runar-ts'; const node = new Node();";

let programs: Programs;

beforeAll(() => {
  programs = new Programs();
}, 60_000);
afterAll(() => programs.remove());

for (const { name, script, prints, code, error } of all) {
  test(`a program that ${name}`, async () => {
    const file = programs.app("app.mjs", [NODE, ...script, ""].join("\n"));
    const ended = await programs.run(file);
    expect([ended.code, ended.signal], ended.stderr).toEqual([code, null]);
    expect(ended.stdout).toBe(prints.map((line) => `${line}\n`).join(""));
    expect(ended.stderr).toContain(error ?? "");
    if (error === undefined) {
      expect(ended.stderr).toBe("");
    }
  });
}
