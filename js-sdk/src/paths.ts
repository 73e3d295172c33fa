import { InvalidPathError } from "./errors.js";

const MAX_LENGTH = 1_024;
const MAX_SEGMENTS = 32;

/** The address of an action, a topic or a service: `network:service/segment…`. */
export interface TopicPath {
  readonly network: string;
  /** Without the network. */
  readonly text: string;
  readonly segments: readonly string[];
}

/**
 * Reads a path, by the rules and with the words of the node.
 *
 * @throws InvalidPathError naming what is wrong
 */
export function parsePath(text: string, defaultNetwork: string): TopicPath {
  const path = spelled(text, defaultNetwork);
  for (const segment of path.segments) {
    if (segment === "*" || segment === ">") {
      throw invalid(text, "a wildcard is only allowed in a pattern");
    }
    if (/[{}]/.test(segment)) {
      throw invalid(text, "a template is only allowed in a pattern");
    }
  }
  return path;
}

/** Reads a pattern; every path is one too. */
export function parsePattern(text: string, defaultNetwork: string): TopicPath {
  const pattern = spelled(text, defaultNetwork);
  pattern.segments.forEach((segment, index) => {
    if (segment === ">" && index < pattern.segments.length - 1) {
      throw invalid(text, "'>' stands for the rest and must be the last segment");
    }
    if (isTemplate(segment)) {
      if (!/^[^{}]+$/.test(segment.slice(1, -1))) {
        throw invalid(text, "a template needs a name, as in {id}");
      }
    } else if (/[{}]/.test(segment)) {
      throw invalid(text, "a template takes a whole segment, as in a/{id}/b");
    } else if (segment.length > 1 && /[*>]/.test(segment)) {
      throw invalid(text, "a wildcard takes a whole segment, as in a/*/b");
    }
  });
  return pattern;
}

/** The pattern is of the path's network and matches it. */
export function matches(pattern: TopicPath, path: TopicPath): boolean {
  if (pattern.network !== path.network) {
    return false;
  }
  for (const [index, segment] of pattern.segments.entries()) {
    if (segment === ">") {
      return path.segments.length > index;
    }
    if (index >= path.segments.length) {
      return false;
    }
    if (rank(segment) === 0 && segment !== path.segments[index]) {
      return false;
    }
  }
  return pattern.segments.length === path.segments.length;
}

/** The values of the `{name}` segments in a path that matches. */
export function paramsOf(pattern: TopicPath, path: TopicPath): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.segments.entries()) {
    if (isTemplate(segment)) {
      params[segment.slice(1, -1)] = path.segments[index] ?? "";
    }
  }
  return params;
}

/** Which of two patterns of one path is the closer one; negative: the first. */
export function closer(a: TopicPath, b: TopicPath): number {
  const common = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < common; i++) {
    const difference = rank(a.segments[i] ?? "") - rank(b.segments[i] ?? "");
    if (difference !== 0) {
      return difference;
    }
  }
  return b.segments.length - a.segments.length;
}

export function full(path: TopicPath): string {
  return `${path.network}:${path.text}`;
}

function rank(segment: string): number {
  return segment === ">" ? 3 : segment === "*" ? 2 : isTemplate(segment) ? 1 : 0;
}

function isTemplate(segment: string): boolean {
  return segment.length >= 2 && segment.startsWith("{") && segment.endsWith("}");
}

function spelled(text: string, defaultNetwork: string): TopicPath {
  if (text === "") {
    throw invalid(text, "it is empty");
  }
  if (text.length > MAX_LENGTH) {
    throw invalid(text, `it is longer than ${MAX_LENGTH} characters`);
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || (code >= 127 && code <= 159)) {
      throw invalid(text, `it has a space or control character at position ${i}`);
    }
  }
  const colon = text.indexOf(":");
  if (colon === 0) {
    throw invalid(text, "the network before ':' is empty");
  }
  if (colon > 0 && text.indexOf(":", colon + 1) >= 0) {
    throw invalid(text, "it has more than one ':'");
  }
  const network = colon < 0 ? defaultNetwork : text.slice(0, colon);
  if (network.includes("/")) {
    throw invalid(text, "the network before ':' has a '/'");
  }
  const path = text.slice(colon + 1);
  if (path === "") {
    throw invalid(text, "there is no path after the network");
  }
  if (path.startsWith("/") || path.endsWith("/")) {
    throw invalid(text, "it starts or ends with '/'");
  }
  const segments = path.split("/");
  if (segments.includes("")) {
    throw invalid(text, "it has an empty segment");
  }
  if (segments.length > MAX_SEGMENTS) {
    throw invalid(text, `it has more than ${MAX_SEGMENTS} segments`);
  }
  return { network, text: path, segments };
}

function invalid(text: string, why: string): InvalidPathError {
  const shown = text.length <= 200 ? text : `${text.slice(0, 200)}…`;
  return new InvalidPathError(`invalid path "${shown}": ${why}`);
}
