import { describedError } from "./describe.js";
import { encode } from "./encode.js";
import { host, type LogLevel } from "./host.js";

/**
 * Writes to the node's log under a name of its own. Strings are written as they are, errors with
 * their stack, anything else as JSON. Never throws.
 */
export class Logger {
  /** What stands before each line: the service's path. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  debug(...parts: unknown[]): void {
    this.#write("debug", parts);
  }

  info(...parts: unknown[]): void {
    this.#write("info", parts);
  }

  warn(...parts: unknown[]): void {
    this.#write("warn", parts);
  }

  error(...parts: unknown[]): void {
    this.#write("error", parts);
  }

  #write(level: LogLevel, parts: readonly unknown[]): void {
    host.log(level, this.name, parts.map(textOf).join(" "));
  }
}

function textOf(part: unknown): string {
  if (typeof part === "string") {
    return part;
  }
  if (part instanceof Error) {
    const { name, message, stack } = describedError(part);
    return stack ?? `${name}: ${message}`;
  }
  try {
    return typeof part === "object" ? String(encode(part)[1]) : String(part);
  } catch {
    return Object.prototype.toString.call(part);
  }
}
