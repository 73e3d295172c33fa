import type { LogLevel } from "../host.js";
import { stringify } from "../primordials.js";
import { FRAME } from "./frames.js";
import type { Link } from "./link.js";
import { program } from "./program.js";

/** A longer line goes to the node in pieces, in characters. */
const MAX_PIECE = 128 << 10;
/** A longer line is cut where it is written, as the node's log does it. */
const MAX_SHOWN = 16_384;
/** So much is kept of what the node may not have yet, in characters; each line costs a few more. */
const MAX_KEPT = 1 << 20;
const LINE_COST = 100;

/** As in the node's log, most important first. */
const LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/**
 * The program's own lines for the log. The node writes it, so that is where they go; each is kept
 * until the answer to a later question shows that the node has it. What may not have got there when
 * the program or the node ends is written here.
 */
export class LogLines {
  readonly #link: Link;
  readonly #shown: number;
  readonly #kept: string[] = []; // at most MAX_KEPT characters
  #size = 0;
  /** How many of those the node has when it answers. */
  #asked = 0;
  #question: number | undefined;
  /** How many were kept no longer, since there was no room. */
  #dropped = 0;

  /** @param level of the node's configuration, as far as it is known here */
  constructor(link: Link, level: string | undefined) {
    this.#link = link;
    this.#shown = shownOf(level);
  }

  /** The node writes it, or it is written here: a line is never lost. */
  add(level: LogLevel, logger: string, message: string): void {
    const isShown = LEVELS.indexOf(level) < this.#shown;
    for (const piece of piecesOf(message)) {
      const head = stringify({ level, logger, message: piece });
      const isPosted = this.#link.post({ kind: FRAME.LOG, head }) === "OK";
      if (isShown) {
        const line = lineOf(level, logger, piece);
        if (isPosted) {
          this.#keep(line);
        } else {
          program.stderr.write(line);
        }
      }
    }
    this.#ask();
  }

  /** Whether it was the answer to a question of these lines. */
  answered(id: number): boolean {
    if (id !== this.#question) {
      return false;
    }
    this.#question = undefined;
    for (const line of this.#kept.splice(0, this.#asked)) {
      this.#size -= line.length + LINE_COST;
    }
    this.#asked = 0;
    this.#dropped = 0; // they were sent before
    return true;
  }

  /** Nothing more goes there, but what was sent arrives. */
  sent(): void {
    this.#kept.length = 0;
  }

  /** Nothing more goes there: what is not known to have got there is written here. */
  end(): void {
    if (this.#dropped > 0) {
      program.stderr.write(`${this.#dropped} lines of the log before these may be missing\n`);
    }
    for (const line of this.#kept.splice(0)) {
      program.stderr.write(line);
    }
    this.#question = undefined;
  }

  #keep(line: string): void {
    this.#kept.push(line);
    this.#size += line.length + LINE_COST;
    while (this.#size > MAX_KEPT) {
      this.#size -= (this.#kept.shift() as string).length + LINE_COST;
      this.#asked = Math.max(0, this.#asked - 1);
      this.#dropped++;
    }
  }

  /** One question at a time; the node answers it behind the lines that went before. */
  #ask(): void {
    if (this.#question !== undefined || this.#kept.length === 0) {
      return;
    }
    this.#asked = this.#kept.length;
    try {
      const id = this.#link.ask(
        { kind: FRAME.UNSUBSCRIBE, head: '{"subscription":-1}' }, // there is none: it only answers
        {
          answered: () => {
            this.answered(id);
            this.#ask();
          },
          failed: () => undefined, // the link has ended, as who owns this is told
        },
      );
      this.#question = id;
    } catch {
      // The link is full or gone: the next line asks again, or the end writes these.
    }
  }
}

/** A line for a node that has not begun. */
export function writeLine(level: LogLevel, logger: string, message: string): void {
  if (LEVELS.indexOf(level) < shownOf(undefined)) {
    program.stderr.write(lineOf(level, logger, message));
  }
}

/** How many of the levels are written; what a `runar.yaml` says is not known here. */
function shownOf(level: string | undefined): number {
  const wanted = program.env["RUNAR_LOGGING_LEVEL"] || level || "info";
  return wanted === "trace" ? LEVELS.length : LEVELS.indexOf(wanted as LogLevel) + 1;
}

/** A line in pieces that fit into heads, each character of which may be six of JSON's. */
function piecesOf(message: string): readonly string[] {
  if (message.length <= MAX_PIECE) {
    return [message];
  }
  const pieces: string[] = [];
  for (let at = 0; at < message.length; ) {
    let end = Math.min(at + MAX_PIECE, message.length);
    const last = message.charCodeAt(end - 1);
    if (end < message.length && last >= 0xd800 && last < 0xdc00) {
      end--; // the two halves of a character stay together
    }
    pieces.push(message.slice(at, end));
    at = end;
  }
  return pieces;
}

/** As the node writes it: no message can pass for a line of its own, or move the cursor. */
function lineOf(level: LogLevel, logger: string, message: string): string {
  const now = new Date();
  const time = `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, "0")}`;
  const shown = message.length <= MAX_SHOWN ? message : `${message.slice(0, MAX_SHOWN)}…`;
  const text = shown
    .split(/\r?\n/)
    .map((line) => line.replace(/(?!\t)[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, spelled))
    .join("\n")
    .replace(/\n(?! {2})/g, "\n    ");
  return `${time} ${level.padEnd(5)} runar.service.${logger} ${text}\n`;
}

function spelled(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
