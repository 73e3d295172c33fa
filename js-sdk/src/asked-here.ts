import { RunarError } from "./errors.js";
import { host } from "./host.js";
import { captureStackTrace, defineProperty, reactTo, resolved, species } from "./primordials.js";

// The host makes its errors where nothing of the script runs: their stacks say nothing of who has
// asked. The engine knows who awaits, in what goes on after an await; each engine where else.

/** The two functions of a promise. */
export interface Settling<Result> {
  readonly resolve: (result: Result | PromiseLike<Result>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives an error the stack of this place, with those who await what runs here; the stack of where
 * it was thrown is `remoteStack`.
 */
export function askedHere(error: unknown): unknown {
  if (error instanceof RunarError) {
    captureStackTrace?.(error);
  }
  return error;
}

/**
 * Rejects the promise so that the error says who awaits it. A promise in between, which an async
 * function would be, costs those too that do not fail; so it is for JavaScriptCore only, which finds
 * nothing by itself, see {@link awaited}.
 */
export function fail<Result>(
  promise: () => Promise<Result>,
  settling: Settling<Result>,
  error: unknown,
): void {
  switch (host.runtime) {
    case "java":
      failAsDerived(promise, settling, error);
      return;
    case "bun":
      settling.reject(error);
      return;
    default:
      failThrough(settling, error);
  }
}

/** As {@link fail}, where the engine looks only at async functions. */
export async function awaited<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    throw askedHere(error);
  }
}

/**
 * GraalJS: rejects a promise from a reaction of which it is the derived promise, as if it came of a
 * `then`.
 */
function failAsDerived<Result>(
  promise: () => Promise<Result>,
  settling: Settling<Result>,
  error: unknown,
): void {
  const now = resolved();
  defineProperty(now, "constructor", {
    value: {
      [species]: function derived(begin: (resolve: () => void, reject: Reject) => void) {
        begin(() => {}, settling.reject);
        return promise();
      },
    },
  });
  reactTo(now, () => {
    throw askedHere(error);
  });
}

type Reject = (error: unknown) => void;

/**
 * V8: resolves with a promise that fails when it is already waited for, which takes the one turn in
 * between.
 */
function failThrough<Result>({ resolve }: Settling<Result>, error: unknown): void {
  const later = reactTo(resolved(), () => {});
  const failing = reactTo(later, () => {
    throw askedHere(error);
  });
  resolve(failing as Promise<never>);
}
