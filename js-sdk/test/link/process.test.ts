import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { RunarError } from "../../src/errors.js";
import type { Asking } from "../../src/host.js";
import { LinkHost } from "../../src/link/link-host.js";
import { ProcessTransport } from "../../src/link/process.js";
import { type Built, built } from "./built.js";

const NOBODY: Asking = { within: null, onMeta: null, sends: false };
const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const open: LinkHost[] = [];
let sdk: Built;

beforeAll(() => {
  sdk = built();
}, 60_000);
afterAll(() => sdk.remove());

afterEach(async () => {
  for (const host of open.splice(0)) {
    await ask(host, "exit").catch(() => undefined);
  }
});

function hosted(command = process.execPath): LinkHost {
  const start = async () => ({ command, args: [CHILD], env: {} });
  const host = new LinkHost(
    () => new ProcessTransport(start),
    () => undefined, // one listener for each host is more than Node.js finds sane
  );
  host.configure("{}");
  open.push(host);
  return host;
}

function ask(host: LinkHost, path: string, kind = "value", data: unknown = 1): Promise<unknown> {
  return new Promise((resolve, reject) => {
    host.request(path, kind as "value", data, null, NOBODY, (_, it) => resolve(it), reject);
  });
}

const failure = (promise: Promise<unknown>): Promise<RunarError> =>
  promise.then(
    () => expect.fail("it was kept"),
    (error: RunarError) => error,
  );

test("what is asked before the child runs is answered, however large", async () => {
  const host = hosted();
  const bytes = new Uint8Array(5 << 20).fill(7);
  const [small, large] = await Promise.all([ask(host, "a"), ask(host, "b", "bytes", bytes)]);
  expect(small).toBe("1");
  expect(Buffer.compare(Buffer.from(large as ArrayBuffer), Buffer.from(bytes))).toBe(0);
});

test("many requests come back each with its own answer", async () => {
  const host = hosted();
  const all = Array.from({ length: 20_000 }, (_, n) => ask(host, "a", "value", n));
  expect(await Promise.all(all)).toEqual(all.map((_, n) => `${n}`));
});

test.each([
  ["exit", "the node's process has ended: exit code 3"],
  ["kill", "the node's process has ended: signal SIGKILL"],
])("a child that ends by %s fails all that waits, and can be followed", async (how, message) => {
  const host = hosted();
  await ask(host, "a");
  const waiting = [failure(ask(host, "never")), failure(ask(host, how))];
  for (const error of await Promise.all(waiting)) {
    expect([error.code, error.message]).toEqual(["NOT_RUNNING", message]);
  }
  expect((await failure(ask(host, "a"))).code).toBe("NOT_RUNNING");
  host.configure("{}");
  expect(await ask(host, "a")).toBe("1");
});

test("what a child has written before its end is worked on before the end is told", async () => {
  const lines: string[] = [];
  const err = vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    const until = performance.now() + 0.5; // so that one turn is not enough for all
    while (performance.now() < until);
    lines.push(`${line}`);
    return true;
  });
  try {
    const host = hosted();
    await ask(host, "a");
    const never = failure(ask(host, "never"));
    expect(await ask(host, "dies")).toBe("1");
    expect((await never).message).toBe("the node cannot go on: the disk is full");
    expect(lines).toEqual(Array.from({ length: 400 }, (_, n) => `line ${n}\n`));
  } finally {
    err.mockRestore();
  }
});

test("a child that cannot be started is an error that names it", async () => {
  const host = hosted("/nowhere/java");
  expect((await failure(host.start())).message).toMatch(/\/nowhere\/java did not start: .*ENOENT/);
});

test("a child that writes something else is ended, and that is said", async () => {
  const host = hosted();
  await ask(host, "a");
  expect((await failure(ask(host, "garbage"))).message).toMatch(
    /a frame has \d+ bytes; .* text .*: "Exception in thread main: this is no frame at all"$/,
  );
});

test("and the options are named that may have asked for it", async () => {
  vi.stubEnv("RUNAR_JAVA_OPTS", "--show-module-resolution");
  try {
    const host = hosted();
    await ask(host, "a");
    expect((await failure(ask(host, "garbage"))).message).toMatch(
      /no frame at all"\nAn option may ask Java for it: RUNAR_JAVA_OPTS=--show-module-resolution$/,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each([
  ["/app/main.mjs", ["/app/main.mjs"]],
  ["C:\\app\\main.mjs", ["C:\\app\\main.mjs"]],
  ["--help", []],
  ["word", []],
])("the child is told of the program's file, and of nothing else: %s", async (given, wanted) => {
  const [, file = ""] = process.argv;
  process.argv[1] = given;
  try {
    const host = hosted();
    expect(JSON.parse(`${await ask(host, "args")}`)).toEqual(wanted);
  } finally {
    process.argv[1] = file;
  }
});

test("what the node logs goes to the program's own streams", async () => {
  const out = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    await ask(hosted(), "log");
    expect(out).toHaveBeenCalledWith("from the child\n");
    expect(err).toHaveBeenCalledWith("a warning\n");
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
});

/**
 * Runs a program with a node in a child. Resolves when both have ended: the child has inherited the
 * program's standard error.
 */
async function programOf(
  script: string,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const program = spawn(process.execPath, [PROGRAM, sdk.dist, script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  program.stdout.on("data", (piece) => {
    out += piece;
    if (script === "killed") {
      program.kill("SIGKILL");
    }
  });
  program.stderr.on("data", (piece) => {
    err += piece;
  });
  const code = await new Promise<number | null>((resolve) => program.on("close", resolve));
  return { code, out, err };
}

const PROGRAM = fileURLToPath(new URL("./program.mjs", import.meta.url));

test("a program that has nothing more to do ends, and the child with it", async () => {
  const { code, err } = await programOf("idle");
  expect([code, err]).toEqual([0, "the child ends\n"]);
});

test.each([
  ["process.exit", "exits", 3],
  ["an error that nobody catches", "throws", 1],
])(
  "a program that ends by %s has its own exit code, and the child ends",
  async (_, how, wanted) => {
    const { code, err } = await programOf(how);
    expect(code).toBe(wanted);
    expect(err).toMatch(/the child ends\n$/);
  },
);

test("a worker has a node of its own, which ends with it", async () => {
  const { code, out, err } = await programOf("worker");
  expect([code, new Set(out.split(" ")).size]).toEqual([0, 2]);
  expect(err).toBe("the child ends\nthe child ends\n");
});

test("a program that is killed takes the child along", async () => {
  const { code, err } = await programOf("killed");
  expect([code, err]).toEqual([null, "the child ends\n"]);
});

test("a program with a started node goes on until it stops", async () => {
  const { code, out } = await programOf("started");
  expect([code, out]).toEqual([0, "started\nstopped\n"]);
});
