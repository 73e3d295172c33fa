import { later } from "./turns.js";

/** How {@link TestNode.explore} goes about it. */
export interface ExploreOptions {
  /** How long one seed may take, in ms of real time. Default 3,000. */
  readonly patience?: number;
}

/** What a run leaves behind, for the report of its failure. */
export interface Explored {
  readonly seed: number;
  readonly trace: readonly string[];
  stop(): Promise<void>;
}

const SHOWN = 20;

/**
 * Runs a test once for each seed, one after the other.
 *
 * @throws Error for the first seed that fails: names it, and what ran last
 */
export async function explore<N extends Explored>(
  seeds: number | readonly number[],
  make: (seed: number) => N,
  test: (node: N) => unknown,
  patience: number,
): Promise<void> {
  const all = typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  if (all.length === 0 || !all.every(Number.isSafeInteger)) {
    throw new TypeError("explore takes how many seeds to try, or a list of them");
  }
  for (const seed of all) {
    const node = make(seed);
    try {
      await within(patience, async () => test(node));
    } catch (error) {
      throw failureOf(node, error);
    } finally {
      await within(patience, () => node.stop()).catch(() => undefined);
    }
  }
}

function within(ms: number, run: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    later(() => reject(new Error(`the test has not ended after ${ms} ms`)), ms);
    run().then(resolve, reject);
  });
}

/** The same error where it can be, so that reporters show its difference and its place. */
function failureOf(node: Explored, error: unknown): unknown {
  const ran = node.trace.slice(-SHOWN).map((line) => `\n  ${line}`);
  const replay = `seed ${node.seed} fails; replay it with TestNode.explore([${node.seed}], …). What ran last:${ran.join("")}`;
  if (error instanceof Error) {
    error.message = `${error.message}\n${replay}`;
    if (typeof error.stack === "string" && !error.stack.includes(replay)) {
      error.stack = `${error.stack}\n${replay}`;
    }
    return error;
  }
  return new Error(replay, { cause: error });
}
