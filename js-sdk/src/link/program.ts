// What of the running program is needed, as far as Node.js and Bun both have it. The SDK is compiled
// without the types of either.

interface Program {
  readonly pid: number;
  readonly platform: string;
  readonly arch: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  nextTick(callback: () => void): void;
  cwd(): string;
  exit(code: number): never;
  kill(pid: number, signal: string): unknown;
  on(event: string, callback: (...values: never[]) => void): unknown;
  once(event: string, callback: (...values: never[]) => void): unknown;
  removeAllListeners(event: string): unknown;
  removeListener(event: string, callback: (...values: never[]) => void): unknown;
}

interface Globals {
  readonly process: Program;
  readonly performance: { now(): number };
  setImmediate(callback: () => void): unknown;
  setTimeout(callback: () => void, ms: number): { unref(): unknown };
  setInterval(callback: () => void, ms: number): { unref(): unknown };
  clearInterval(timer: unknown): void;
  clearTimeout(timer: unknown): void;
  queueMicrotask(callback: () => void): void;
}

const globals = globalThis as unknown as Globals;

export const program: Program = globals.process;

/**
 * The file of the program, beside which its `runar.yaml` is. Undefined: it has none, as with
 * `node -e`, whose first argument is in its place.
 */
export function script(): string | undefined {
  const file = program.argv[1];
  return file !== undefined && /^([/\\]|[a-z]:[/\\])/i.test(file) ? file : undefined;
}

/** Taken when the SDK loads: a test kit or a script may put others in their place. */
export const setImmediate: Globals["setImmediate"] = globals.setImmediate;
export const setTimeout: Globals["setTimeout"] = globals.setTimeout;
export const clearTimeout: Globals["clearTimeout"] = globals.clearTimeout;
export const setInterval: Globals["setInterval"] = globals.setInterval;
export const clearInterval: Globals["clearInterval"] = globals.clearInterval;
export const queueMicrotask: (callback: () => void) => void = globals.queueMicrotask;

const clock = globals.performance;

/** Milliseconds on a clock that only goes on. */
export function now(): number {
  return clock.now();
}

export const runtime: "node" | "bun" = program.versions["bun"] === undefined ? "node" : "bun";

/**
 * Goes on in the next turn of the event loop. After an uncaught error Bun ends when no immediate
 * waits, and in a flood one would wait for ever.
 */
export function nextTurn(callback: () => void): void {
  if (runtime === "bun") {
    setTimeout(callback, 0);
  } else {
    setImmediate(callback);
  }
}
