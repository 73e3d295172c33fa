import { type ErrorCode, errorOf } from "./errors.js";

/**
 * What an input or output must look like: a validator with the Standard Schema interface (Zod,
 * Valibot, ArkType …), which runs in the script, or a JSON Schema (TypeBox schemas bring their
 * types along), which the node checks and `$registry` shows.
 */
export type Schema<T> = StandardSchema<T> | JsonSchema<T>;

/** A JSON Schema. `static` exists in types only: it is how TypeBox says what the schema admits. */
export type JsonSchema<T> =
  | ({ readonly "~standard"?: never; readonly static?: T } & object)
  | { readonly "~standard"?: never; readonly [keyword: string]: unknown };

/** The interface of https://standardschema.dev, version 1. */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<T> | Promise<Validated<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

type Validated<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export function isStandard<T>(schema: Schema<T> | undefined): schema is StandardSchema<T> {
  return schema !== undefined && "~standard" in schema;
}

/**
 * The value as the validator returns it.
 *
 * @param more what else `data` of the error has
 * @throws RunarError with `code`, naming each issue; `data` has them too
 */
export async function validated<T>(
  schema: StandardSchema<T>,
  value: unknown,
  code: ErrorCode,
  what: string,
  more: object = {},
): Promise<T> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) {
    return result.value;
  }
  const issues = result.issues.map(({ message, path }) => ({
    path: (path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join("."),
    message,
  }));
  const words = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  throw errorOf(code, `${what}: ${words.join("; ")}`, { data: { ...more, issues } });
}
