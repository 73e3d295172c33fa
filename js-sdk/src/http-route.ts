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

const TEMPLATE = /^\{[A-Za-z_$][A-Za-z0-9_$]*\}$/u;
const LITERAL = /^[\p{L}\p{N}._~!$&'()*+,;=:@-]+$/u;

/**
 * Checks the path of a definition, which begins with a slash.
 *
 * @throws ValidationError naming what is wrong
 */
export function checkHttpPath(path: string, what: string): void {
  if (!path.startsWith("/")) {
    throw new ValidationError(`${what} must begin with /, it is ${path}`);
  }
  const names = new Set<string>();
  for (const segment of path === "/" ? [] : path.slice(1).split("/")) {
    if (segment === "" || segment === "." || segment === "..") {
      throw new ValidationError(
        `${what}: ${path} has an empty segment, a . or a .., or ends with /`,
      );
    }
    if (!TEMPLATE.test(segment) && !LITERAL.test(segment)) {
      throw new ValidationError(
        `${what}: "${segment}" of ${path} is neither a plain name nor a template such as {id} as a whole`,
      );
    }
    if (TEMPLATE.test(segment) && names.has(segment)) {
      throw new ValidationError(`${what}: ${path} has ${segment} twice`);
    }
    names.add(segment);
  }
}
