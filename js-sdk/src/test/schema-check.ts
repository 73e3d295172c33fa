/** A place in a value that does not fit its schema. */
export interface Issue {
  /** Such as `user.name` or `items.0`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
  /** Of the schema that says so, such as `type`. */
  readonly keyword: string;
}

/** As a keyword finds it; one that it finds in another schema names its own. */
type Found = Omit<Issue, "keyword"> & { readonly keyword?: string };

/** What a sender is told at most. */
const MAX_ISSUES = 32;

type Schema = Readonly<Record<string, unknown>>;

/** Keywords that say nothing about whether a value fits. */
const NOTES: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "$defs",
  "definitions",
  "title",
  "description",
  "default",
  "examples",
  "readOnly",
  "writeOnly",
  "deprecated",
  "static",
  "then",
  "else",
]);

/**
 * What of a value does not fit a JSON Schema. The vocabulary that TypeBox and people write; a
 * keyword that is not checked here is an error, never a silent yes.
 *
 * @throws TypeError for a keyword that is not known
 */
export function issuesOf(schema: unknown, value: unknown): readonly Issue[] {
  const found = new Check(schema).issues(schema, value, "");
  return found
    .slice(0, MAX_ISSUES)
    .map(({ path, message, keyword = "false" }) => ({ path, message, keyword }));
}

/** The part of a schema that a reference such as `#/$defs/name` means. */
export function referred(root: unknown, reference: unknown): unknown {
  if (typeof reference !== "string" || !reference.startsWith("#")) {
    throw new TypeError(`the test kit follows references inside a schema only, not ${reference}`);
  }
  let part: unknown = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    part = (part as Schema | undefined)?.[key];
  }
  if (part === undefined) {
    throw new TypeError(`the schema has no ${reference}`);
  }
  return part;
}

export function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** As JSON compares: by what they contain. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return a === b;
  }
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same((a as Schema)[key], (b as Schema)[key]))
  );
}

type Keyword = (given: never, value: unknown, at: string, schema: Schema) => readonly Found[];

class Check {
  readonly #root: unknown;

  constructor(root: unknown) {
    this.#root = root;
  }

  issues(schema: unknown, value: unknown, at: string): readonly Found[] {
    if (typeof schema === "boolean") {
      return schema ? [] : [{ path: at, message: "is not allowed" }];
    }
    if (typeof schema !== "object" || schema === null) {
      throw new TypeError(`a JSON Schema is an object or a boolean, not ${typeOf(schema)}`);
    }
    const all: Found[] = [];
    for (const [name, given] of Object.entries(schema)) {
      const keyword = Object.hasOwn(this.#keywords, name) ? this.#keywords[name] : undefined;
      if (keyword !== undefined) {
        const found = keyword(given as never, value, at, schema as Schema);
        all.push(...found.map((issue) => ({ keyword: name, ...issue })));
      } else if (!NOTES.has(name)) {
        throw new TypeError(`the test kit does not check the JSON Schema keyword ${name}`);
      }
    }
    return all;
  }

  fits(schema: unknown, value: unknown): boolean {
    return this.issues(schema, value, "").length === 0;
  }

  readonly #keywords: Readonly<Record<string, Keyword>> = {
    type: (given: string | readonly string[], value, at) => {
      const wanted = typeof given === "string" ? [given] : given;
      const is = typeOf(value);
      const fits = wanted.some(
        (type) => type === is || (type === "integer" && Number.isInteger(value)),
      );
      return unless(fits, at, `must be ${wanted.join(" or ")}, it is ${is}`);
    },
    enum: (given: readonly unknown[], value, at) =>
      unless(
        given.some((one) => same(one, value)),
        at,
        `must be one of ${JSON.stringify(given)}`,
      ),
    const: (given: unknown, value, at) =>
      unless(same(given, value), at, `must be ${JSON.stringify(given)}`),
    minimum: number((value, bound) => value >= bound, "at least"),
    maximum: number((value, bound) => value <= bound, "at most"),
    exclusiveMinimum: number((value, bound) => value > bound, "more than"),
    exclusiveMaximum: number((value, bound) => value < bound, "less than"),
    multipleOf: number((value, step) => {
      const times = value / step;
      return Math.abs(times - Math.round(times)) < 1e-9;
    }, "a multiple of"),
    minLength: sized("string", (size, bound) => size >= bound, "at least", "characters"),
    maxLength: sized("string", (size, bound) => size <= bound, "at most", "characters"),
    minItems: sized("array", (size, bound) => size >= bound, "at least", "items"),
    maxItems: sized("array", (size, bound) => size <= bound, "at most", "items"),
    minProperties: sized("object", (size, bound) => size >= bound, "at least", "fields"),
    maxProperties: sized("object", (size, bound) => size <= bound, "at most", "fields"),
    pattern: (given: string, value, at) =>
      unless(
        typeof value !== "string" || new RegExp(given, "u").test(value),
        at,
        `must match ${given}`,
      ),
    format: (given: string, value, at) =>
      unless(
        typeof value !== "string" || (FORMATS[given]?.test(value) ?? true),
        at,
        `must be a ${given}`,
      ),
    required: (given: readonly string[], value, at) =>
      typeOf(value) === "object"
        ? given
            .filter((name) => (value as Schema)[name] === undefined)
            .map((name) => ({ path: step(at, name), message: "is missing" }))
        : [],
    properties: (given: Schema, value, at) =>
      each(value, (name, item) =>
        Object.hasOwn(given, name) ? this.issues(given[name], item, step(at, name)) : [],
      ),
    patternProperties: (given: Schema, value, at) =>
      each(value, (name, item) =>
        Object.entries(given)
          .filter(([pattern]) => new RegExp(pattern, "u").test(name))
          .flatMap(([, schema]) => this.issues(schema, item, step(at, name))),
      ),
    additionalProperties: (given: unknown, value, at, schema) =>
      each(value, (name, item) => {
        const isNamed =
          Object.hasOwn((schema["properties"] ?? {}) as object, name) ||
          Object.keys((schema["patternProperties"] ?? {}) as object).some((pattern) =>
            new RegExp(pattern, "u").test(name),
          );
        return isNamed ? [] : this.issues(given, item, step(at, name));
      }),
    propertyNames: (given: unknown, value, at) =>
      each(value, (name) => this.issues(given, name, step(at, name))),
    dependentRequired: (given: Readonly<Record<string, readonly string[]>>, value, at) =>
      each(value, (name) =>
        (given[name] ?? [])
          .filter((other) => (value as Schema)[other] === undefined)
          .map((other) => ({ path: step(at, other), message: `is missing beside ${name}` })),
      ),
    items: (given: unknown, value, at, schema) => {
      const first = ((schema["prefixItems"] ?? []) as readonly unknown[]).length;
      return list(value)
        .slice(first)
        .flatMap((item, index) => this.issues(given, item, step(at, first + index)));
    },
    prefixItems: (given: readonly unknown[], value, at) =>
      list(value)
        .slice(0, given.length)
        .flatMap((item, index) => this.issues(given[index], item, step(at, index))),
    contains: (given: unknown, value, at) =>
      unless(
        typeOf(value) !== "array" || list(value).some((item) => this.fits(given, item)),
        at,
        "must contain an item that it does not",
      ),
    uniqueItems: (given: boolean, value, at) => {
      const items = list(value);
      const isUnique = items.every(
        (one, i) => !items.slice(0, i).some((other) => same(one, other)),
      );
      return unless(!given || isUnique, at, "must not contain an item twice");
    },
    allOf: (given: readonly unknown[], value, at) =>
      given.flatMap((schema) => this.issues(schema, value, at)),
    anyOf: (given: readonly unknown[], value, at) =>
      unless(
        given.some((schema) => this.fits(schema, value)),
        at,
        `fits none of ${given.length} schemas`,
      ),
    oneOf: (given: readonly unknown[], value, at) => {
      const fitting = given.filter((schema) => this.fits(schema, value)).length;
      return unless(
        fitting === 1,
        at,
        `must fit one of ${given.length} schemas, it fits ${fitting}`,
      );
    },
    not: (given: unknown, value, at) =>
      unless(!this.fits(given, value), at, "must not fit a schema that it fits"),
    if: (given: unknown, value, at, schema) => {
      const next = schema[this.fits(given, value) ? "then" : "else"];
      return next === undefined ? [] : this.issues(next, value, at);
    },
    $ref: (given: unknown, value, at) => this.issues(referred(this.#root, given), value, at),
  };
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  time: /^\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  ipv4: /^\d{1,3}(\.\d{1,3}){3}$/,
  hostname: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
};

function unless(fits: boolean, path: string, message: string): readonly Found[] {
  return fits ? [] : [{ path, message }];
}

function number(fits: (value: number, bound: number) => boolean, words: string): Keyword {
  return (bound: number, value, at) =>
    unless(typeof value !== "number" || fits(value, bound), at, `must be ${words} ${bound}`);
}

function sized(
  type: string,
  fits: (size: number, bound: number) => boolean,
  words: string,
  unit: string,
): Keyword {
  return (bound: number, value, at) => {
    if (typeOf(value) !== type) {
      return [];
    }
    const parts = typeof value === "string" ? [...value] : Object.keys(value as object);
    return unless(fits(parts.length, bound), at, `must have ${words} ${bound} ${unit}`);
  };
}

function each(
  value: unknown,
  visit: (name: string, item: unknown) => readonly Found[],
): readonly Found[] {
  return typeOf(value) === "object"
    ? Object.entries(value as object)
        .filter(([, item]) => item !== undefined)
        .flatMap(([name, item]) => visit(name, item))
    : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function step(at: string, name: string | number): string {
  return at === "" ? `${name}` : `${at}.${name}`;
}
