import { decode, decodeRich, hide } from "./decode.js";
import { definedError } from "./defined-errors.js";
import { DEFINED, type DescribedError, describedError } from "./describe.js";
import { encode, richText } from "./encode.js";
import { errorOf, isErrorCode, type RunarError } from "./errors.js";
import type { ErrorOrigin, SdkCodec } from "./host.js";
import { defineProperty, hasOwn, isArray, parse, stringify } from "./primordials.js";

const MAX_CAUSES = 8;

/** Errors of one description; those behind them have their message, and neither stack nor causes. */
const MAX_TOLD = 32;

/** How the host asks this side to read and write values and errors. */
export const codec: SdkCodec = { encode, decode, makeError, describeError };

/**
 * The error a caller sees for one that was raised elsewhere.
 *
 * @param name the class name there, kept when the code is `HANDLER_FAILED`
 * @param dataJson rich text of what the thrower attached, or null
 * @param stack the stack there, or null
 * @param causeJson the cause as {@link describeError} writes it, or null
 * @param errorsJson the errors of an `AggregateError` in that form, an array, or null
 * @param origin where it came from, and whether `name` is one of `defineError`
 */
function makeError(
  code: string,
  message: string,
  name: string | null,
  dataJson: string | null,
  stack: string | null,
  causeJson: string | null,
  errorsJson: string | null = null,
  origin: ErrorOrigin = {},
): RunarError {
  const known = isErrorCode(code) ? code : "INTERNAL";
  const details = {
    data: dataJson === null ? undefined : decodeRich(dataJson),
    ...(stack === null ? {} : { remoteStack: stack }),
    ...(causeJson === null ? {} : { cause: causeOf(parse(causeJson)) }),
    ...(typeof origin.node === "string" ? { node: origin.node } : {}),
    ...(typeof origin.path === "string" ? { path: origin.path } : {}),
  };
  const isDefined = known === "HANDLER_FAILED" && name !== null && origin.defined === true;
  const Defined = isDefined ? definedError(name) : undefined;
  const error =
    Defined === undefined ? errorOf(known, message, details) : new Defined(message, details);
  if (known === "HANDLER_FAILED" && name !== null && Defined === undefined) {
    hide(error, "name", name);
  }
  if (isDefined && Defined === undefined) {
    defineProperty(error, DEFINED, { value: true });
  }
  if (errorsJson !== null) {
    hide(error, "errors", causesOf(parse(errorsJson)));
  }
  return error;
}

function causesOf(described: unknown): unknown[] {
  const causes: unknown[] = [];
  if (isArray(described)) {
    for (let i = 0; i < described.length; i++) {
      causes[i] = causeOf(described[i]);
    }
  }
  return causes;
}

/** A cause in the form of {@link describeError}: with a code a RunarError, else a plain Error. */
function causeOf(described: unknown): unknown {
  if (typeof described !== "object" || described === null || isArray(described)) {
    return described;
  }
  const parts = described as Readonly<Record<string, unknown>>;
  return makeError(
    typeof parts["code"] === "string" ? parts["code"] : "HANDLER_FAILED",
    typeof parts["message"] === "string" ? parts["message"] : "",
    typeof parts["name"] === "string" ? parts["name"] : null,
    hasOwn(parts, "data") ? stringify(parts["data"]) : null,
    typeof parts["stack"] === "string" ? parts["stack"] : null,
    hasOwn(parts, "cause") ? stringify(parts["cause"]) : null,
    hasOwn(parts, "errors") ? stringify(parts["errors"]) : null,
    parts,
  );
}

/** What a call of the host says has gone wrong, in the form of {@link describeError}. */
export function errorOfJson(errorJson: string): RunarError {
  return causeOf(parse(errorJson)) as RunarError;
}

/** Throws what a call of the host answers with if it is an error; it has the form of {@link describeError}. */
export function mustSucceed(errorJson: string | null): void {
  if (errorJson !== null) {
    throw causeOf(parse(errorJson));
  }
}

/**
 * The JSON text of a thrown value: `{code, name, message, stack?, data?, node?, path?,
 * defined?, cause?, errors?}`. Anything but a
 * RunarError has the code `HANDLER_FAILED`; `data` is rich text, `cause` has this same form. What
 * cannot cross is left out. Never throws.
 */
function describeError(thrown: unknown): string {
  return errorText(thrown, 0, []);
}

/** Errors lead to each other, in circles too: each is told where it comes first. */
function errorText(thrown: unknown, depth: number, told: unknown[]): string {
  const error = describedError(thrown);
  let text = `{"code":"${error.code ?? "HANDLER_FAILED"}","name":${stringify(error.name)}`;
  text += `,"message":${stringify(error.message)}`;
  const why = whyMentioned(thrown, told);
  if (why !== undefined) {
    return `${text},"stack":${stringify(`${error.name}: ${error.message}\n    … (${why})`)}}`;
  }
  told[told.length] = thrown;
  return `${text}${detailsText(error, depth, told)}}`;
}

/** Why an error is only named; undefined: it is told. */
function whyMentioned(thrown: unknown, told: readonly unknown[]): string | undefined {
  for (let i = 0; i < told.length; i++) {
    if (told[i] === thrown && typeof thrown === "object") {
      return "told above";
    }
  }
  return told.length < MAX_TOLD ? undefined : `one of more than ${MAX_TOLD} errors`;
}

function detailsText(error: DescribedError, depth: number, told: unknown[]): string {
  let text = "";
  if (error.stack !== undefined) {
    text += `,"stack":${stringify(error.stack)}`;
  }
  const data = error.data === undefined ? undefined : dataText(error.data);
  if (data !== undefined) {
    text += `,"data":${data}`;
  }
  if (error.node !== undefined && error.path !== undefined) {
    text += `,"node":${stringify(error.node)},"path":${stringify(error.path)}`;
  }
  if (error.isDefined) {
    text += ',"defined":true';
  }
  if (error.cause !== undefined && depth < MAX_CAUSES) {
    text += `,"cause":${errorText(error.cause, depth + 1, told)}`;
  }
  if (error.errors.length > 0 && depth < MAX_CAUSES) {
    text += `,"errors":[`;
    for (let i = 0; i < error.errors.length; i++) {
      text += `${i === 0 ? "" : ","}${errorText(error.errors[i], depth + 1, told)}`;
    }
    text += "]";
  }
  return text;
}

function dataText(data: unknown): string | undefined {
  try {
    return richText(data);
  } catch {
    return undefined; // the error matters more than what was attached to it
  }
}
