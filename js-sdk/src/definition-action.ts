import {
  type Check,
  type Checks,
  duration,
  either,
  flag,
  handler,
  listOf,
  name,
  number,
  object,
  oneOf,
  type Place,
  refuse,
  text,
  wholeNumber,
} from "./definition-check.js";
import { schema } from "./definition-schema.js";
import { ValidationError } from "./errors.js";
import { checkHttpPath, type HttpRoute, type HttpRouteOptions } from "./http-route.js";
import { isStandard, type Schema } from "./schema.js";
import type {
  ActionDefinition,
  BreakerOptions,
  BulkheadOptions,
  CacheOptions,
  DeclaredError,
  ErrorClass,
  RetryOptions,
  StreamDefinition,
} from "./service.js";

const RETRY: Checks<RetryOptions> = {
  attempts: wholeNumber(1, 100),
  backoff: duration,
  maxBackoff: duration,
  jitter: number(0, 1),
};

const CACHE: Checks<CacheOptions> = {
  ttl: duration,
  maxEntries: wholeNumber(1, 10_000_000),
  keys: listOf(name),
  meta: listOf(name),
  invalidatedBy: listOf(name),
};

const BULKHEAD: Checks<BulkheadOptions> = {
  max: wholeNumber(1, 1_000_000),
  queue: wholeNumber(0, 1_000_000),
};

const BREAKER: Checks<BreakerOptions> = {
  failureRate: (value, place) => {
    number(0, 1)(value, place);
    if (value === 0) {
      refuse(place, "more than 0", value);
    }
  },
  window: wholeNumber(1, 10_000),
  openFor: duration,
  trials: wholeNumber(1, 10_000),
};

const HTTP: Checks<HttpRouteOptions> = {
  method: oneOf("GET", "POST", "PUT", "PATCH", "DELETE"),
  path: (value, place) => {
    name(value, place);
    checkHttpPath(value as string, `${place.where}: ${place.path}`);
  },
  status: wholeNumber(200, 399),
};

const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/;

const route: Check = (value, place) => {
  if (typeof value !== "string" || !ROUTE.test(value)) {
    refuse(place, "a method and a path, as in GET /users/{id}", value);
  }
  checkHttpPath(value.slice(value.indexOf(" ") + 1), `${place.where}: ${place.path}`);
};

const DECLARED: Checks<DeclaredError> = {
  name,
  description: text,
  data: schema,
};

/** A class counts by its name, and by what `defineError` has put on it. */
const declared: Check = (value, place) => {
  if (typeof value === "function") {
    name(value.name, { where: place.where, path: `${place.path}.name` });
  } else {
    object<DeclaredError>(DECLARED, ["name"])(value, place);
  }
};

/** What actions and streams have in common. */
const COMMON = {
  description: text,
  input: schema,
  output: schema,
  timeout: duration,
  concurrency: either(
    "number",
    wholeNumber(1, 1_000_000),
    object<BulkheadOptions>(BULKHEAD, ["max"]),
  ),
  breaker: object<BreakerOptions>(BREAKER),
  key: name,
  takesStream: flag,
  errors: listOf(declared),
  visibility: oneOf("public", "internal", "private"),
  http: either("string", route, object<HttpRouteOptions>(HTTP, ["method", "path"])),
  handler,
};

const ACTION = object<ActionDefinition<never, unknown>>(
  {
    ...COMMON,
    kind: oneOf("action"),
    retry: either("number", wholeNumber(1, 100), object<RetryOptions>(RETRY, ["attempts"])),
    idempotent: flag,
    cache: object<CacheOptions>(CACHE, ["ttl"]),
    fallback: handler,
  },
  ["handler"],
);

const STREAM = object<StreamDefinition<never, unknown>>({ ...COMMON, kind: oneOf("stream") }, [
  "handler",
]);

/**
 * Checks an action with options.
 *
 * @throws ValidationError with the path of the key
 */
export function checkAction(definition: { readonly kind?: unknown }, place: Place): void {
  (definition.kind === "stream" ? STREAM : ACTION)(definition, place);
  if (definition.kind !== "stream") {
    checkReadOnce(definition as ActionDefinition<never, unknown>, place);
  }
}

/** What its caller sends can be neither read again nor told apart. */
function checkReadOnce(definition: ActionDefinition<never, unknown>, place: Place): void {
  if (definition.takesStream !== true) {
    return;
  }
  const { cache, retry } = definition;
  const attempts = typeof retry === "object" ? retry.attempts : (retry ?? 1);
  const given = [
    ["cache", cache !== undefined],
    ["retry", attempts > 1],
  ] as const;
  const [key] = given.find(([, isGiven]) => isGiven) ?? [];
  if (key !== undefined) {
    throw new ValidationError(
      `${place.where}: ${key} does not go with takesStream: what its caller sends is read once`,
    );
  }
}

/** What the node learns of an action's options, defaults filled in. */
export function actionOptions(
  definition: ActionDefinition<never, unknown> | StreamDefinition<never, unknown>,
): object {
  const { description = "", timeout, key, takesStream, visibility } = definition;
  const { concurrency, breaker, errors, http } = definition;
  const { idempotent, retry, cache } =
    definition.kind === "stream" ? ({} as ActionDefinition<never, unknown>) : definition;
  return {
    description,
    ...given("timeout", timeout),
    ...given("key", key),
    ...given("takesStream", takesStream),
    ...given("idempotent", idempotent),
    ...given("visibility", visibility),
    ...given("retry", retry === undefined ? undefined : retryOf(retry)),
    ...given("cache", cache === undefined ? undefined : cacheOf(cache)),
    ...given("bulkhead", concurrency === undefined ? undefined : bulkheadOf(concurrency)),
    ...given("breaker", breaker === undefined ? undefined : breakerOf(breaker)),
    ...given("errors", errors?.map(declaredOf)),
    ...given("http", http === undefined ? undefined : httpOf(http)),
    ...given("input", jsonSchema(definition.input)),
    ...given("output", jsonSchema(definition.output)),
  };
}

function given(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}

/** A validator of the Standard Schema interface stays in the script. */
function jsonSchema(schema: Schema<unknown> | undefined): Schema<unknown> | undefined {
  return isStandard(schema) ? undefined : schema;
}

function retryOf(retry: number | RetryOptions): Required<RetryOptions> {
  const {
    attempts,
    backoff,
    maxBackoff = 5_000,
    jitter = 0.5,
  } = typeof retry === "number" ? { attempts: retry } : retry;
  const first = backoff ?? Math.min(100, maxBackoff);
  return { attempts, backoff: first, maxBackoff: Math.max(first, maxBackoff), jitter };
}

function cacheOf(cache: CacheOptions): Required<CacheOptions> {
  const { ttl, maxEntries = 1_000, keys = [], meta = [], invalidatedBy = [] } = cache;
  return { ttl, maxEntries, keys, meta, invalidatedBy };
}

function bulkheadOf(concurrency: number | BulkheadOptions): Required<BulkheadOptions> {
  const { max, queue = 1_000 } =
    typeof concurrency === "number" ? { max: concurrency } : concurrency;
  return { max, queue };
}

function breakerOf(breaker: BreakerOptions): Required<BreakerOptions> {
  const { failureRate = 0.5, window = 20, openFor = 10_000, trials = 3 } = breaker;
  return { failureRate, window, openFor, trials };
}

function httpOf(http: HttpRoute): Required<HttpRouteOptions> {
  if (typeof http !== "string") {
    return { status: 0, ...http };
  }
  const [method, path] = http.split(" ") as [HttpRouteOptions["method"], string];
  return { method, path, status: 0 };
}

/** A class of `defineError` brings its description and schema along. */
function declaredOf(error: DeclaredError | ErrorClass): object {
  const said =
    typeof error === "function"
      ? (error as { name: string; description?: unknown; dataSchema?: Schema<unknown> })
      : { ...error, dataSchema: error.data };
  return {
    name: said.name,
    ...given("description", typeof said.description === "string" ? said.description : undefined),
    ...given("data", jsonSchema(said.dataSchema)),
  };
}
