/**
 * Every reason a node gives for a failure. Stable: switch on these, never on messages. The Java
 * enum `RunarException.Code` is the same list; a test holds the two equal.
 */
export const ERROR_CODES = [
  "CANCELLED",
  "CONFIG",
  "CONTEXT_GONE",
  "DUPLICATE",
  "HANDLER_FAILED",
  "INVALID_INPUT",
  "INVALID_PATH",
  "MEMORY_LIMIT",
  "TOO_LARGE",
  "NOT_FOUND",
  "NOT_RUNNING",
  "OVERLOADED",
  "PERMISSION_DENIED",
  "PROTOCOL",
  "SCRIPT",
  "SHUTDOWN",
  "TIMEOUT",
  "UNSUPPORTED_VALUE",
  "INTERNAL",
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a {@link RunarError} carries besides code and message. */
export interface RunarErrorOptions {
  /** Anything that can cross; reaches the caller beside the code. */
  readonly data?: unknown;
  /** What led to this error; crosses with class name, message and stack. */
  readonly cause?: unknown;
  /** The stack where the error was thrown, if that was not in this script. */
  readonly remoteStack?: string;
  /** Said by the host of an error that a request failed with. */
  readonly node?: string;
  /** Said by the host of an error that a request failed with. */
  readonly path?: string;
}

/**
 * Every failure that a node tells, and the error to throw when the caller should get a code of its
 * own. Across services, languages and the network `code`, `message`, `data` and `cause` are kept.
 *
 * @example
 * ```ts
 * try {
 *   await node.request("math/divide", { a: 1, b: 0 });
 * } catch (error) {
 *   if (error instanceof RunarError && error.code === "INVALID_INPUT") ask(error.data);
 *   else throw error;
 * }
 * ```
 */
export class RunarError extends Error {
  /** The stable reason. */
  readonly code: ErrorCode;
  /** What the thrower attached; undefined for nothing. */
  readonly data: unknown;
  /** The stack where the error was thrown, source-mapped, if that was not in this script. */
  readonly remoteStack: string | undefined;
  /** The node whose request failed first, `network/id`; undefined: it was thrown here. */
  readonly node: string | undefined;
  /** The path of the request that failed first; undefined: it was thrown here. */
  readonly path: string | undefined;

  constructor(code: ErrorCode, message: string, options: RunarErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.data = options.data;
    this.remoteStack = options.remoteStack;
    this.node = options.node;
    this.path = options.path;
  }

  /** The same request may succeed a little later: the code is `OVERLOADED` or `CONTEXT_GONE`. */
  get retryable(): boolean {
    return this.code === "OVERLOADED" || this.code === "CONTEXT_GONE";
  }

  static {
    setName(RunarError, "RunarError");
  }
}

/** The caller gave up before the work was done: code `CANCELLED`. */
export class CancelledError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("CANCELLED", message, options);
  }

  static {
    setName(CancelledError, "CancelledError");
  }
}

/** A configuration key or value is wrong: code `CONFIG`. */
export class ConfigError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("CONFIG", message, options);
  }

  static {
    setName(ConfigError, "ConfigError");
  }
}

/** The script context that should have run the callback is gone: code `CONTEXT_GONE`. */
export class ContextGoneError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("CONTEXT_GONE", message, options);
  }

  static {
    setName(ContextGoneError, "ContextGoneError");
  }
}

/** A service, action or path is already taken: code `DUPLICATE`. */
export class DuplicateError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("DUPLICATE", message, options);
  }

  static {
    setName(DuplicateError, "DuplicateError");
  }
}

/**
 * The handler threw an error of its own: code `HANDLER_FAILED`. `name` is then the class name of
 * that error (`TypeError` …), `remoteStack` its stack.
 */
export class CallbackError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("HANDLER_FAILED", message, options);
  }

  static {
    setName(CallbackError, "CallbackError");
  }
}

/** The payload does not fit what the handler takes: code `INVALID_INPUT`. */
export class ValidationError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("INVALID_INPUT", message, options);
  }

  static {
    setName(ValidationError, "ValidationError");
  }
}

/** A path, topic or pattern is malformed: code `INVALID_PATH`. */
export class InvalidPathError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("INVALID_PATH", message, options);
  }

  static {
    setName(InvalidPathError, "InvalidPathError");
  }
}

/** The turn allocated more memory than one turn may: code `MEMORY_LIMIT`. */
export class MemoryLimitError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("MEMORY_LIMIT", message, options);
  }

  static {
    setName(MemoryLimitError, "MemoryLimitError");
  }
}

/** The message is larger than the bound: code `TOO_LARGE`. */
export class TooLargeError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("TOO_LARGE", message, options);
  }

  static {
    setName(TooLargeError, "TooLargeError");
  }
}

/** Nothing answers to this path: code `NOT_FOUND`. */
export class NotFoundError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("NOT_FOUND", message, options);
  }

  static {
    setName(NotFoundError, "NotFoundError");
  }
}

/** The service or node exists but does not run: code `NOT_RUNNING`. */
export class NotRunningError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("NOT_RUNNING", message, options);
  }

  static {
    setName(NotRunningError, "NotRunningError");
  }
}

/** A queue or table is at its bound; try again later: code `OVERLOADED`. */
export class OverloadError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("OVERLOADED", message, options);
  }

  static {
    setName(OverloadError, "OverloadError");
  }
}

/** The caller may not do this: code `PERMISSION_DENIED`. */
export class PermissionError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("PERMISSION_DENIED", message, options);
  }

  static {
    setName(PermissionError, "PermissionError");
  }
}

/** A client spoke the protocol wrongly: code `PROTOCOL`. */
export class ProtocolError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("PROTOCOL", message, options);
  }

  static {
    setName(ProtocolError, "ProtocolError");
  }
}

/** A script could not be loaded: code `SCRIPT`. */
export class ScriptError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("SCRIPT", message, options);
  }

  static {
    setName(ScriptError, "ScriptError");
  }
}

/** The node is stopping: code `SHUTDOWN`. */
export class ShutdownError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("SHUTDOWN", message, options);
  }

  static {
    setName(ShutdownError, "ShutdownError");
  }
}

/** The deadline passed: code `TIMEOUT`. */
export class TimeoutError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("TIMEOUT", message, options);
  }

  static {
    setName(TimeoutError, "TimeoutError");
  }
}

/** The value cannot cross between script, Java and network: code `UNSUPPORTED_VALUE`. */
export class UnsupportedValueError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("UNSUPPORTED_VALUE", message, options);
  }

  static {
    setName(UnsupportedValueError, "UnsupportedValueError");
  }
}

/** A fault of the node itself: code `INTERNAL`. */
export class InternalError extends RunarError {
  constructor(message: string, options?: RunarErrorOptions) {
    super("INTERNAL", message, options);
  }

  static {
    setName(InternalError, "InternalError");
  }
}

const CLASSES: Readonly<
  Record<ErrorCode, new (message: string, options?: RunarErrorOptions) => RunarError>
> = {
  CANCELLED: CancelledError,
  CONFIG: ConfigError,
  CONTEXT_GONE: ContextGoneError,
  DUPLICATE: DuplicateError,
  HANDLER_FAILED: CallbackError,
  INVALID_INPUT: ValidationError,
  INVALID_PATH: InvalidPathError,
  MEMORY_LIMIT: MemoryLimitError,
  TOO_LARGE: TooLargeError,
  NOT_FOUND: NotFoundError,
  NOT_RUNNING: NotRunningError,
  OVERLOADED: OverloadError,
  PERMISSION_DENIED: PermissionError,
  PROTOCOL: ProtocolError,
  SCRIPT: ScriptError,
  SHUTDOWN: ShutdownError,
  TIMEOUT: TimeoutError,
  UNSUPPORTED_VALUE: UnsupportedValueError,
  INTERNAL: InternalError,
};

/** The text names a code of this version. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && Object.hasOwn(CLASSES, text);
}

/** An error of the class that belongs to the code. */
export function errorOf(code: ErrorCode, message: string, options?: RunarErrorOptions): RunarError {
  return new CLASSES[code](message, options);
}

/** Puts the name where built-in errors have theirs: on the prototype, and not enumerable. */
function setName(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, "name", {
    value: name,
    writable: true,
    configurable: true,
  });
}
