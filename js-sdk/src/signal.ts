/**
 * Says that a request was cancelled: the part of the standard `AbortSignal` that every host has.
 */
export interface CancelSignal {
  /** The caller has given up or the deadline has passed. */
  readonly aborted: boolean;
  /** Why; undefined while not aborted. */
  readonly reason: unknown;
  /** Throws {@link reason} if aborted. */
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The standard `AbortSignal` where the program's types have one, else {@link CancelSignal}. */
export type Signal = typeof globalThis extends {
  readonly AbortSignal: { readonly prototype: infer Standard };
}
  ? Standard
  : CancelSignal;

interface Controller {
  readonly signal: CancelSignal;
  abort(reason: unknown): void;
}

/** A controller of the host's own kind, or a small one where the host has none. */
export function newController(): Controller {
  const { AbortController } = globalThis as { readonly AbortController?: new () => Controller };
  return AbortController === undefined ? new OwnController() : new AbortController();
}

class OwnController implements Controller {
  readonly signal: OwnSignal = new OwnSignal();

  abort(reason: unknown): void {
    this.signal.abort(reason);
  }
}

class OwnSignal implements CancelSignal {
  #aborted = false;
  #reason: unknown;
  readonly #listeners = new Set<() => void>();

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) {
      throw this.#reason;
    }
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (!this.#aborted) {
      this.#listeners.add(listener);
    }
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Every listener runs, whatever the others throw; the first error is thrown at the end. */
  abort(reason: unknown): void {
    if (this.#aborted) {
      return;
    }
    this.#aborted = true;
    this.#reason = reason;
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#listeners.clear();
    if (failures.length > 0) {
      throw failures[0];
    }
  }
}
