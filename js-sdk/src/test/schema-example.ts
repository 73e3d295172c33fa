import { Random } from "./random.js";
import { issuesOf, referred } from "./schema-check.js";

type Schema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 6;
const MAX_TRIES = 50;

/**
 * A value that fits a JSON Schema: the same one for the same seed.
 *
 * @example
 * ```ts
 * example({ type: "object", properties: { amount: { type: "integer", minimum: 1 } }, required: ["amount"] }, 7);
 * ```
 * @throws TypeError when none was found, naming what did not fit
 */
export function example(schema: object | boolean, seed = 1): unknown {
  const random = new Random(seed);
  let issues = issuesOf(true, null);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const value = new Maker(schema, random).value(schema, 0);
    issues = issuesOf(schema, value);
    if (issues.length === 0) {
      return value;
    }
  }
  const first = issues[0];
  throw new TypeError(
    `found no example for the schema: ${first?.path === "" ? "the value" : first?.path} ${first?.message}; give the result yourself`,
  );
}

class Maker {
  readonly #root: unknown;
  readonly #random: Random;

  constructor(root: unknown, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  value(given: unknown, depth: number): unknown {
    if (typeof given !== "object" || given === null) {
      return this.#random.of([null, true, 1, "text"]);
    }
    const schema = this.#merged(given as Schema);
    if (Object.hasOwn(schema, "const")) {
      return schema["const"];
    }
    for (const key of ["enum", "examples"]) {
      const choices = schema[key];
      if (Array.isArray(choices) && choices.length > 0) {
        return this.#random.of(choices) as unknown;
      }
    }
    for (const key of ["oneOf", "anyOf"]) {
      const choices = schema[key];
      if (Array.isArray(choices) && choices.length > 0) {
        const { [key]: _, ...rest } = schema;
        const chosen: unknown = this.#random.of(choices);
        return typeof chosen === "object" && chosen !== null
          ? this.value({ ...rest, ...chosen }, depth)
          : this.value(rest, depth);
      }
    }
    return this.#ofType(this.#typeOf(schema), schema, depth);
  }

  /** With what it refers to, and what all of it says. */
  #merged(schema: Schema): Schema {
    let merged = schema;
    for (let hops = 0; merged["$ref"] !== undefined && hops < 32; hops++) {
      const { $ref, ...rest } = merged;
      merged = { ...(referred(this.#root, $ref) as Schema), ...rest };
    }
    const { allOf, ...rest } = merged;
    if (!Array.isArray(allOf)) {
      return merged;
    }
    return (allOf as readonly Schema[])
      .map((part) => this.#merged(part))
      .reduce((a, b) => joined(a, b), rest);
  }

  #typeOf(schema: Schema): string {
    const type = schema["type"];
    if (typeof type === "string") {
      return type;
    }
    if (Array.isArray(type)) {
      return this.#random.of(type as readonly string[]);
    }
    const hints: readonly (readonly [string, string])[] = [
      ["properties", "object"],
      ["required", "object"],
      ["items", "array"],
      ["prefixItems", "array"],
      ["minLength", "string"],
      ["pattern", "string"],
      ["format", "string"],
      ["minimum", "number"],
      ["maximum", "number"],
    ];
    return hints.find(([keyword]) => Object.hasOwn(schema, keyword))?.[1] ?? "string";
  }

  #ofType(type: string, schema: Schema, depth: number): unknown {
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return this.#random.happens(0.5);
      case "integer":
      case "number":
        return this.#number(schema, type === "integer");
      case "array":
        return this.#array(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return this.#text(schema);
    }
  }

  #number(schema: Schema, isInteger: boolean): number {
    const step = (schema["multipleOf"] as number | undefined) ?? (isInteger ? 1 : 0);
    const above = schema["exclusiveMinimum"] as number | undefined;
    const below = schema["exclusiveMaximum"] as number | undefined;
    const edge = step === 0 ? 0.001 : step;
    const least =
      (schema["minimum"] as number | undefined) ??
      (above === undefined ? Math.min(0, (below ?? 1) - 100) : above + edge);
    const most =
      (schema["maximum"] as number | undefined) ??
      (below === undefined ? Math.max(least + 100, 0) : below - edge);
    const value = least + this.#random.next() * (most - least);
    if (step === 0) {
      return Math.min(most, Math.max(least, Math.round(value * 100) / 100));
    }
    const first = Math.ceil(least / step);
    const last = Math.floor(most / step);
    return step * this.#random.between(first, Math.max(first, last));
  }

  #text(schema: Schema): string {
    const format = schema["format"];
    if (typeof format === "string" && Object.hasOwn(FORMATS, format)) {
      return FORMATS[format]?.(this.#random) ?? "";
    }
    const least = (schema["minLength"] as number | undefined) ?? 1;
    const most = (schema["maxLength"] as number | undefined) ?? Math.max(least, 12);
    const length = this.#random.between(least, Math.min(most, least + 12));
    let text = "";
    while (text.length < length) {
      text += this.#random.of(SYLLABLES);
    }
    return text.slice(0, length);
  }

  #array(schema: Schema, depth: number): unknown[] {
    const first = ((schema["prefixItems"] ?? []) as readonly unknown[]).map((one) =>
      this.value(one, depth + 1),
    );
    const least = (schema["minItems"] as number | undefined) ?? (depth < MAX_DEPTH ? 1 : 0);
    const most = (schema["maxItems"] as number | undefined) ?? least + 2;
    const length = depth < MAX_DEPTH ? this.#random.between(least, Math.max(least, most)) : least;
    while (first.length < length && schema["items"] !== false) {
      first.push(this.value(schema["items"] ?? {}, depth + 1));
    }
    return first;
  }

  #object(schema: Schema, depth: number): object {
    const required = new Set((schema["required"] ?? []) as readonly string[]);
    const made: Record<string, unknown> = {};
    const properties = (schema["properties"] ?? {}) as Schema;
    for (const [name, property] of Object.entries(properties)) {
      if (required.has(name) || (depth < MAX_DEPTH && this.#random.happens(0.7))) {
        made[name] = this.value(property, depth + 1);
      }
    }
    for (const name of required) {
      if (!Object.hasOwn(made, name)) {
        made[name] = this.value(schema["additionalProperties"] ?? {}, depth + 1);
      }
    }
    return made;
  }
}

const SYLLABLES = ["ba", "do", "fi", "ka", "lu", "me", "no", "ra", "si", "to"];

const FORMATS: Readonly<Record<string, (random: Random) => string>> = {
  "date-time": (random) => new Date(dayOf(random)).toISOString(),
  date: (random) => new Date(dayOf(random)).toISOString().slice(0, 10),
  time: (random) => new Date(dayOf(random)).toISOString().slice(11),
  email: (random) => `user${random.between(1, 999)}@example.com`,
  uri: (random) => `https://example.com/${random.between(1, 999)}`,
  ipv4: (random) => `192.0.2.${random.between(1, 254)}`,
  hostname: (random) => `host${random.between(1, 999)}.example.com`,
  uuid: (random) =>
    "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", () =>
      random.between(0, 15).toString(16),
    ),
};

function dayOf(random: Random): number {
  return Date.UTC(2026, 0, 1) + random.between(0, 365 * 24 * 3_600) * 1_000;
}

/** What two schemas say together, as far as an example needs it. */
function joined(a: Schema, b: Schema): Schema {
  return {
    ...a,
    ...b,
    properties: { ...(a["properties"] as object), ...(b["properties"] as object) },
    required: [
      ...((a["required"] ?? []) as readonly string[]),
      ...((b["required"] ?? []) as readonly string[]),
    ],
  };
}
