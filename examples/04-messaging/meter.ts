const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, Number.POSITIVE_INFINITY];

/** Counts what happens, and how long frames take; a few numbers, however long it runs. */
export class Meter {
  readonly #counts = new Map<string, number>();
  readonly #times = STEPS_MS.map(() => 0);

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  took(ms: number): void {
    const step = STEPS_MS.findIndex((most) => ms <= most);
    this.#times[step] = (this.#times[step] ?? 0) + 1;
  }

  /** What was counted; `p99_ms` is the step below which 99 of 100 frames are. */
  snapshot(): Record<string, number> {
    return { ...Object.fromEntries(this.#counts), p99_ms: this.#p99() };
  }

  #p99(): number {
    const all = this.#times.reduce((sum, count) => sum + count, 0);
    let below = 0;
    const step = this.#times.findIndex((count) => {
      below += count;
      return below >= all * 0.99;
    });
    return all === 0 ? 0 : Math.min(STEPS_MS[step] ?? 0, 1e9);
  }
}
