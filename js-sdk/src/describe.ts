import { DefinedError } from "./defined-errors.js";
import { type ErrorCode, isErrorCode, RunarError } from "./errors.js";
import {
  apply,
  Error,
  indexOfText,
  isArray,
  propertyOf,
  prototypeOf,
  sliceText,
  stackGetter,
} from "./primordials.js";

const MAX_MESSAGE = 4 * 1024;
const MAX_STACK = 16 * 1024;
const MAX_PROTOTYPES = 16;
const MAX_ERRORS = 8;

/** Marks a defined error of which this script has no class, so that it keeps its identity. */
export const DEFINED: unique symbol = Symbol("defined");

/** What is known of a thrown value. */
export interface DescribedError {
  /** Only for a {@link RunarError}. */
  readonly code: ErrorCode | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly data: unknown;
  readonly cause: unknown;
  /** Where it came from, if it came from elsewhere. */
  readonly node: string | undefined;
  readonly path: string | undefined;
  /** Its class was made by `defineError`. */
  readonly isDefined: boolean;
  /** The first errors of an `AggregateError`; empty for any other. */
  readonly errors: readonly unknown[];
}

/**
 * Reads a thrown value without running its code: data properties only, no getters, no `toString`.
 * A Proxy's traps do run, and what they throw is left out. Never throws.
 */
export function describedError(thrown: unknown): DescribedError {
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) {
    return {
      code: undefined,
      name: "Error",
      message: capped(`threw ${scalarText(thrown)}`, MAX_MESSAGE),
      stack: undefined,
      data: undefined,
      cause: undefined,
      node: undefined,
      path: undefined,
      isDefined: false,
      errors: [],
    };
  }
  const code = isRunarError(thrown) ? read(thrown, "code") : undefined;
  const message = read(thrown, "message");
  return {
    code: isErrorCode(code) ? code : undefined,
    name: capped(nameOf(thrown), MAX_MESSAGE),
    message: typeof message === "string" ? capped(message, MAX_MESSAGE) : missingMessage(thrown),
    stack: stackOf(thrown),
    data: isErrorCode(code) ? read(thrown, "data") : undefined,
    cause: read(thrown, "cause"),
    node: code === undefined ? undefined : textOf(thrown, "node"),
    path: code === undefined ? undefined : textOf(thrown, "path"),
    isDefined: isDefined(thrown),
    errors: isError(thrown) ? errorsOf(read(thrown, "errors")) : [],
  };
}

function errorsOf(errors: unknown): readonly unknown[] {
  const some: unknown[] = [];
  if (isArray(errors)) {
    for (let i = 0; i < errors.length && i < MAX_ERRORS; i++) {
      some[i] = propertyOf(errors, `${i}`)?.value;
    }
  }
  return some;
}

function textOf(thrown: object, key: string): string | undefined {
  const text = read(thrown, key);
  return typeof text === "string" ? text : undefined;
}

/** Also one that came through a script without its class. */
function isDefined(thrown: object): boolean {
  try {
    return thrown instanceof DefinedError || read(thrown, DEFINED) === true;
  } catch {
    return false;
  }
}

function isRunarError(thrown: object): boolean {
  try {
    return thrown instanceof RunarError;
  } catch {
    return false;
  }
}

function missingMessage(thrown: object): string {
  return typeof thrown === "function"
    ? "threw a function"
    : isError(thrown)
      ? ""
      : "threw an object without a message";
}

function isError(thrown: object): boolean {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** The class says more than the inherited name `Error` of a class that does not set one. */
function nameOf(thrown: object): string {
  const name = read(thrown, "name");
  if (isRunarError(thrown) && typeof propertyOf(thrown, "name")?.value === "string") {
    return name as string; // of an error that came from elsewhere
  }
  if (typeof name === "string" && name !== "Error" && name !== "" && typeof thrown !== "function") {
    return name;
  }
  const constructor = read(thrown, "constructor");
  const className = typeof constructor === "function" ? read(constructor, "name") : undefined;
  const isUseful = typeof className === "string" && className !== "" && className !== "Object";
  return isUseful && typeof thrown !== "function" ? className : "Error";
}

/** Of an error that came from elsewhere both stacks: where it was thrown, then who asked here. */
function stackOf(thrown: object): string | undefined {
  const remote = isRunarError(thrown) ? read(thrown, "remoteStack") : undefined;
  const own = read(thrown, "stack");
  if (typeof own !== "string") {
    return typeof remote === "string" ? capped(remote, MAX_STACK) : undefined;
  }
  if (typeof remote !== "string") {
    return capped(own, MAX_STACK);
  }
  const frames = indexOfText(own, "\n    at ");
  const called = frames < 0 ? "" : `\n    called by${sliceText(own, frames)}`;
  return capped(remote + called, MAX_STACK);
}

/** A data property of the object or its prototypes; undefined for a getter or a hostile Proxy. */
function read(object: object, key: PropertyKey): unknown {
  try {
    let holder: object | null = object;
    for (let i = 0; holder !== null && i < MAX_PROTOTYPES; i++) {
      const property = propertyOf(holder, key);
      if (property !== undefined) {
        const isEngines = property.get !== undefined && property.get === stackGetter;
        return isEngines ? apply(property.get as () => unknown, object, []) : property.value;
      }
      holder = prototypeOf(holder);
    }
  } catch {
    // a Proxy that throws from its traps has nothing to say
  }
  return undefined;
}

function scalarText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${capped(value, MAX_MESSAGE)}"`;
    case "symbol":
      return "a symbol";
    default:
      return `${value as number}`;
  }
}

function capped(text: string, max: number): string {
  return text.length <= max ? text : `${sliceText(text, 0, max - 1)}…`;
}
