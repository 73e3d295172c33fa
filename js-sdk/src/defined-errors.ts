import { DuplicateError, RunarError, ValidationError } from "./errors.js";
import { defineProperty, stringify } from "./primordials.js";
import type { Schema } from "./schema.js";

/** What {@link defineError} takes. */
export interface DefinedErrorOptions<Data> {
  /** One sentence: when it is thrown. */
  readonly description?: string;
  /** What `data` looks like; gives it its type. */
  readonly data?: Schema<Data>;
}

/** What an error made by {@link defineError} carries beside its message. */
export type DefinedErrorDetails<Data> = {
  /** What led to this error. */
  readonly cause?: unknown;
} & ([Data] extends [undefined] ? { readonly data?: undefined } : { readonly data: Data });

/** The class that {@link defineError} makes. */
export interface DefinedErrorClass<Data = undefined> {
  new (
    ...given: [Data] extends [undefined]
      ? [message?: string, details?: DefinedErrorDetails<Data>]
      : [message: string, details: DefinedErrorDetails<Data>]
  ): DefinedError & { readonly data: Data };
  readonly prototype: DefinedError & { readonly data: Data };
  /** What tells it from others, here and in every other script. */
  readonly errorName: string;
  readonly description: string;
  readonly dataSchema: Schema<Data> | undefined;
}

/** Every error of a class that {@link defineError} has made. Its code is `HANDLER_FAILED`. */
export class DefinedError extends RunarError {}

/** What a {@link DefinedError} is made of when it comes from elsewhere. */
export interface ArrivedError {
  readonly data?: unknown;
  readonly cause?: unknown;
  readonly remoteStack?: string;
  readonly node?: string;
  readonly path?: string;
}

type AnyErrorClass = DefinedErrorClass<never> &
  (new (
    message: string,
    details: ArrivedError,
  ) => DefinedError);

const MAX_DEFINED = 1_000;
const NAME = /^[A-Z][A-Za-z0-9_]{0,127}$/;
const defined = new Map<string, AnyErrorClass>();

/**
 * Makes an error class of its own that keeps its identity on the way: thrown in one service, it is
 * `instanceof` the class of the same name in the script that asked, with its data. Where no class
 * of that name is defined it arrives as a `CallbackError` with that `name`. Clients of the port get
 * its name, message and data.
 *
 * The same definition twice gives the same class, so that a module may be loaded by two paths.
 *
 * @throws DuplicateError when another definition has the name
 * @example
 * ```ts
 * export const InsufficientFunds = defineError("InsufficientFunds", {
 *   description: "The account has less than was asked for",
 *   data: z.object({ missing: z.number() }),
 * });
 * throw new InsufficientFunds("5 euros are missing", { data: { missing: 5 } });
 * ```
 */
export function defineError<Data = undefined>(
  name: string,
  options: DefinedErrorOptions<Data> = {},
): DefinedErrorClass<Data> {
  check(name, options);
  const known = defined.get(name);
  if (known !== undefined) {
    if (isSame(known, options)) {
      return known as unknown as DefinedErrorClass<Data>;
    }
    throw new DuplicateError(
      `error ${name} is defined twice with different options; define it in one module and import it from there`,
    );
  }
  if (defined.size >= MAX_DEFINED) {
    throw new ValidationError(`a script may define ${MAX_DEFINED} errors`);
  }
  const made = class extends DefinedError {
    static readonly errorName = name;
    static readonly description = options.description ?? "";
    static readonly dataSchema = options.data;

    constructor(message = options.description ?? name, details: ArrivedError = {}) {
      super("HANDLER_FAILED", message, details);
    }
  };
  defineProperty(made, "name", { value: name });
  defineProperty(made.prototype, "name", { value: name, writable: true, configurable: true });
  defined.set(name, made as unknown as AnyErrorClass);
  return made as unknown as DefinedErrorClass<Data>;
}

/** The class of that name in this script. */
export function definedError(
  name: string,
): (new (message: string, details: ArrivedError) => DefinedError) | undefined {
  return defined.get(name);
}

function check(name: unknown, options: unknown): void {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ValidationError(
      `the name of an error must begin with a capital letter and have letters, digits and _ only; it is ${String(name)}`,
    );
  }
  if (typeof options !== "object" || options === null) {
    throw new ValidationError(`the options of error ${name} are not an object`);
  }
  const { description, data } = options as { description?: unknown; data?: unknown };
  for (const key of Object.keys(options)) {
    if (key !== "description" && key !== "data") {
      throw new ValidationError(`error ${name} has no option ${key}; it has description, data`);
    }
  }
  if (description !== undefined && typeof description !== "string") {
    throw new ValidationError(`error ${name}: description is not a text`);
  }
  if (
    data !== undefined &&
    (typeof data !== "object" || data === null) &&
    typeof data !== "function"
  ) {
    throw new ValidationError(`error ${name}: data is no schema`);
  }
}

/** Validators of two loads of one module are two objects: what they have in common is their text. */
function isSame(known: AnyErrorClass, options: DefinedErrorOptions<unknown>): boolean {
  return (
    known.description === (options.description ?? "") &&
    (known.dataSchema === options.data || hasSameText(known.dataSchema, options.data))
  );
}

function hasSameText(known: unknown, given: unknown): boolean {
  try {
    return known !== undefined && given !== undefined && stringify(known) === stringify(given);
  } catch {
    return false; // a cyclic one is only equal to itself
  }
}
