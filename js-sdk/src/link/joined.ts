import type { RunarError } from "../errors.js";
import type { LogLevel } from "../host.js";
import { parse } from "../primordials.js";
import { Callbacks } from "./callbacks.js";
import type { Frame } from "./codec.js";
import { FLAG, FRAME, type OutgoingFrame } from "./frames.js";
import { LogLines } from "./lines.js";
import { Link } from "./link.js";
import { program } from "./program.js";
import type { ServiceNumbers } from "./registrations.js";
import { LinkTopics } from "./topics.js";
import type { LinkEnd, Transport } from "./transport.js";

/** What a {@link Joined} needs of its owner. */
export interface JoinedOwner {
  /** A line for the log. */
  log(level: LogLevel, logger: string, message: string): void;
  /** The node is gone; what it had given is over. */
  onEnd(joined: Joined, reason: RunarError, end: LinkEnd): void;
}

/** A node that this program is joined to, from its first configuration to its end. */
export class Joined {
  readonly link: Link;
  readonly callbacks: Callbacks;
  readonly topics: LinkTopics;
  readonly services: Map<string, ServiceNumbers> = new Map();
  readonly lines: LogLines;
  readonly network: string;
  /** What is wrong with the configuration, once the node has said so. */
  failure: RunarError | undefined;
  isStarted = false;
  isStopped = false;

  /** @param level of the log, as far as it is known here */
  constructor(
    transport: Transport,
    network: string,
    level: string | undefined,
    owner: JoinedOwner,
  ) {
    this.network = network;
    this.link = new Link(transport, {
      onFrame: (frame) => this.#onFrame(frame),
      onLast: (frame) => this.#onLast(frame),
      onEnd: (reason, end) => owner.onEnd(this, reason, end),
    });
    this.callbacks = new Callbacks(this.link, (level, logger, message) =>
      owner.log(level, logger, message),
    );
    this.topics = new LinkTopics(this.link, network);
    this.lines = new LogLines(this.link, level);
  }

  /** Asks; what is wrong with the configuration is said by all that depends on it. */
  async asked<T>(frame: OutgoingFrame, read: (answer: Frame) => T): Promise<T> {
    const outcome = await this.link.asked(frame, read).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if ("error" in outcome) {
      throw outcome.error;
    }
    return outcome.value;
  }

  /** The program ends, and nothing can be done any more but to print. */
  exits(code: number): void {
    if (this.link.end !== undefined) {
      return;
    }
    this.link.last();
    if (this.link.leave()) {
      this.lines.sent();
    }
    this.lines.end(); // before Java ends: its hooks may keep it
    const { callbacks, messages } = this.link.shutdown(code);
    if (callbacks + messages > 0) {
      program.stderr.write(
        `runar: the program has ended with ${callbacks} callbacks that had not begun, and ` +
          `${messages} messages that had not got to the node\n`,
      );
    }
  }

  /** Whether the frame was one for this side. */
  #onFrame(frame: Frame): boolean {
    switch (frame.kind) {
      case FRAME.LOG:
        print(frame);
        return true;
      case FRAME.TOPIC_DROPPED:
        this.topics.dropped(frame);
        return true;
      case FRAME.END:
        return (
          ((frame.flags & FLAG.INPUT) === 0 && this.link.answered(frame)) ||
          this.callbacks.onFrame(frame)
        );
      default:
        return this.callbacks.onFrame(frame);
    }
  }

  /** As {@link #onFrame}, while the program ends. */
  #onLast(frame: Frame): void {
    if (frame.kind === FRAME.LOG) {
      print(frame);
    } else if (frame.kind === FRAME.RESULT) {
      this.lines.answered(frame.id);
    }
  }
}

/** What the node's program has written, and its log. */
function print(frame: Frame): void {
  const { logger, message } = parse(frame.head) as {
    readonly logger: string;
    readonly message: string;
  };
  const out = logger === "System.out" ? program.stdout : program.stderr;
  out.write(`${message}\n`);
}
