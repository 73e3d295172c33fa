import { errorOfJson } from "../codec.js";
import { ContextGoneError, OverloadError, TimeoutError } from "../errors.js";
import type { Delivery, Taker } from "./bus.js";
import type { VirtualClock } from "./clock.js";
import type { Random } from "./random.js";
import type { ListenerOptions } from "./registry.js";
import { pauseAfter } from "./stage-retry.js";

/** How long an event waits when the handler's queue is full, as in the node. */
const FULL_MS = 5;

/** One event in a line. */
interface Entry {
  delivery: Delivery; // keep-latest puts a newer one into its place
  sender: string;
  attempts: number;
}

/** What lines work with. */
export interface LineGround {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** For a subscription that names none. */
  readonly maxWaiting: number;
  readonly manualTimeout: number;
}

/** Whether a subscription needs a line. */
export function needsLine(options: ListenerOptions): boolean {
  return (
    options.order === "serial" ||
    options.ack === "manual" ||
    (options.timeout ?? 0) > 0 ||
    (options.retry?.attempts ?? 1) > 1 ||
    (options.overflow ?? "refuse") !== "refuse" ||
    options.maxWaiting !== undefined
  );
}

/**
 * Stands in front of the handler of a subscription that has options: hands events over in the order
 * that is asked for, tries failed ones again and gives up what does not fit.
 */
export class EventLine {
  #waiting: Entry[] = []; // at most `maxWaiting`, with those that are to be tried again
  #retrying = 0;
  #handed = 0; // in the handler's queue and not begun
  #open = 0; // given to it or to be tried again, and not settled
  #isStalled = false;
  readonly #take: Taker;
  readonly #options: ListenerOptions;
  readonly #ground: LineGround;

  constructor(take: Taker, options: ListenerOptions, ground: LineGround) {
    this.#take = take;
    this.#options = options;
    this.#ground = ground;
  }

  readonly offer: Taker = (delivery, sender) => {
    const { overflow = "refuse", maxWaiting = this.#ground.maxWaiting } = this.#options;
    const sameTopic =
      overflow === "keep-latest"
        ? this.#waiting.find((one) => one.delivery.topic === delivery.topic && one.attempts === 0)
        : undefined;
    if (sameTopic !== undefined) {
      const older = sameTopic.delivery;
      Object.assign(sameTopic, { delivery, sender });
      giveUp(older);
      return "QUEUED";
    }
    if (this.#waiting.length + this.#retrying + this.#handed >= maxWaiting) {
      const oldest =
        overflow === "drop-oldest"
          ? this.#waiting.find(({ attempts }) => attempts === 0)
          : undefined;
      if (oldest === undefined) {
        return "FULL";
      }
      this.#waiting.splice(this.#waiting.indexOf(oldest), 1);
      giveUp(oldest.delivery);
    }
    this.#waiting.push({ delivery, sender, attempts: 0 });
    this.#drain();
    return "QUEUED";
  };

  #drain(): void {
    while (!this.#isStalled && this.#isReady()) {
      const entry = this.#waiting.shift();
      if (entry === undefined) {
        return;
      }
      entry.attempts++;
      this.#handed++;
      this.#open++;
      this.#handOver(entry);
    }
  }

  /** What may still be given up must not lie in the handler's queue already. */
  #isReady(): boolean {
    const { order, overflow = "refuse" } = this.#options;
    return order === "serial" ? this.#open === 0 : overflow === "refuse" || this.#handed === 0;
  }

  #handOver(entry: Entry): void {
    const attempt = this.#attempt(entry);
    switch (this.#take(attempt, entry.sender)) {
      case "QUEUED":
        return;
      case "FULL":
        entry.attempts--;
        this.#handed--;
        this.#open--;
        this.#waiting.unshift(entry);
        this.#isStalled = true;
        this.#ground.clock.after(FULL_MS, () => {
          this.#isStalled = false;
          this.#drain();
        });
        return;
      case "CLOSED":
        attempt.failed(new ContextGoneError(`the handler of ${entry.delivery.what} is gone`));
    }
  }

  /** One try: what comes after its end counts no more. */
  #attempt(entry: Entry): Delivery {
    const { delivery, attempts } = entry;
    const isManual = this.#options.ack === "manual";
    let isBegun = false;
    let isOver = false;
    let timer = -1;
    const begin = (): void => {
      if (!isBegun) {
        isBegun = true;
        this.#handed--;
      }
    };
    const settle = (failure: { readonly error: unknown } | undefined): void => {
      if (!isOver) {
        isOver = true;
        begin();
        this.#ground.clock.cancel(timer);
        this.#finish(entry, failure);
      }
    };
    return {
      ...delivery,
      run: () => {
        begin();
        const limit = this.#options.timeout ?? (isManual ? this.#ground.manualTimeout : 0);
        if (limit > 0) {
          const late = `event ${delivery.topic} was not handled within ${Math.floor(limit)} ms`;
          timer = this.#ground.clock.after(limit, () => settle({ error: new TimeoutError(late) }));
        }
        const done = delivery.run({
          number: attempts,
          isManual,
          ack: () => settle(undefined),
          nack: (errorJson) => settle({ error: errorOfJson(errorJson) }),
        });
        this.#drain();
        return done;
      },
      handled: () => {
        if (!isManual) {
          settle(undefined);
        }
      },
      failed: (error) => settle({ error }),
    };
  }

  #finish(entry: Entry, failure: { readonly error: unknown } | undefined): void {
    const retry = { attempts: 1, backoff: 100, maxBackoff: 5_000, jitter: 0.5 };
    Object.assign(retry, this.#options.retry);
    if (failure !== undefined && entry.attempts < retry.attempts) {
      this.#retrying++;
      this.#ground.clock.after(pauseAfter(entry.attempts, retry, this.#ground.random), () => {
        this.#retrying--;
        this.#open--;
        this.#waiting.unshift(entry);
        this.#drain();
      });
    } else {
      this.#open--;
      if (failure === undefined) {
        entry.delivery.handled();
      } else {
        entry.delivery.failed(failure.error, entry.attempts);
      }
    }
    this.#drain();
  }
}

function giveUp(delivery: Delivery): void {
  delivery.dropped(
    new OverloadError(`event ${delivery.topic} was given up for a newer one: too many waited`),
  );
}
