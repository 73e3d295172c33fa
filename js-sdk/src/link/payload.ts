import { errorOfJson } from "../codec.js";
import { InternalError, type RunarError } from "../errors.js";
import type { Encoded, Kind } from "../host.js";
import { stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { type OutgoingPayload, PAYLOAD } from "./frames.js";

/** A value that the SDK has encoded, as it travels: scalars are JSON text, too. */
export function payloadOf(kind: Kind, data: unknown): OutgoingPayload {
  switch (kind) {
    case "value":
      return [PAYLOAD.JSON, typeof data === "number" ? `${data}` : stringify(data)];
    case "json":
      return [PAYLOAD.JSON, data as string];
    case "rich":
      return [PAYLOAD.RICH, data as string];
    case "bytes":
      return [PAYLOAD.BYTES, data as ArrayBuffer | ArrayBufferView];
  }
}

/** The error that a frame carries. */
export function errorOfFrame(frame: Frame): RunarError {
  try {
    return errorOfJson(frame.payloadText);
  } catch {
    return new InternalError("the node has answered with an error that cannot be read");
  }
}

/** What a frame carries, for the SDK to decode; no payload is null. */
export function encodedOf(frame: Frame): Encoded {
  switch (frame.payloadKind) {
    case PAYLOAD.JSON:
      return ["json", frame.payloadText];
    case PAYLOAD.RICH:
      return ["rich", frame.payloadText];
    case PAYLOAD.BYTES:
      return ["bytes", frame.payloadBytes];
    default:
      return ["value", null];
  }
}
