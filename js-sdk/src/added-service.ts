/**
 * The promise of one `addService` call that knows whether anybody has looked at it. An error is
 * told once: to the caller who awaits it, else by `start()`.
 */
export class AddedService extends Promise<void> {
  /** What `then` and `catch` return are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #isSeen = false;

  static of(work: Promise<void>): AddedService {
    return new AddedService((resolve, reject) => {
      work.then(resolve, reject);
    });
  }

  // `await` and `catch` come through here too, since this is not a plain Promise.
  // biome-ignore lint/suspicious/noThenProperty: to know that somebody looks is the purpose
  override then<Fulfilled = void, Rejected = never>(
    onFulfilled?: ((value: undefined) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#isSeen = true;
    return super.then(onFulfilled as never, onRejected);
  }

  /** Keeps the engine from reporting a rejection: `start()` will. */
  reportLater(): void {
    super.then(undefined, () => undefined);
  }

  /**
   * Waits, and adds the error to the list if there is one and nobody has looked. A list that came
   * through the promise would be asked for the `then` that a script may have put on all objects.
   */
  collectUnseen(failures: unknown[]): Promise<void> {
    return super.then(undefined, (error: unknown) => {
      if (!this.#isSeen) {
        failures.push(error);
      }
    });
  }
}
