interface Timer {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

/**
 * The time of a {@link TestNode}: it stands still until it is moved. Deadlines, waits, retained
 * events, and in handlers `Date` and `setTimeout` follow it.
 */
export class VirtualClock {
  #now: number;
  #nextId = 1;
  readonly #timers = new Map<number, Timer>(); // bounded as the node's own: MAX_TIMERS
  readonly #settled: () => Promise<void>;

  /** @internal */
  constructor(start: number, settled: () => Promise<void>) {
    this.#now = start;
    this.#settled = settled;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** How many timers wait, deadlines of requests among them. */
  get waiting(): number {
    return this.#timers.size;
  }

  /**
   * Moves on. What becomes due meanwhile runs at its own time and in its order, with all that
   * follows from it, before this resolves.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError(`the clock advances by a number of milliseconds, not by ${ms}`);
    }
    const end = this.#now + ms;
    await this.#settled();
    while (this.#fire(end)) {
      await this.#settled();
    }
    this.#now = end;
  }

  /** Moves on to the next timer; resolves to whether there was one. */
  async next(): Promise<boolean> {
    await this.#settled();
    const fired = this.#fire(Number.POSITIVE_INFINITY);
    await this.#settled();
    return fired;
  }

  /** @internal Runs once after so many ms; returns what {@link cancel} takes. */
  after(ms: number, run: () => void): number {
    if (this.#timers.size >= MAX_TIMERS) {
      throw new RangeError(`more than ${MAX_TIMERS} timers wait`);
    }
    const id = this.#nextId++;
    this.#timers.set(id, { id, at: this.#now + Math.max(0, ms), run });
    return id;
  }

  /** @internal */
  cancel(id: number): void {
    this.#timers.delete(id);
  }

  /** @internal Fires the earliest timer that is due by then. */
  fireNext(): boolean {
    return this.#fire(Number.POSITIVE_INFINITY);
  }

  #fire(until: number): boolean {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) {
        first = timer;
      }
    }
    if (first === undefined) {
      return false;
    }
    this.#timers.delete(first.id);
    this.#now = Math.max(this.#now, first.at);
    first.run();
    return true;
  }
}

const MAX_TIMERS = 200_000;
