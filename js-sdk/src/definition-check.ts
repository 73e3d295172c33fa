import { ValidationError } from "./errors.js";
import { stringify } from "./primordials.js";
import { nearest } from "./suggestion.js";

// How a definition is checked: tables of known keys, each with what its value must be. Every error
// says where, by the path of the key, and what would be right.

/** Where a value stands: `service math: action add` and, within it, `retry.attempts`. */
export interface Place {
  readonly where: string;
  readonly path: string;
}

/** Refuses a value that is not what it must be. */
export type Check = (value: unknown, place: Place) => void;

/** The known keys of an object, each with its check. */
export type Checks<T> = { readonly [K in keyof Required<T>]: Check };

export function refuse(place: Place, must: string, value: unknown): never {
  const what = place.path === "" ? place.where : `${place.where}: ${place.path}`;
  throw new ValidationError(`${what} must be ${must}, it is ${shown(value)}`);
}

/** A value in an error message. */
function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return stringify(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

export function within(place: Place, key: string): Place {
  return { where: place.where, path: place.path === "" ? key : `${place.path}.${key}` };
}

function test(must: string, fits: (value: unknown) => boolean): Check {
  return (value, place) => {
    if (!fits(value)) {
      refuse(place, must, value);
    }
  };
}

/** A finite number of a range, in a unit. */
export function number(from: number, to: number, unit = ""): Check {
  return test(`a number from ${from} to ${to}${unit}`, (value) =>
    typeof value === "number" && value >= from && value <= to);
}

/** A time in ms, more than 0 and at most a year. */
export const duration: Check = test("more than 0 and at most 31536000000 milliseconds", (value) =>
  typeof value === "number" && value > 0 && value <= 31_536_000_000);

export function wholeNumber(from: number, to: number): Check {
  return test(`a whole number from ${from} to ${to}`, (value) =>
    Number.isInteger(value) && (value as number) >= from && (value as number) <= to);
}

export const text: Check = test("a text", (value) => typeof value === "string");
export const name: Check = test("a text that is not empty", (value) =>
  typeof value === "string" && value !== "");
export const flag: Check = test("true or false", (value) => typeof value === "boolean");
export const handler: Check = test("a function", (value) => typeof value === "function");

export function oneOf(...texts: readonly string[]): Check {
  return test(texts.map((text) => stringify(text)).join(" or "), (value) =>
    texts.includes(value as string),
  );
}

export function listOf(each: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) {
      refuse(place, "an array", value);
    }
    value.forEach((element, index) => {
      each(element, within(place, String(index)));
    });
  };
}

/** An object of known keys; what is undefined is as if it were not there. */
export function object<T>(checks: Checks<T>, required: readonly (keyof T & string)[] = []): Check {
  const known: Readonly<Record<string, Check>> = checks;
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      refuse(place, `an object of ${Object.keys(known).join(", ")}`, value);
    }
    for (const [key, member] of Object.entries(value)) {
      const check = Object.hasOwn(known, key) ? known[key] : undefined;
      if (check === undefined) {
        throw unknownKey(within(place, key), key, Object.keys(known));
      }
      if (member !== undefined) {
        check(member, within(place, key));
      }
    }
    for (const key of required) {
      if ((value as Readonly<Record<string, unknown>>)[key] === undefined) {
        const at = within(place, key);
        throw new ValidationError(`${at.where}: ${at.path} is missing`);
      }
    }
  };
}

/** The first check for values of one type, the second for the others. */
export function either(type: string, first: Check, second: Check): Check {
  return (value, place) => {
    (typeof value === type ? first : second)(value, place);
  };
}

export function unknownKey(place: Place, key: string, known: readonly string[]): ValidationError {
  const near = nearest(key, known);
  const hint = near === undefined ? `it may be ${known.join(", ")}` : `did you mean ${near}?`;
  return new ValidationError(`${place.where}: ${place.path} is not known; ${hint}`);
}
