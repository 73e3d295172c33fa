import { codec } from "../codec.js";
import {
  errorOf,
  NotRunningError,
  OverloadError,
  ProtocolError,
  type RunarError,
} from "../errors.js";
import { parse, stringify } from "../primordials.js";
import { cancelledIn, type Frame, framesIn, isKnown } from "./codec.js";
import { FRAME, type OutgoingFrame, PAYLOAD, PROTOCOL } from "./frames.js";
import { Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";
import { errorOfFrame } from "./payload.js";
import { program, queueMicrotask, runtime, script } from "./program.js";
import type { LinkEnd, Receiver, Sent, Transport } from "./transport.js";
import { VERSION } from "./version.js";

/**
 * Questions that may be unanswered at a time, on their way to the node included. What holds before
 * is the node's own bound: it refuses beyond 65,536.
 */
const MAX_ASKS = 1 << 20;

/** So much of each text of an error is kept that is too large to be sent, in characters. */
const MAX_KEPT = 1_000;

/** What somebody elsewhere has said, and what this program says: a loss, if it gets nowhere. */
const CALLBACKS: ReadonlySet<number> = new Set([
  FRAME.INVOKE,
  FRAME.EVENT,
  FRAME.ACCEPT,
  FRAME.OPEN,
  FRAME.MESSAGE,
  FRAME.ITEMS,
]);
const MESSAGES: ReadonlySet<number> = new Set([
  FRAME.RESULT,
  FRAME.ERROR,
  FRAME.REQUEST,
  FRAME.STREAM,
  FRAME.PUBLISH,
  FRAME.WRITE,
  FRAME.SEND,
  FRAME.SEND_TO_GROUP,
  FRAME.ITEMS,
  FRAME.END,
]);

/** What could not be delivered when the program has ended. */
export interface Undelivered {
  /** That have come and have not begun. */
  readonly callbacks: number;
  /** That have not got to the node, at least: of some only the batch is known. */
  readonly messages: number;
}

/** What waits for the answer to a question. */
export interface Ask {
  /** The answer: a RESULT. */
  answered(answer: Frame): void;
  /** It has failed, or can no more be answered. `answer`: the ERROR, if it was one. */
  failed(error: RunarError, answer?: Frame): void;
}

/** What works on the frames that are no answers. */
export interface Worker {
  /** Whether the frame was one for it. */
  onFrame(frame: Frame): boolean;
  /** One that came too late for anything but to be printed, or to show that others have come. */
  onLast(frame: Frame): void;
  /** Nothing more comes; what waits here is over. */
  onEnd(reason: RunarError, end: LinkEnd): void;
}

/** Joins this JavaScript context with one node: questions and their answers, and the end of it. */
export class Link {
  readonly #transport: Transport;
  readonly #worker: Worker;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #asks = new Map<number, Ask>(); // at most MAX_ASKS
  readonly #cancelled = new Set<number>(); // whose CANCEL waits in the inbox
  #nextId = 1;
  #holds = 0;
  #isHeld = false;
  #ran = 0;
  #ranBytes = 0;
  #counted = 0;
  #unworked = 0;
  #end: RunarError | undefined;

  constructor(transport: Transport, worker: Worker) {
    this.#transport = transport;
    this.#worker = worker;
    this.#outbox = new Outbox(transport);
    this.#inbox = new Inbox({
      onFrame: (frame) => this.#onFrame(frame),
      onPause: () => this.#tellRan(),
      onBroken: (error) => this.#fatal(error.message),
      onBusy: () => transport.hold(),
      onReady: () => transport.resume(),
    });
    const receiver: Receiver = {
      onBatch: (batch) => {
        cancelledIn(batch, this.#cancelled);
        this.#inbox.push(batch);
      },
      onLast: (batch) => {
        for (const frame of framesIn(batch)) {
          this.#onLast(frame);
        }
      },
      onRoom: () => this.#outbox.room(),
      onEnd: (end) => this.#inbox.finish(() => this.#ended(end)),
    };
    transport.unref();
    transport.start(receiver);
    this.#outbox.postReserved({
      kind: FRAME.HELLO,
      head: stringify({
        protocol: PROTOCOL,
        version: VERSION,
        runtime,
        pid: program.pid,
        script: script(),
        environment: environment(),
      }),
    });
  }

  /** Why there is none any more; undefined while there is. */
  get end(): RunarError | undefined {
    return this.#end;
  }

  /** Sends what may be refused. */
  post(frame: OutgoingFrame): Sent {
    return this.#outbox.post(frame);
  }

  /** Sends what answers something. */
  postReserved(frame: OutgoingFrame): Sent {
    return this.#outbox.postReserved(frame);
  }

  /** Answers an exchange of the node's with an error. */
  postError(id: number, error: unknown, head?: string): void {
    const text = codec.describeError(error);
    try {
      this.postReserved({ kind: FRAME.ERROR, id, head, payload: [PAYLOAD.RICH, text] });
    } catch (tooLarge) {
      this.postReserved({
        kind: FRAME.ERROR,
        id,
        head,
        payload: [PAYLOAD.RICH, shorter(text, tooLarge)],
      });
    }
  }

  /**
   * Asks the node; one of the two of `ask` is called, once and later. Returns the id.
   *
   * @throws RunarError when it cannot be asked
   */
  ask(frame: OutgoingFrame, ask: Ask): number {
    if (this.#end !== undefined) {
      throw again(this.#end);
    }
    if (this.#asks.size >= MAX_ASKS) {
      throw new OverloadError(`${MAX_ASKS} questions to the node are unanswered; try again later`);
    }
    const id = this.#nextId;
    this.#nextId += 2;
    this.#asks.set(id, ask);
    let sent: Sent;
    try {
      sent = this.#outbox.post({ ...frame, id });
    } catch (error) {
      this.#asks.delete(id);
      throw error;
    }
    if (sent !== "OK") {
      this.#asks.delete(id);
      throw sent === "FULL"
        ? new OverloadError("the link to the node is full; try again later")
        : gone("the link to the node is closed");
    }
    this.#count();
    return id;
  }

  /** As {@link ask}; resolves to what `read` makes of the answer. */
  asked<T>(frame: OutgoingFrame, read: (answer: Frame) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.ask(frame, {
        answered: (answer) => {
          try {
            resolve(read(answer));
          } catch (error) {
            reject(error);
          }
        },
        failed: reject,
      });
    });
  }

  /** The answer is not wanted any more: it is dropped when it comes. False: it was there already. */
  forget(id: number): boolean {
    const wasOpen = this.#asks.delete(id);
    if (wasOpen) {
      this.#count();
    }
    return wasOpen;
  }

  /** Tells the node that an answer is not wanted any more. False: it was there already. */
  cancel(id: number): boolean {
    const wasOpen = this.forget(id);
    if (wasOpen) {
      this.postReserved({ kind: FRAME.CANCEL, id });
    }
    return wasOpen;
  }

  /** A frame that ends an exchange without being a RESULT. False: nobody waits for it. */
  answered(frame: Frame): boolean {
    const ask = this.#take(frame.id);
    ask?.answered(frame);
    return ask !== undefined;
  }

  /** The program goes on until {@link letGo}; as often as this. */
  hold(): void {
    this.#holds++;
    this.#count();
  }

  letGo(): void {
    this.#holds--;
    this.#count();
  }

  #count(): void {
    const isHeld = this.#end === undefined && (this.#holds > 0 || this.#asks.size > 0);
    if (isHeld !== this.#isHeld) {
      this.#isHeld = isHeld;
      if (isHeld) {
        this.#transport.ref();
      } else {
        this.#transport.unref();
      }
    }
  }

  #onFrame(frame: Frame): void {
    switch (frame.kind) {
      case FRAME.RESULT:
        this.answered(frame);
        return;
      case FRAME.ERROR: {
        const ask = this.#take(frame.id);
        ask?.failed(errorOfFrame(frame), frame);
        return;
      }
      case FRAME.HELLO:
        this.#greeted(parse(frame.head) as { protocol?: unknown; version?: unknown });
        return;
      case FRAME.DRAINED:
        this.#outbox.room();
        return;
      case FRAME.BYE:
        this.#ended({ message: "the node has ended" });
        return;
      case FRAME.FATAL:
        this.#ended({ message: `the node cannot go on: ${messageOf(frame)}` });
        return;
    }
    if (frame.kind === FRAME.CANCEL) {
      this.#cancelled.delete(frame.id);
    }
    if (!isKnown(frame.kind) || !this.#worker.onFrame(frame)) {
      this.#unknown(frame);
    }
  }

  /** The program ends: what has come is not worked on any more, but it is looked at. */
  last(): void {
    this.#inbox.last((frame) => this.#onLast(frame));
    this.#transport.last?.();
  }

  /** What waits to be sent leaves, if it gets there although the program ends. False: it does not. */
  leave(): boolean {
    if (this.#transport.outlives !== true) {
      return false;
    }
    this.#outbox.flush();
    return this.#outbox.isEmpty;
  }

  /** What ends with the program ends now. */
  shutdown(code: number): Undelivered {
    const untaken = this.#transport.shutdown?.(code) ?? 0;
    let messages = untaken;
    for (const frame of framesIn(this.#outbox.peek())) {
      messages += MESSAGES.has(frame.kind) ? 1 : 0;
    }
    return { callbacks: this.#unworked, messages };
  }

  #onLast(frame: Frame): void {
    this.#unworked += CALLBACKS.has(frame.kind) ? 1 : 0;
    this.#worker.onLast(frame);
  }

  /** This side needs the node no more. */
  close(message: string): void {
    this.postReserved({ kind: FRAME.BYE });
    this.#ended({ message });
  }

  #unknown(frame: Frame): void {
    const message = `a frame of kind ${frame.kind} is not known here`;
    if (frame.id === 0) {
      this.#fatal(message);
    } else {
      this.postError(frame.id, errorOf("INVALID_INPUT", message));
    }
  }

  #take(id: number): Ask | undefined {
    const ask = this.#asks.get(id);
    if (ask !== undefined) {
      this.#asks.delete(id);
      this.#count();
    }
    return ask; // undefined: it was given up, and this is late
  }

  #greeted(hello: { readonly protocol?: unknown; readonly version?: unknown }): void {
    if (hello.protocol !== PROTOCOL) {
      this.#fatal(
        `runar-ts ${VERSION} speaks protocol ${PROTOCOL}, the node ${String(hello.version)} ` +
          `protocol ${String(hello.protocol)}: install the same version of runar-ts and of the node`,
      );
    }
  }

  /** Whether the node has given up what it asks here, in a frame that is still to come. */
  isGivenUp(id: number): boolean {
    return this.#cancelled.size > 0 && this.#cancelled.has(id);
  }

  /** A callback has begun: the node may post that many more. */
  began(frame: Frame): void {
    this.#ran++;
    this.#ranBytes += frame.size;
  }

  #tellRan(): void {
    if (this.#ran > 0) {
      const head = this.#countsIfNew();
      this.postReserved({ kind: FRAME.RAN, target: this.#ran, id: this.#ranBytes, head });
      this.#ran = 0;
      this.#ranBytes = 0;
    }
  }

  /** What the node cannot count itself. */
  #countsIfNew(): string | undefined {
    const { refused } = this.#outbox;
    const lateDrains = this.#transport.lateDrains ?? 0;
    if (refused + lateDrains === this.#counted) {
      return undefined;
    }
    this.#counted = refused + lateDrains; // both only grow
    return stringify({ refused, lateDrains });
  }

  #fatal(message: string): void {
    this.postReserved({ kind: FRAME.FATAL, head: stringify({ message }) });
    this.#ended({ message });
  }

  #ended(end: LinkEnd): void {
    if (this.#end !== undefined) {
      return;
    }
    const reason = gone(end.message);
    this.#outbox.flush();
    this.#end = reason;
    this.#cancelled.clear();
    this.#inbox.close();
    this.#outbox.close();
    this.#transport.close();
    const asks = [...this.#asks.values()];
    this.#asks.clear();
    this.#count();
    for (const ask of asks) {
      aside(() => ask.failed(again(reason))); // an error each: they get stacks of their own
    }
    this.#worker.onEnd(reason, end);
  }
}

/** What it throws is thrown where nobody else is hurt by it. */
export function aside(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** What configures a node, as it is now: a Java machine in this process has seen an older one. */
function environment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(program.env).filter(([name]) => name.startsWith("RUNAR_")),
  );
}

/** What is left of an error that no link can carry: who waits for it has to hear something. */
function shorter(text: string, tooLarge: unknown): string {
  const { name, code, message } = JSON.parse(text) as Record<string, string>;
  const why = `${cut(message)} (the whole error is left out: ${(tooLarge as Error).message})`;
  return stringify({ name: cut(name), code: cut(code), message: why });
}

function cut(text: string | undefined): string {
  return String(text).slice(0, MAX_KEPT);
}

function messageOf(frame: Frame): string {
  try {
    return String((parse(frame.head) as { message?: unknown }).message);
  } catch {
    return new ProtocolError("it does not say why").message;
  }
}

function gone(message: string): NotRunningError {
  return new NotRunningError(message);
}

function again(reason: RunarError): RunarError {
  return errorOf(reason.code, reason.message);
}
