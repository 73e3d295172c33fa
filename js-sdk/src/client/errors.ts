import { errorOf, isErrorCode, RunarError } from "../errors.js";

/** There is no connection, or it broke before the answer came: code `NOT_RUNNING`. */
export class ConnectionError extends RunarError {
  /**
   * The node may have got what was asked, and may have done it. False: it was never sent, so it can
   * be asked again without doing anything twice.
   */
  readonly isSent: boolean;

  constructor(message: string, isSent: boolean) {
    super("NOT_RUNNING", message);
    this.isSent = isSent;
    this.name = "ConnectionError";
  }
}

/** What the node says of a failure. */
export interface NodeFailure {
  readonly code: string;
  readonly message: string;
  readonly name?: string;
  readonly data?: unknown;
}

/** As an error; `name` is that of an error which the service has defined. */
export function failureOf({ code, message, name, data }: NodeFailure): RunarError {
  const error = errorOf(isErrorCode(code) ? code : "INTERNAL", message, { data });
  if (name !== undefined) {
    error.name = name;
  }
  return error;
}
