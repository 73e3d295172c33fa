/** A version as npm reads one. */
export interface Version {
  readonly parts: readonly [major: number, minor: number, patch: number];
  /** Before its release: `beta.1` as two; empty: a release. */
  readonly before: readonly string[];
}

type Operator = ">=" | ">" | "<" | "<=";

interface Bound {
  readonly operator: Operator;
  readonly version: Version;
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const PARTIAL =
  /^(>=|<=|>|<|=|\^|~)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*])(?:-([0-9A-Za-z.-]+))?)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Undefined: it is none. */
export function versionOf(text: string): Version | undefined {
  const [, major, minor, patch, before = ""] = VERSION.exec(text) ?? [];
  return major === undefined
    ? undefined
    : version(Number(major), Number(minor), Number(patch), split(before));
}

/** Negative: the first is the lower one. */
export function compareVersions(a: Version, b: Version): number {
  const byParts = compareParts(a, b);
  if (byParts !== 0 || (a.before.length === 0 && b.before.length === 0)) {
    return byParts;
  }
  if (a.before.length === 0 || b.before.length === 0) {
    return a.before.length === 0 ? 1 : -1;
  }
  for (let i = 0; i < Math.min(a.before.length, b.before.length); i++) {
    const difference = compareNames(a.before[i] ?? "", b.before[i] ?? "");
    if (difference !== 0) {
      return difference;
    }
  }
  return a.before.length - b.before.length;
}

/**
 * Which versions a range means, by the rules of npm; undefined: it is none.
 *
 * @param text such as `2`, `2.x`, `^2.1`, `~2.1`, `>=1,<3`, `1||3` or `2.0.0-beta.1`
 */
export function rangeOf(text: string): ((version: Version) => boolean) | undefined {
  const alternatives: Bound[][] = [];
  for (const part of text.replaceAll(",", " ").split("||")) {
    const bounds = boundsOf(part);
    if (bounds === undefined) {
      return undefined;
    }
    alternatives.push(bounds);
  }
  return (one) => alternatives.some((bounds) => isWithin(one, bounds));
}

function boundsOf(text: string): Bound[] | undefined {
  const joined = text.trim().replaceAll(/([<>=^~])\s+/g, "$1");
  const words = joined.split(/\s+/);
  if (words.length === 3 && words[1] === "-") {
    words.splice(0, 3, `>=${words[0]}`, `<=${words[2]}`);
  }
  const bounds: Bound[] = [];
  for (const word of words) {
    const own = boundsOfWord(word);
    if (own === undefined) {
      return undefined;
    }
    bounds.push(...own);
  }
  return bounds;
}

function boundsOfWord(word: string): Bound[] | undefined {
  const read = PARTIAL.exec(word);
  if (read === null) {
    return undefined;
  }
  const [, operator = "", ...numbers] = read.slice(0, 5);
  const named: number[] = [];
  for (const number of numbers) {
    if (number === undefined || /[xX*]/.test(number)) {
      break;
    }
    named.push(Number(number));
  }
  const [major = 0, minor = 0, patch = 0] = named;
  const least = version(major, minor, patch, split(named.length === 3 ? (read[5] ?? "") : ""));
  const from: Bound = { operator: ">=", version: least };
  const isWhole = named.length === 3;
  if (named.length === 0) {
    return operator === ">" || operator === "<" ? [{ operator: "<", version: least }] : [from];
  }
  switch (operator) {
    case "^":
      return [from, below(named, Math.min(named.length, firstOther(named) + 1))];
    case "~":
      return [from, below(named, Math.min(2, named.length))];
    case ">=":
      return [from];
    case ">":
      return isWhole
        ? [{ operator, version: least }]
        : [{ operator: ">=", version: next(named, named.length, []) }];
    case "<":
      return [{ operator, version: isWhole ? least : version(major, minor, patch, ["0"]) }];
    case "<=":
      return [isWhole ? { operator, version: least } : below(named, named.length)];
    default:
      return isWhole
        ? [from, { operator: "<=", version: least }]
        : [from, below(named, named.length)];
  }
}

/** Up to where the first so many parts are the same. */
function below(named: readonly number[], parts: number): Bound {
  return { operator: "<", version: next(named, parts, ["0"]) };
}

function next(named: readonly number[], parts: number, before: readonly string[]): Version {
  const [major = 0, minor = 0, patch = 0] = named
    .slice(0, parts)
    .map((number, index) => (index === parts - 1 ? number + 1 : number));
  return version(major, minor, patch, before);
}

function firstOther(named: readonly number[]): number {
  const first = named.findIndex((part) => part > 0);
  return first < 0 ? 2 : first;
}

/** What is before its release is meant only by a range that names one of the same release. */
function isWithin(one: Version, bounds: readonly Bound[]): boolean {
  return (
    bounds.every((bound) => holds(compareVersions(one, bound.version), bound.operator)) &&
    (one.before.length === 0 ||
      bounds.some(
        (bound) => bound.version.before.length > 0 && compareParts(one, bound.version) === 0,
      ))
  );
}

function holds(difference: number, operator: Operator): boolean {
  switch (operator) {
    case ">=":
      return difference >= 0;
    case ">":
      return difference > 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
  }
}

function version(major: number, minor: number, patch: number, before: readonly string[]): Version {
  return { parts: [major, minor, patch], before };
}

function split(before: string): readonly string[] {
  return before === "" ? [] : before.split(".");
}

function compareParts({ parts: a }: Version, { parts: b }: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Numbers by their value and before words. */
function compareNames(a: string, b: string): number {
  const [isA, isB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isA && isB) {
    return Number(a) - Number(b);
  }
  return isA === isB ? (a < b ? -1 : a > b ? 1 : 0) : isA ? -1 : 1;
}
