import { ValidationError } from "./errors.js";
import type { HostHttp } from "./host.js";
import { parse, stringify } from "./primordials.js";

/** What an HTTP client has sent, without the body, which is in the input. */
export interface HttpRequestInfo {
  /** In capitals. */
  readonly method: string;
  /** Of the URL, still percent-encoded, without the query. */
  readonly path: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
  /** By lower-case name; of several of one name the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; of several of one name the first. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Host and port of the connection's other end, which may be a proxy. */
  readonly remoteAddress: string;
}

/** What {@link Node.identify} gives its handler. */
export interface IdentifyRequest extends HttpRequestInfo {
  /** The token of `Authorization: Bearer …`; null when there is none. */
  readonly bearer: string | null;
}

/** How a cookie is kept. */
export interface CookieOptions {
  /** In ms; 0 deletes the cookie. Default: until the browser ends. */
  readonly maxAge?: number;
  /** Default: this host only. */
  readonly domain?: string;
  /** Default `/`. */
  readonly path?: string;
  /** Only over TLS. Default false. */
  readonly secure?: boolean;
  /** Hidden from the scripts of a page. Default true. */
  readonly httpOnly?: boolean;
  /** Whether it goes along with requests that other sites begin. Default `lax`. */
  readonly sameSite?: "strict" | "lax" | "none";
}

/**
 * The HTTP request that an action answers, and what is to be said beside its result.
 *
 * @example
 * ```ts
 * create({ name }: { name: string }, ctx: Context) {
 *   const id = save(name);
 *   ctx.http?.status(201).header("location", `/users/${id}`);
 *   return { id, name };
 * }
 * ```
 */
export class HttpContext {
  readonly #host: HostHttp;
  #request: HttpRequestInfo | undefined;

  /** Made by the SDK only. */
  constructor(host: HostHttp) {
    this.#host = host;
  }

  /**
   * What the client has sent. With a `cache`, an answer for which headers, cookies or the address
   * were read is not kept.
   */
  get request(): HttpRequestInfo {
    this.#request ??= requestOf(this.#host);
    return this.#request;
  }

  /**
   * The status of the answer, in place of the declared one. One of 400 or more also holds when the
   * action then throws.
   *
   * @throws ValidationError outside 200 to 599
   */
  status(status: number): this {
    if (!Number.isInteger(status)) {
      throw new ValidationError(`an HTTP status is a whole number, not ${String(status)}`);
    }
    this.#check(this.#host.status(status));
    return this;
  }

  /**
   * Sets a header of the answer.
   *
   * @throws ValidationError for a name or value that HTTP does not have, and for headers that the
   *   node itself writes
   */
  header(name: string, value: string): this {
    this.#check(this.#host.header(text("the name of a header", name), text(name, value)));
    return this;
  }

  /**
   * Sets a cookie at the client.
   *
   * @throws ValidationError for what no cookie can hold; encode other values
   */
  cookie(name: string, value: string, options: CookieOptions = {}): this {
    const unknown = Object.keys(options).find((key) => !COOKIE_KEYS.includes(key));
    if (unknown !== undefined) {
      throw new ValidationError(
        `a cookie has no option ${unknown}; it may have ${COOKIE_KEYS.join(", ")}`,
      );
    }
    const { path = "/", secure = false, httpOnly = true, sameSite = "lax", maxAge } = options;
    if (!["strict", "lax", "none"].includes(sameSite)) {
      throw new ValidationError("sameSite of a cookie must be strict, lax or none");
    }
    if (maxAge !== undefined && !(Number.isFinite(maxAge) && maxAge >= 0)) {
      throw new ValidationError("maxAge of a cookie must be 0 milliseconds or more");
    }
    this.#check(
      this.#host.cookie(
        stringify({
          name: text("the name of a cookie", name),
          value: text(`the value of cookie ${name}`, value),
          path: text("the path of a cookie", path),
          ...(options.domain === undefined
            ? {}
            : { domain: text("the domain of a cookie", options.domain) }),
          ...(maxAge === undefined ? {} : { maxAge: Math.round(maxAge) }),
          secure: secure === true,
          httpOnly: httpOnly !== false,
          sameSite,
        }),
      ),
    );
    return this;
  }

  #check(problem: string | null): void {
    if (problem !== null) {
      throw new ValidationError((parse(problem) as { message: string }).message);
    }
  }
}

/** Who the client is, is asked only when it is read: an answer made with it is not cached. */
function requestOf(host: HostHttp): HttpRequestInfo {
  let known: HttpRequestInfo | undefined;
  const client = (): HttpRequestInfo => {
    known ??= parse(host.clientJson()) as HttpRequestInfo;
    return known;
  };
  return {
    ...(parse(host.requestJson()) as HttpRequestInfo),
    get headers() {
      return client().headers;
    },
    get cookies() {
      return client().cookies;
    },
    get remoteAddress() {
      return client().remoteAddress;
    },
  };
}

const COOKIE_KEYS: readonly string[] = [
  "maxAge",
  "domain",
  "path",
  "secure",
  "httpOnly",
  "sameSite",
] satisfies (keyof CookieOptions)[];

function text(what: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new ValidationError(`${what} must be a string, not ${typeof value}`);
  }
  return value;
}
