import { matches, type TopicPath } from "../paths.js";
import type { VirtualClock } from "./clock.js";

/** An event that may be kept for a while. */
export interface Retainable {
  readonly path: TopicPath;
  readonly timestamp: number;
  /** It is kept before this moment. */
  readonly until: number;
}

/** The last events that were to be retained, in their order. */
export class Retained<Event extends Retainable> {
  readonly #clock: VirtualClock;
  readonly #most: number;
  #events: Event[] = [];

  constructor(clock: VirtualClock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Beyond the most that are kept the oldest is forgotten. */
  keep(event: Event): void {
    if (event.until > event.timestamp) {
      this.#events.push(event);
      while (this.#events.length > this.#most) {
        this.#events.shift();
      }
    }
  }

  of(pattern: TopicPath): Event[] {
    this.#events = this.#events.filter(({ until }) => until > this.#clock.now);
    return this.#events.filter(({ path }) => matches(pattern, path));
  }

  /** @returns how many there were */
  clear(pattern: TopicPath): number {
    const gone = new Set(this.of(pattern));
    this.#events = this.#events.filter((event) => !gone.has(event));
    return gone.size;
  }
}
