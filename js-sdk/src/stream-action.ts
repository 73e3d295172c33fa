import { ValidationError } from "./errors.js";
import { type ActionCallback, type HostCall, host } from "./host.js";
import { prototypeOf } from "./primordials.js";
import { type Items, isItems, pump } from "./stream.js";

const AsyncGeneratorFunctionPrototype: object = prototypeOf(async function* () {
  // only its kind is of interest
});
const GeneratorFunctionPrototype: object = prototypeOf(function* () {
  // only its kind is of interest
});

/** Whether a function is an `async function*`: its calls answer with a stream. */
export function isAsyncGenerator(handler: unknown): boolean {
  return typeof handler === "function" && prototypeOf(handler) === AsyncGeneratorFunctionPrototype;
}

/** Refuses a handler of one result that is a generator. */
export function mustAnswerOnce(handler: unknown, what: string): void {
  if (isAsyncGenerator(handler)) {
    throw new ValidationError(
      `${what} is an async generator function: define it with stream({ … })`,
    );
  }
  if (typeof handler === "function" && prototypeOf(handler) === GeneratorFunctionPrototype) {
    throw new ValidationError(
      `${what} is a generator function: write \`async function*\`, so that it answers with a stream`,
    );
  }
}

/**
 * A handler that returns items, as the host calls it: resolves when the last has been written.
 *
 * @param checked looks at each item; undefined: nobody does
 */
export function streaming(
  run: (call: HostCall, ...args: unknown[]) => unknown,
  what: string,
  checked?: (item: unknown, index: number) => unknown,
): ActionCallback {
  return async (call, ...args) => {
    const outlet = host.output(call);
    if (outlet === null) {
      throw new ValidationError(`${what} answers with a stream of items: use stream(…)`);
    }
    const returned = run(call, ...args);
    const items = isItems(returned) ? returned : await returned;
    if (!isItems(items)) {
      throw new ValidationError(
        `the handler of ${what} must return an async iterable, it returned ${typeof items}`,
      );
    }
    await pump(checked === undefined ? items : each(items, checked), outlet);
  };
}

async function* each(
  items: Items,
  checked: (item: unknown, index: number) => unknown,
): AsyncGenerator<unknown> {
  let index = 0;
  for await (const item of items) {
    yield await checked(item, index++);
  }
}
