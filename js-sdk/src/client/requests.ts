import { CancelledError, errorOf, TimeoutError } from "../errors.js";
import { ConnectionError, failureOf, type NodeFailure } from "./errors.js";
import type { Frame, Link } from "./link.js";
import type { CallOptions } from "./options.js";
import { platform } from "./platform.js";

/** Who waits for the answer to a frame. */
export interface Asking {
  answered(frame: Frame): void;
  failed(error: Error): void;
}

/** A frame without the id that it gets when it is sent. */
export type Question = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly question: Question;
  readonly asking: Asking;
  readonly mayWait: boolean;
}

/** What is asked of the node, from the question to the answer. Nothing is asked twice. */
export class Requests {
  readonly #link: Link;
  readonly #bound: number;
  readonly #asked = new Map<number, Asking>();
  /** For a connection, in order. */
  readonly #waiting = new Set<Waiting>();
  #lastId = 0;

  constructor(link: Link, bound: number) {
    this.#link = link;
    this.#bound = bound;
  }

  /** Asks now: there is a connection. Returns what forgets it. */
  send(question: Question, asking: Asking): () => void {
    const id = ++this.#lastId;
    this.#asked.set(id, asking);
    this.#link.send({ ...question, id });
    return () => this.#asked.delete(id);
  }

  /** Asks as soon as everything is settled, if the options or the state allow to wait for that. */
  ask<Answer>(
    question: Question,
    read: (frame: Frame) => Answer,
    { queue = false, timeout, signal }: CallOptions = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let forget = (): unknown => undefined;
      let timer: unknown;
      const onAbort = (): void => end(new CancelledError("the call was given up"));
      const tidy = (): void => {
        platform.clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const end = (error: Error): void => {
        tidy();
        forget();
        reject(error);
      };
      if (signal?.aborted) {
        end(new CancelledError("the call was given up before it began"));
        return;
      }
      signal?.addEventListener("abort", onAbort);
      if (timeout !== undefined) {
        timer = platform.setTimeout(
          () => end(new TimeoutError(`no answer came within ${timeout} ms`)),
          timeout,
        );
      }
      const asking: Asking = {
        answered: (frame) => {
          tidy();
          resolve(read(frame));
        },
        failed: end,
      };
      try {
        forget = this.#begin({ question, asking, mayWait: queue });
      } catch (error) {
        end(error as Error);
      }
    });
  }

  #begin(waiting: Waiting): () => unknown {
    const { question, asking, mayWait } = waiting;
    const { state, isClosed } = this.#link;
    if (this.#asked.size + this.#waiting.size >= this.#bound) {
      throw errorOf("OVERLOADED", `${this.#bound} calls and publications are unanswered`);
    }
    if (state !== "connecting" && state !== "offline") {
      return this.send(question, asking);
    }
    if (isClosed || (state === "offline" && !mayWait)) {
      throw new ConnectionError(
        isClosed ? "the client is closed" : "there is no connection",
        false,
      );
    }
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  /** Everything is settled: what has waited is asked. */
  flush(): void {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      this.send(waiting.question, waiting.asking);
    }
  }

  /** The answer to something, if it is one. */
  answer(frame: Frame): void {
    const id = frame["id"] as number;
    const asking = this.#asked.get(id);
    if (asking !== undefined) {
      this.#asked.delete(id);
      const error = frame["error"];
      if (error === undefined) {
        asking.answered(frame);
      } else {
        asking.failed(failureOf(error as NodeFailure));
      }
    }
  }

  /** What was asked may have been done or not; what waits for this very attempt is told. */
  lost(why: string, isForGood: boolean): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const asking of asked) {
      asking.failed(new ConnectionError(`the connection broke before the answer: ${why}`, true));
    }
    for (const waiting of this.#waiting) {
      if (isForGood || !waiting.mayWait) {
        this.#waiting.delete(waiting);
        waiting.asking.failed(new ConnectionError(`there is no connection: ${why}`, false));
      }
    }
  }
}
