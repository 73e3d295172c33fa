// Runs one program of ./programs in a process of its own and says how it ended.
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** What runs the programs: RUNAR_RUNTIME is the path of another Node.js or of Bun. */
export const runtime = process.env.RUNAR_RUNTIME ?? process.execPath;
export const isBun = basename(runtime).startsWith("bun");

const LIMIT_MS = 120_000;

/**
 * Resolves to the exit code, the signal, what was printed, and the last line of it as JSON, if it
 * is any. `onLine` gets every line as it comes, and the child.
 */
export function run(
  program,
  args = [],
  { env = {}, flags = [], onLine = () => {}, exec = runtime } = {},
) {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
    const started = Date.now();
    const child = spawn(exec, [...flags, path, ...args.map(String)], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const result = { code: null, signal: null, stdout: "", stderr: "", ms: 0 };
    let rest = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    child.stdout.on("data", (data) => {
      result.stdout += data;
      const lines = (rest + data).split("\n");
      rest = lines.pop();
      for (const line of lines) onLine(line, child);
    });
    child.stderr.on("data", (data) => {
      result.stderr += data;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      Object.assign(result, { code, signal, ms: Date.now() - started });
      try {
        result.said = JSON.parse(result.stdout.trim().split("\n").pop());
      } catch {
        result.said = undefined;
      }
      resolve(result);
    });
  });
}

/** The addon's word when Java has not ended within RUNAR_STOP_MS. */
const LATE = "without waiting any longer";

/** As run, and up to twice more while Java ends too late: the machine may be busy. */
export async function runInTime(program, args = [], options = {}) {
  let result = await run(program, args, options);
  for (let tries = 1; tries < 3 && result.stderr.includes(LATE); tries++) {
    result = await run(program, args, options);
  }
  return result;
}
