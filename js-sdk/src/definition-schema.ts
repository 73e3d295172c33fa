import { type Check, type Place, refuse, within } from "./definition-check.js";
import { ValidationError } from "./errors.js";

/** Deeper than any schema that a person writes; what refers to itself is deeper. */
const MAX_DEPTH = 100;

/** A Standard Schema validator, or a JSON Schema that JSON can carry; Java compiles the latter. */
export const schema: Check = (value, place) => {
  if (isFunctionOrObject(value) && "~standard" in value) {
    const standard = (value as { "~standard": unknown })["~standard"];
    if (!isFunctionOrObject(standard) || typeof Reflect.get(standard, "validate") !== "function") {
      refuse(within(place, "~standard"), "what the Standard Schema interface says", standard);
    }
    return;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(place, "a JSON Schema or a Standard Schema validator", value);
  }
  if (typeof Reflect.get(value, "safeParse") === "function") {
    throw new ValidationError(
      `${place.where}: ${place.path} is a validator without the Standard Schema interface; ` +
        "a newer version of its library has it",
    );
  }
  plain(value, place, 0);
};

function isFunctionOrObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

/** Keys that are symbols, and members that are undefined, are not part of a schema. */
function plain(value: unknown, place: Place, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new ValidationError(
      `${place.where}: ${place.path.split(".", 3).join(".")}… is nested too deeply, ` +
        "or refers to itself; use $ref",
    );
  }
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return;
    case "number":
      if (!Number.isFinite(value)) {
        refuse(place, "a value that JSON has", value);
      }
      return;
    case "object":
      break;
    default:
      refuse(place, "a value that JSON has", value);
  }
  if (value === null) {
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((element, index) => {
      plain(element, within(place, String(index)), depth + 1);
    });
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const type = prototype.constructor?.name ?? "object";
    throw new ValidationError(
      `${place.where}: ${place.path} must be a value that JSON has, it is a ${type}`,
    );
  }
  for (const [key, member] of Object.entries(value)) {
    plain(member, within(place, key), depth + 1);
  }
}
