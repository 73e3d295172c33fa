import type { ErrorCode } from "../errors.js";
import { matches, parsePath, parsePattern, type TopicPath } from "../paths.js";

/** One request that was made in a {@link TestNode}. */
export interface RecordedCall<Input = unknown, Result = unknown> {
  /** As the caller wrote it. */
  readonly path: string;
  readonly input: Input;
  /** Undefined until there is one. */
  readonly result: Result | undefined;
  /** Undefined unless the request failed. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined;
  /** The path of the request, or the topic of the event, whose handler asked; empty: the test. */
  readonly caller: string;
  readonly meta: Readonly<Record<string, string>>;
  /** When it was made, in ms of the virtual clock. */
  readonly at: number;
  /** How long it took, in ms of the virtual clock; undefined until it is settled. */
  readonly took: number | undefined;
}

/** One event that was published in a {@link TestNode}. */
export interface RecordedEvent<Payload = unknown> {
  readonly id: number;
  readonly topic: string;
  readonly payload: Payload;
  /** The path of the request, or the topic of the event, whose handler published; empty: the test. */
  readonly publisher: string;
  /** When, in ms of the virtual clock. */
  readonly at: number;
  /** How many handlers matched, and what became of them so far. */
  readonly matched: number;
  readonly refused: number;
  readonly handled: number;
  /** What handlers threw. */
  readonly failures: readonly unknown[];
}

const MAX_RECORDS = 10_000;

/** What was recorded, oldest first: the last 10,000; {@link dropped} counts the others. */
export class Records<T> {
  #all: { readonly path: TopicPath | undefined; readonly record: T }[] = [];
  #dropped = 0;
  readonly #settings: { readonly networkId: string };

  /** @internal */
  constructor(settings: { readonly networkId: string }) {
    this.#settings = settings;
  }

  /** All of them. */
  get all(): readonly T[] {
    return this.#all.map(({ record }) => record);
  }

  /** How many were forgotten for room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Those whose path or topic the pattern matches. */
  of<Wanted extends T = T>(pattern: string): readonly Wanted[] {
    const wanted = parsePattern(pattern, this.#settings.networkId);
    return this.#all
      .filter(({ path }) => path !== undefined && matches(wanted, path))
      .map(({ record }) => record as Wanted);
  }

  /** The last of them. */
  last<Wanted extends T = T>(pattern: string): Wanted | undefined {
    return this.of<Wanted>(pattern).at(-1);
  }

  /** How many there are. */
  count(pattern: string): number {
    return this.of(pattern).length;
  }

  /** Forgets them. */
  clear(): void {
    this.#all = [];
    this.#dropped = 0;
  }

  /** @internal A path that is none is kept too, and found by no pattern. */
  add(path: string, record: T): void {
    this.#all.push({ path: pathOr(path, this.#settings.networkId), record });
    if (this.#all.length > MAX_RECORDS) {
      this.#all.shift();
      this.#dropped++;
    }
  }
}

function pathOr(path: string, network: string): TopicPath | undefined {
  try {
    return parsePath(path, network);
  } catch {
    return undefined;
  }
}

/** The record of an event that nobody has taken yet. */
export function recordOf(
  topic: string,
  publisher: string,
  payload: unknown,
  at: number,
): { -readonly [K in keyof RecordedEvent]: RecordedEvent[K] } {
  return { id: 0, topic, payload, publisher, at, matched: 0, refused: 0, handled: 0, failures: [] };
}
