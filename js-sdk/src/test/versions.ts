import { InvalidPathError, UnsupportedValueError, ValidationError } from "../errors.js";
import { parsePath, type TopicPath } from "./paths.js";

/** Where a request goes: a path, and which versions of the service are meant; empty: any. */
export interface Address {
  readonly path: TopicPath;
  readonly versions: string;
}

type Version = readonly [major: number, minor: number, patch: number];

/** @throws InvalidPathError naming what is wrong */
export function addressOf(text: string, defaultNetwork: string): Address {
  const at = text.indexOf("@");
  const slash = text.indexOf("/");
  if (at < 0 || (slash >= 0 && slash < at)) {
    return { path: parsePath(text, defaultNetwork), versions: "" };
  }
  const end = slash < 0 ? text.length : slash;
  const versions = text.slice(at + 1, end);
  if (versions === "") {
    throw new InvalidPathError(
      `invalid path "${text}": there is no version after '@'; write it as in math@2/add`,
    );
  }
  return { path: parsePath(text.slice(0, at) + text.slice(end), defaultNetwork), versions };
}

/** @throws ValidationError for a version that is none */
export function checkVersion(service: { readonly path: string; readonly version: string }): void {
  if (!/^\d+\.\d+\.\d+([-+].+)?$/.test(service.version)) {
    const [, major, minor = "0"] = /(\d+)(?:\.(\d+))?/.exec(service.version) ?? [];
    const hint =
      major === undefined ? "write one such as 1.0.0" : `did you mean ${major}.${minor}.0?`;
    throw new ValidationError(
      `service "${service.path}": version "${service.version}" is not major.minor.patch; ${hint}`,
    );
  }
}

/**
 * Whether a range of versions, in the words of npm, has a version in it.
 *
 * @throws UnsupportedValueError for a range of a kind that the test kit does not know
 */
export function admits(range: string, version: string, where: string): boolean {
  if (range === "" || range === version) {
    return true;
  }
  const read = /^([\^~]?)(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?$/.exec(range);
  if (read === null) {
    throw new UnsupportedValueError(
      `the test kit does not read the versions "${range}" of "${where}"; it reads 2, 2.x, ^2.1, ~2.1 and a whole version`,
    );
  }
  if (version.includes("-")) {
    return false; // before its release it is meant only by its whole name
  }
  const [, sign, ...parts] = read;
  const named = parts.filter((part) => part !== undefined && part !== "x").map(Number);
  const have = version.split("+")[0]?.split(".").map(Number) as unknown as Version;
  const least = [named[0] ?? 0, named[1] ?? 0, named[2] ?? 0] as const;
  return (
    compare(have, least) >= 0 && same(have, least, fixedParts(sign ?? "", least, named.length))
  );
}

/** How many parts, from the left, may not differ. */
function fixedParts(sign: string, least: Version, named: number): number {
  if (sign === "") {
    return named;
  }
  if (sign === "~") {
    return Math.min(2, named);
  }
  const firstOther = least.findIndex((part) => part > 0);
  return Math.min(named, firstOther < 0 ? 3 : firstOther + 1);
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function same(a: Version, b: Version, parts: number): boolean {
  return a.slice(0, parts).every((part, index) => part === b[index]);
}
