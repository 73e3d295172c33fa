import { codec } from "../codec.js";
import { type ErrorCode, errorOf } from "../errors.js";
import type { HostHttp } from "../host.js";
import { parse, stringify } from "../primordials.js";

const MAX_HEADERS = 64;
const MAX_BYTES = 16_384;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const VALUE = /^(?:[!-~](?:[ -~\t]*[!-~])?)?$/;
const COOKIE_VALUE = /^[!#-+\--:<-[\]-~]*$/;
const COOKIE_PLACE = /^[ -:<-~]*$/;
const RESERVED: readonly string[] = [
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: string;
  readonly path: string;
}

/**
 * The HTTP request of a call, and what its handler says beside the result. The rules are the node's,
 * which looks again: here a handler is told at once.
 */
export class LinkHttp implements HostHttp {
  readonly #request: object;
  readonly #client: object;
  readonly #headers = new Map<string, string>();
  readonly #cookies = new Map<string, string>();
  #status = 0;
  #bytes = 0;
  #hasReadClient = false;

  constructor(request: object, client: object) {
    this.#request = request;
    this.#client = client;
  }

  requestJson(): string {
    return stringify(this.#request);
  }

  clientJson(): string {
    this.#hasReadClient = true;
    return stringify(this.#client);
  }

  status(status: number): string | null {
    if (status < 200 || status > 599) {
      return wrong(`an HTTP status must be 200 to 599, it is ${status}`);
    }
    this.#status = status;
    return null;
  }

  header(name: string, value: string): string | null {
    if (!TOKEN.test(name)) {
      return wrong(`"${name}" is no name of an HTTP header`);
    }
    const lower = name.toLowerCase();
    if (RESERVED.includes(lower)) {
      return wrong(
        lower === "set-cookie"
          ? "cookies are set by cookie()"
          : `the HTTP header ${lower} is the node's own`,
      );
    }
    if (!VALUE.test(value)) {
      return wrong(`the value of HTTP header ${lower} must be one line of ASCII characters`);
    }
    const refused = this.#take(lower.length + value.length, !this.#headers.has(lower));
    if (refused === null) {
      this.#headers.set(lower, value);
    }
    return refused;
  }

  cookie(cookieJson: string): string | null {
    const cookie = parse(cookieJson) as Cookie;
    if (!TOKEN.test(cookie.name)) {
      return wrong(`"${cookie.name}" is no name of a cookie`);
    }
    if (!COOKIE_VALUE.test(cookie.value)) {
      return wrong(
        `the value of cookie ${cookie.name} must be ASCII without spaces, quotes, commas, ` +
          "semicolons and backslashes; encode it",
      );
    }
    for (const what of ["domain", "path"] as const) {
      if (!COOKIE_PLACE.test(cookie[what] ?? "")) {
        return wrong(`the ${what} of a cookie must be ASCII without semicolons`);
      }
    }
    const refused = this.#take(cookieJson.length, true);
    if (refused === null) {
      this.#cookies.delete(cookie.name);
      this.#cookies.set(cookie.name, cookieJson);
    }
    return refused;
  }

  /** What the answer carries along; undefined: nothing. */
  said(): object | undefined {
    if (
      this.#status === 0 &&
      this.#headers.size === 0 &&
      this.#cookies.size === 0 &&
      !this.#hasReadClient
    ) {
      return undefined;
    }
    return {
      ...(this.#status === 0 ? {} : { status: this.#status }),
      ...(this.#headers.size === 0 ? {} : { headers: [...this.#headers] }),
      ...(this.#cookies.size === 0 ? {} : { cookies: [...this.#cookies.values()].map(parsed) }),
      ...(this.#hasReadClient ? { client: true } : {}),
    };
  }

  #take(size: number, isNew: boolean): string | null {
    const isMany = isNew && this.#headers.size + this.#cookies.size >= MAX_HEADERS;
    if (isMany || this.#bytes + size > MAX_BYTES) {
      return failure(
        "TOO_LARGE",
        `an answer has at most ${MAX_HEADERS} headers of ${MAX_BYTES} bytes in all`,
      );
    }
    this.#bytes += size;
    return null;
  }
}

function parsed(json: string): unknown {
  return parse(json);
}

function wrong(message: string): string {
  return failure("INVALID_INPUT", message);
}

function failure(code: ErrorCode, message: string): string {
  return codec.describeError(errorOf(code, message));
}
