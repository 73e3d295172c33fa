import { ValidationError } from "./errors.js";

/**
 * The arguments of a positional handler, as the node maps them: an array by position, an object by
 * name, a scalar to the only parameter.
 *
 * @throws ValidationError for what does not fit
 */
export function argumentsOf(
  path: () => string,
  params: readonly string[],
  input: unknown,
): unknown[] {
  const values: unknown[] = params.map(() => undefined);
  if (input === null || input === undefined) {
    return values;
  }
  if (Array.isArray(input)) {
    if (input.length > params.length) {
      throw misfit(path(), params, `the payload has ${input.length} elements`);
    }
    return values.map((_, index) => input[index] as unknown);
  }
  const named = input instanceof Map ? input : isRecord(input) ? membersOf(input) : undefined;
  if (named !== undefined) {
    const unknown = [...named.keys()].filter((key) => !params.includes(key));
    if (unknown.length > 0) {
      throw misfit(path(), params, `the payload has [${unknown.join(", ")}]`);
    }
    return params.map((name) => named.get(name));
  }
  if (params.length !== 1) {
    throw misfit(path(), params, "the payload is a single value");
  }
  return [input];
}

function membersOf(input: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(input));
}

/** An object with names, and nothing more. */
function isRecord(input: unknown): input is Readonly<Record<string, unknown>> {
  if (typeof input !== "object" || input === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

function misfit(path: string, params: readonly string[], why: string): ValidationError {
  return new ValidationError(`${path} takes (${params.join(", ")}), but ${why}`);
}
