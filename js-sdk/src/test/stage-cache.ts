import { codec } from "../codec.js";
import type { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import type { Cache } from "./registry.js";
import { type Attempt, isFailure, type Outcome, type Step, watched } from "./stage.js";

interface Kept {
  readonly until: number;
  readonly outcome: Outcome;
}

type Waiter = (outcome?: Outcome) => void;

/** Keeps results for a while; the same request that comes meanwhile waits for the first one. */
export class ResultCache {
  readonly #options: Cache;
  readonly #next: Step;
  readonly #clock: VirtualClock;
  readonly #kept = new Map<string, Kept>(); // at most maxEntries, the oldest goes first
  readonly #flights = new Map<string, Set<Waiter>>();

  constructor(options: Cache, next: Step, clock: VirtualClock) {
    this.#options = options;
    this.#next = next;
    this.#clock = clock;
  }

  /** An event of an invalidating topic: also what is being made now is not kept. */
  clear(): void {
    this.#kept.clear();
    this.#flights.clear();
  }

  readonly step: Step = (attempt, done) => {
    const key = this.#keyOf(attempt);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#clock.now) {
      done(kept.outcome);
      return;
    }
    const flight = this.#flights.get(key);
    if (flight === undefined) {
      this.#lead(key, attempt, done);
      return;
    }
    const waiter = (outcome?: Outcome): void => {
      forget();
      if (outcome === undefined) {
        this.step(attempt, done); // the first one has given up: somebody else makes the call
      } else {
        done(outcome);
      }
    };
    const forget = attempt.job.pending.whenCancelled(() => flight.delete(waiter));
    flight.add(waiter);
  };

  #lead(key: string, attempt: Attempt, done: (outcome: Outcome) => void): void {
    const flight = new Set<Waiter>();
    this.#flights.set(key, flight);
    const land = (): boolean => this.#flights.get(key) === flight && this.#flights.delete(key);
    watched(this.#next, attempt, {
      done: (outcome) => {
        if (land() && !isFailure(outcome)) {
          this.#keep(key, outcome);
        }
        done(outcome);
        for (const waiter of flight) {
          waiter(outcome);
        }
      },
      cancelled: () => {
        land();
        for (const waiter of flight) {
          waiter();
        }
      },
    });
  }

  #keep(key: string, outcome: Outcome): void {
    this.#kept.delete(key);
    this.#kept.set(key, { until: this.#clock.now + this.#options.ttl, outcome });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#options.maxEntries) {
        break;
      }
      this.#kept.delete(oldest);
    }
  }

  /** The values of the path's templates, the input or the fields that count, the meta that counts. */
  #keyOf({ job, payload }: Attempt): string {
    const input: unknown = codec.decode(...copied(payload));
    const { keys, meta } = this.#options;
    const isRecord = typeof input === "object" && input !== null && !ArrayBuffer.isView(input);
    const counted =
      isRecord && keys.length > 0 ? keys.map((key) => input[key as never] as unknown) : input;
    const told = job.about.meta as Readonly<Record<string, string>>;
    return [job.params, counted, meta.map((name) => told[name])].map(textOf).join("\n");
  }
}

/** Equal for equal values, whatever the order of their keys. */
function textOf(value: unknown): string {
  const [kind, data] = codec.encode(sorted(value));
  const text = kind === "bytes" ? [...new Uint8Array(data as ArrayBuffer)].join() : String(data);
  return `${kind}:${typeof data}:${text}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  const isPlain =
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
  return isPlain
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, sorted(item)]),
      )
    : value;
}
