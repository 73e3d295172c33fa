// A node in the process of the program: how that lives and ends. Each test runs a program of
// ./programs in a process of its own, on Node.js or on what RUNAR_RUNTIME names.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { isBun, Programs, versions } from "./run.js";

/** The addon's word when Java has not ended within RUNAR_STOP_MS. */
const LATE = "without waiting any longer";

let programs: Programs;

beforeAll(() => {
  programs = new Programs();
}, 60_000);
afterAll(() => programs.remove());
afterEach(() => expect(programs.crashes()).toEqual([]));

const WAYS: readonly (readonly [way: string, code: number | null, signal: string | null])[] = [
  ["idle", 2, null],
  ["stopped", 2, null],
  ["exit", 3, null],
  ["throw", 1, null],
  ["java", 5, null],
  ["sigterm", 143, null],
  ["sigterm-default", null, "SIGTERM"],
];

for (const [way, code, signal] of WAYS) {
  for (const load of way === "idle" ? ["quiet"] : ["quiet", "flood"]) {
    test(`a program that ends by ${way}, ${load}, ends so, and Java's hooks run`, async () => {
      const file = programs.file(`hook-${way}-${load}`);
      const run = () => programs.run("ends.mjs", [way, load, file]);
      let ended = await run();
      for (let tries = 1; tries < 3 && ended.stderr.includes(LATE); tries++) {
        ended = await run(); // the machine may be busy
      }
      expect([ended.code, ended.signal], ended.stderr).toEqual([code, signal]);
      if (signal === null) {
        expect(programs.read(file)).toBe("ran");
        expect(ended.stdout + ended.stderr).toContain("the hook prints");
        expect(ended.stderr).not.toContain(LATE);
        const { ending } = ended.said as { readonly ending: number };
        expect(ended.at - ending).toBeLessThan(3_000);
      }
    });
  }
}

test("what Java prints comes line by line, each once and in order", async () => {
  const { code, said, stdout, stderr } = await programs.run("prints.mjs", ["20000"]);
  expect(said, stderr).toEqual({ came: 20_000 });
  const lines = stdout.split("\n").filter((line) => line.startsWith("line "));
  expect([code, lines.length], stderr).toEqual([0, 20_000]);
  expect(lines).toEqual(Array.from({ length: 20_000 }, (_, n) => `line ${n} é`));
});

for (const transport of ["native", "process"]) {
  test.each([
    ["exit", 3, ["the disk is full"]],
    ["throw", 1, ["the disk is full", "so I end"]],
  ])(`the last words of a program are in the log, ${transport}: %s`, async (way, code, words) => {
    const env = { RUNAR_TRANSPORT: transport };
    const ended = await programs.run("logs.mjs", [way], env);
    expect(ended.code, ended.stderr).toBe(code);
    const lines = ended.stderr.match(/(?<= error runar\.service\.disks ).*/g) ?? [];
    expect([...new Set(lines)], ended.stderr).toEqual(words); // one that is on its way comes twice
  });
}

test("a second new Node() after stop() begins another one on the same Java machine", async () => {
  const { code, said, stderr } = await programs.run("again.mjs");
  expect([code, said], stderr).toEqual([
    0,
    [
      ["net1", 2, true],
      ["net2", 4, true],
      ["net3", 6, true],
    ],
  ]);
});

test("a started node alone keeps the program, until it stops", async () => {
  const { code, said, stderr } = await programs.run("waits.mjs");
  expect([code, said], stderr).toEqual([0, "stopped"]);
});

test("a flood leaves timers their turn", async () => {
  const { code, said, stderr } = await programs.run("turns.mjs");
  expect([code, said], stderr).toMatchObject([0, { events: 20_000 }]);
  const { timers, turns } = said as { readonly timers: number; readonly turns: number };
  expect(timers).toBeGreaterThan(10);
  expect(turns).toBeGreaterThan(10);
});

const bunHasWorkers = !isBun || /^1\.([3-9]|\d\d)\./.test(versions["bun"] ?? "");

test.runIf(bunHasWorkers)(
  "each worker has a node of its own, which goes with the worker",
  async () => {
    const { code, said, stderr } = await programs.run("workers.mjs");
    expect([code, said], stderr).toEqual([
      0,
      [
        ["stops", true],
        ["exits", true],
        ["terminated", true],
        ["main", true],
      ],
    ]);
  },
);

test.runIf(isBun)("bun test, whose `resolves` runs a loop within the test", async () => {
  const { code, stderr } = await programs.run("nested.test.mjs", [], {}, ["test"]);
  expect(code, stderr).toBe(0);
});

test("what Java says of JAVA_TOOL_OPTIONS goes to standard error", async () => {
  const { code, stdout, stderr } = await programs.run("says.mjs", [], {
    JAVA_TOOL_OPTIONS: "-Dsome=thing",
  });
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ isHere: true });
  expect(stderr.match(/Picked up JAVA_TOOL_OPTIONS: -Dsome=thing/g)).toHaveLength(1);
});

test("the configuration beside the program counts, and its environment", async () => {
  const program = programs.file("app.mjs", "await import(process.env.TEST_SAYS);\n");
  programs.file("runar.yaml", "networkId: fromfile\n");
  const says = new URL("./programs/says.mjs", import.meta.url).href;
  const wrong = await programs.run(program, [], { TEST_SAYS: says, TEST_NETWORK: "mine" });
  expect(wrong.said).toMatchObject({ code: "CONFIG" });
  expect((wrong.said as { message: string }).message).toContain('network "fromfile"');
  const right = await programs.run(program, [], {
    TEST_SAYS: says,
    RUNAR_NETWORK_ID: "fromenv",
  });
  expect(right.said).toMatchObject({ isHere: true });
});
