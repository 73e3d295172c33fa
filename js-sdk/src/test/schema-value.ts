import { toBase64 } from "../base64.js";
import { errorOf } from "../errors.js";
import { issuesOf } from "./schema-check.js";

/**
 * Checks a value as the node does, which sees it as JSON.
 *
 * @throws RunarError naming each place that does not fit, also in `data.issues`
 */
export function checkFits(
  schema: object | undefined,
  value: unknown,
  code: "INVALID_INPUT" | "HANDLER_FAILED",
  what: string,
  more: object = {},
): void {
  if (schema === undefined) {
    return;
  }
  const isBytes = ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
  const issues = isBytes
    ? [{ path: "", message: "is bytes, and the schema is of JSON", keyword: "type" }]
    : issuesOf(schema, asJson(value));
  if (issues.length > 0) {
    const words = issues.map(({ path, message }) =>
      path === "" ? message : `${path}: ${message}`,
    );
    throw errorOf(code, `${what} does not fit: ${words.join("; ")}`, { data: { ...more, issues } });
  }
}

/**
 * A value by the names of an object schema's properties: an array by their order, a scalar as the
 * only one. Any other value stays.
 */
export function named(schema: object | undefined, value: unknown): unknown {
  const { type, properties } = (schema ?? {}) as {
    readonly type?: unknown;
    readonly properties?: object;
  };
  const names = type === "object" ? Object.keys(properties ?? {}) : [];
  const isList = Array.isArray(value);
  const isScalar = ["string", "number", "boolean", "bigint"].includes(typeof value);
  const values = isList ? (value as unknown[]) : isScalar ? [value] : undefined;
  const fits =
    values !== undefined &&
    names.length > 0 &&
    (isList ? values.length <= names.length : names.length === 1);
  return fits
    ? Object.fromEntries(values.map((item, index) => [names[index] as string, item]))
    : value;
}

/** As `JSON.stringify` would write it, but for big numbers, sets, maps and bytes. */
function asJson(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (value === undefined || typeof value !== "object" || value === null) {
    return value ?? null;
  }
  if (value instanceof Date) {
    return value.toJSON();
  }
  if (Array.isArray(value) || value instanceof Set) {
    return [...(value as Iterable<unknown>)].map(asJson);
  }
  if (ArrayBuffer.isView(value)) {
    return toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return Object.fromEntries(
    entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [String(key), asJson(item)]),
  );
}
