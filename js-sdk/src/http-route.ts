import { ValidationError } from "./errors.js";

/** The methods that actions can have; HEAD comes along with GET. */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Where HTTP clients reach an action: in short `"GET /users/{id}"`. The names in braces are fields
 * of the input, like those of the query and the body.
 */
export type HttpRoute = `${HttpMethod} /${string}` | HttpRouteOptions;

/** See {@link HttpRoute}. */
export interface HttpRouteOptions {
  readonly method: HttpMethod;
  /** Of the URL, such as `/users/{id}`. */
  readonly path: string;
  /** Of a result, from 200 to 399; default: 200, or 204 for none. */
  readonly status?: number;
}

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const KEYS: readonly string[] = ["method", "path", "status"];
const TEMPLATE = /^\{[A-Za-z_$][A-Za-z0-9_$]*\}$/u;
const LITERAL = /^[\p{L}\p{N}._~!$&'()*+,;=:@-]+$/u;

/**
 * Checks what a definition says.
 *
 * @throws ValidationError naming what is wrong
 */
export function httpRouteOf(given: unknown, what: string): HttpRouteOptions {
  const route = typeof given === "string" ? parsed(given, what) : given;
  if (typeof route !== "object" || route === null) {
    throw wrong(what, 'must be "GET /path" or { method, path, status }');
  }
  const unknown = Object.keys(route).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw wrong(what, `has an unknown key ${unknown}; it may have ${KEYS.join(", ")}`);
  }
  const { method, path, status } = route as Record<string, unknown>;
  if (typeof method !== "string" || !METHODS.includes(method)) {
    throw wrong(what, `: method must be one of ${METHODS.join(", ")}, it is ${String(method)}`);
  }
  checkPath(path, what);
  if (
    status !== undefined &&
    !(Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 399)
  ) {
    throw wrong(what, `: status must be a whole number from 200 to 399, it is ${String(status)}`);
  }
  return route as HttpRouteOptions;
}

function parsed(text: string, what: string): object {
  const space = text.indexOf(" ");
  if (space < 0) {
    throw wrong(what, `must be like "GET /path", it is "${text}"`);
  }
  return { method: text.slice(0, space), path: text.slice(space + 1) };
}

function checkPath(path: unknown, what: string): void {
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw wrong(what, `: path must begin with /, it is ${String(path)}`);
  }
  const segments = path === "/" ? [] : path.slice(1).split("/");
  const names = new Set<string>();
  for (const segment of segments) {
    if (segment === "" || segment === "." || segment === "..") {
      throw wrong(what, `: path ${path} has an empty segment, a . or a .., or ends with /`);
    }
    if (!TEMPLATE.test(segment) && !LITERAL.test(segment)) {
      throw wrong(
        what,
        `: "${segment}" of path ${path} is neither a plain name nor a template such as {id} as a whole`,
      );
    }
    if (TEMPLATE.test(segment) && names.has(segment)) {
      throw wrong(what, `: path ${path} has ${segment} twice`);
    }
    names.add(segment);
  }
}

function wrong(what: string, why: string): ValidationError {
  return new ValidationError(`the http of ${what}${why.startsWith(":") ? "" : " "}${why}`);
}
