// Runs one program of ./programs in a process of its own, with a node that has the producers.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { home } from "./prepare.mjs";

/** RUNAR_RUNTIME is the path of another Node.js or of Bun, RUNAR_TRANSPORT where the node runs. */
export const runtime = process.env.RUNAR_RUNTIME ?? process.execPath;
export const isBun = /bun[^/]*$/.test(runtime);
export const transport = process.env.RUNAR_TRANSPORT ?? "process";
export const isLong = process.env.RUNAR_LONG === "1";

const LIMIT_MS = 300_000;

/** Without what is said to these tests: a node knows each variable that begins with RUNAR_. */
const { RUNAR_RUNTIME: _, RUNAR_RUNTIMES: __, RUNAR_LONG: ___, ...environment } = process.env;

/** A program that runs. */
export class Program {
  stdout = "";
  stderr = "";
  #lines = [];
  #onLine = () => {};

  /**
   * @param options for the program, as JSON
   * @param flags of the runtime
   */
  constructor(name, options = {}, { env = {}, flags = [], exec = runtime } = {}) {
    if (!existsSync(join(home, "runar.jar")))
      throw new Error("run this first: node native/test/node/prepare.mjs");
    const path = fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
    this.began = performance.now();
    this.child = spawn(exec, [...flags, path, JSON.stringify(options)], {
      env: { ...environment, RUNAR_HOME: home, RUNAR_TRANSPORT: transport, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const timer = setTimeout(() => this.child.kill("SIGKILL"), LIMIT_MS);
    let rest = "";
    this.child.stdout.on("data", (data) => {
      this.stdout += data;
      const lines = (rest + data).split("\n");
      rest = lines.pop();
      this.#lines.push(...lines);
      this.#onLine();
    });
    this.child.stderr.on("data", (data) => {
      this.stderr += data;
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        clearTimeout(timer);
        this.hasEnded = true;
        this.#onLine();
        resolve({ code, signal, ms: performance.now() - this.began });
      });
    });
  }

  /** The next line as JSON. */
  async next() {
    while (this.#lines.length === 0) {
      if (this.hasEnded) throw new Error(`it has ended:\n${this.stdout}${this.stderr}`);
      await new Promise((resolve) => {
        this.#onLine = resolve;
      });
    }
    return JSON.parse(this.#lines.shift());
  }

  write(line) {
    this.child.stdin.write(`${JSON.stringify(line)}\n`);
  }
}

/** Runs a program to its end: how it ended, and its last line as JSON. */
export async function run(name, options, more) {
  const program = new Program(name, options, more);
  const { code, signal, ms } = await program.ended;
  const { stdout, stderr } = program;
  let said;
  try {
    said = JSON.parse(stdout.trim().split("\n").pop());
  } catch {
    throw new Error(`exit code ${code}, signal ${signal}, after:\n${stdout}${stderr}`);
  }
  return { code, signal, ms, said, stderr };
}

/** Calls `body` with the name of a file that Java may write, and resolves to what is in it, too. */
export async function withReport(body) {
  const folder = mkdtempSync(join(tmpdir(), "runar-flood-"));
  const file = join(folder, "report.json");
  try {
    const result = await body(file);
    return { ...result, counts: JSON.parse(readFileSync(file, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
