// The program's own timers, as they were before anything of a test replaced them.
const { setImmediate, setTimeout } = globalThis as unknown as {
  readonly setImmediate?: (run: () => void) => unknown;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
};

/** Runs in a turn of its own, when all microtasks are done. */
export const laterTurn: (run: () => void) => void =
  setImmediate === undefined ? (run) => setTimeout(run, 0) : (run) => setImmediate(run);

/** Runs after so many ms of real time. */
export const later: (run: () => void, ms: number) => void = (run, ms) => setTimeout(run, ms);
