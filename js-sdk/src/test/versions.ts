import { InvalidPathError, ValidationError } from "../errors.js";
import { parsePath, type TopicPath } from "../paths.js";
import { rangeOf, type Version, versionOf } from "./semver.js";

/** Where a request goes: a path, and which versions of the service are meant; empty: any. */
export interface Address {
  readonly path: TopicPath;
  readonly versions: string;
}

/** Nobody means a longer one. */
const MAX_LENGTH = 64;

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
export function checkedVersion(service: {
  readonly path: string;
  readonly version: string;
}): Version {
  const version = versionOf(service.version);
  if (version === undefined) {
    const [, major, minor = "0"] = /(\d+)(?:\.(\d+))?/.exec(service.version) ?? [];
    const hint =
      major === undefined ? "write one such as 1.0.0" : `did you mean ${major}.${minor}.0?`;
    throw new ValidationError(
      `service "${service.path}": version "${service.version}" is not major.minor.patch; ${hint}`,
    );
  }
  return version;
}

/**
 * Which versions a range has in it, in the words of npm; empty: all.
 *
 * @param where what it was read in, for the error
 * @throws InvalidPathError for a range that is none
 */
export function versionsOf(range: string, where: string): (version: Version) => boolean {
  if (range === "") {
    return () => true;
  }
  const admits = range.length > MAX_LENGTH ? undefined : rangeOf(range);
  if (admits === undefined) {
    const shown = range.length > MAX_LENGTH ? `${range.slice(0, MAX_LENGTH)}…` : range;
    throw new InvalidPathError(
      `invalid path "${where}": "${shown}" names no versions; write 2, 2.x, ^2.1, ~2.1, >=1,<3 or 2.0.0-beta.1`,
    );
  }
  return admits;
}
