import { NotFoundError, ValidationError } from "../errors.js";
import type { HostCall, HostHandlers } from "../host.js";
import { ownService } from "./own-service.js";
import type { RegisteredService } from "./registry.js";

/** An event that a subscription took and could not handle. */
export interface DeadLetter {
  readonly id: number;
  readonly event: number;
  readonly topic: string;
  readonly payload: unknown;
  readonly error: { readonly code: string; readonly name: string; readonly message: string };
  readonly attempts: number;
  readonly pattern: string;
  readonly owner: string;
  readonly failedMs: number;
}

interface Kept {
  readonly letter: DeadLetter;
  /** Gives the event to the subscription once more; the id of the new event. */
  readonly again: () => number;
}

/** Dead letters that nobody else takes, oldest first; what is too many goes, and is counted. */
export class DeadLetters {
  #kept: Kept[] = []; // at most settings.retainedEvents
  #lastId = 0;
  #evicted = 0;
  readonly #settings: { readonly retainedEvents: number };

  constructor(settings: { readonly retainedEvents: number }) {
    this.#settings = settings;
  }

  keep(letter: Omit<DeadLetter, "id">, again: () => number): void {
    this.#kept.push({ letter: { id: ++this.#lastId, ...letter }, again });
    while (this.#kept.length > this.#settings.retainedEvents) {
      this.#kept.shift();
      this.#evicted++;
    }
  }

  list(): object {
    return {
      letters: this.#kept.map(({ letter }) => letter),
      sums: { deadLetters: this.#kept.length, deadLettersEvicted: this.#evicted },
    };
  }

  /** @throws NotFoundError, OverloadError; it is kept then */
  replay(id: number): number {
    const kept = this.#find(id);
    const event = kept.again();
    this.#kept = this.#kept.filter((one) => one !== kept);
    return event;
  }

  /** Undefined: all. Returns how many. */
  clear(id: number | undefined): number {
    const gone = id === undefined ? this.#kept : [this.#find(id)];
    this.#kept = this.#kept.filter((one) => !gone.includes(one));
    return gone.length;
  }

  #find(id: number): Kept {
    const kept = this.#kept.find(({ letter }) => letter.id === id);
    if (kept === undefined) {
      throw new NotFoundError(`there is no dead letter ${id}`);
    }
    return kept;
  }
}

/** The service `$runtime` of the node, as far as it knows about dead letters. */
export function runtimeService(letters: DeadLetters): [RegisteredService, HostHandlers] {
  return ownService("$runtime", "Which events could not be handled", {
    deadletters: () => letters.list(),
    "deadletters/replay": (_call: HostCall, input: unknown) => {
      const id = idOf(input);
      if (id === undefined) {
        throw new ValidationError('the input must be {"id": N}, the id of a dead letter');
      }
      return { event: letters.replay(id) };
    },
    "deadletters/clear": (_call: HostCall, input: unknown) => ({
      cleared: letters.clear(idOf(input)),
    }),
  });
}

function idOf(input: unknown): number | undefined {
  const { id } = (input ?? {}) as { readonly id?: unknown };
  return typeof id === "number" ? id : undefined;
}
