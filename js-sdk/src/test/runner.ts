type Run = () => unknown;

/** What both test runners have, under the names of `node:test`. */
interface Runner {
  readonly test: (name: string, run: Run) => unknown;
  readonly describe: (name: string, define: () => void) => unknown;
  readonly before: (run: Run) => unknown;
  readonly after: (run: Run) => unknown;
  readonly beforeEach: (run: Run) => unknown;
  readonly afterEach: (run: Run) => unknown;
}

const runner = await found();

/** Vitest where it runs, `node:test` under `runar test` and in Node.js. */
async function found(): Promise<Runner> {
  const { process } = globalThis as {
    readonly process?: { readonly env: Readonly<Record<string, string | undefined>> };
  };
  if (process?.env["VITEST"] === undefined) {
    return (await import("node:test" as string)) as Runner;
  }
  const vitest = (await import("vitest" as string)) as Runner & {
    readonly beforeAll: Runner["before"];
    readonly afterAll: Runner["after"];
  };
  return { ...vitest, before: vitest.beforeAll, after: vitest.afterAll };
}

/**
 * Defines a test with the runner that runs the file: Vitest, or `node:test` under `runar test`. A
 * file that takes it from here runs in both.
 */
export const test = (name: string, run: () => unknown): void => void runner.test(name, () => run());

/** Groups tests. */
export const describe = (name: string, define: () => void): void =>
  void runner.describe(name, define);

/** Runs once before the tests of its file or group. */
export const before = (run: () => unknown): void =>
  void runner.before(async () => void (await run()));

/** Runs once after the tests of its file or group. */
export const after = (run: () => unknown): void =>
  void runner.after(async () => void (await run()));

/** Runs before each test of its file or group. */
export const beforeEach = (run: () => unknown): void =>
  void runner.beforeEach(async () => void (await run()));

/** Runs after each test of its file or group. */
export const afterEach = (run: () => unknown): void =>
  void runner.afterEach(async () => void (await run()));
