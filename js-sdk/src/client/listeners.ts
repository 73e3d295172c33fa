import { platform } from "./platform.js";

/** Ends what {@link Listeners.on} began. */
export type Off = () => void;

/** Who is told of what. A listener that throws is reported as an uncaught error, and no more. */
export class Listeners<Events extends { [Name in keyof Events]: readonly unknown[] }> {
  readonly #all = new Map<keyof Events, Set<(...given: never) => void>>();

  on<Name extends keyof Events>(name: Name, listener: (...given: Events[Name]) => void): Off {
    const here = this.#all.get(name) ?? new Set();
    this.#all.set(name, here.add(listener));
    return () => {
      here.delete(listener);
    };
  }

  has(name: keyof Events): boolean {
    return (this.#all.get(name)?.size ?? 0) > 0;
  }

  tell<Name extends keyof Events>(name: Name, ...given: Events[Name]): void {
    for (const listener of [...(this.#all.get(name) ?? [])]) {
      call(listener as (...given: Events[Name]) => void, given);
    }
  }
}

/** Calls a function of the program: what it throws is nobody else's. */
export function call<Given extends readonly unknown[]>(
  callback: (...given: Given) => unknown,
  given: Given,
): void {
  const report = (error: unknown): void =>
    platform.queueMicrotask(() => {
      throw error;
    });
  try {
    const result = callback(...given);
    if (result instanceof Promise) {
      result.catch(report);
    }
  } catch (error) {
    report(error);
  }
}
