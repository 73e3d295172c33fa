import { codec } from "../codec.js";
import { errorOf, isErrorCode, RunarError } from "../errors.js";
import type { Encoded } from "../host.js";
import { bytesOf } from "../writer.js";

/** The value as a receiver gets it: nothing of it is the sender's, bytes are a copy. */
export function copied(value: Encoded): Encoded {
  const [kind, data] = value;
  if (kind !== "bytes") {
    return value;
  }
  const bytes = ArrayBuffer.isView(data) ? bytesOf(data) : (data as ArrayBuffer);
  return ["bytes", bytes.slice(0)];
}

/** What a caller gets for what a handler threw: it crosses as text, as in the node. */
export function crossed(thrown: unknown): RunarError {
  const it = JSON.parse(codec.describeError(thrown)) as Readonly<Record<string, unknown>>;
  const text = (key: string): string | null => (typeof it[key] === "string" ? it[key] : null);
  const json = (key: string): string | null =>
    it[key] === undefined ? null : JSON.stringify(it[key]);
  const error = codec.makeError(
    text("code") ?? "INTERNAL",
    text("message") ?? "",
    text("name"),
    json("data"),
    text("stack"),
    json("cause"),
    json("errors"),
    it,
  );
  if (error instanceof RunarError) {
    return error;
  }
  const code = text("code");
  return errorOf(isErrorCode(code) ? code : "INTERNAL", error.message);
}
