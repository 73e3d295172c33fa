import { codec } from "../codec.js";
import type { RunarError } from "../errors.js";
import type { Encoded, HostCall, Kind } from "../host.js";
import type { VirtualClock } from "./clock.js";
import type { Pipe } from "./pipe.js";
import type { Entry } from "./registry.js";

/** One request from its caller's view, a promise, and from its action's, a call. */
export class Pending {
  /** Grows with what the handler does: it is told just before the answer. */
  readonly replyMeta: Record<string, string> = {};
  output: Pipe | null = null;
  input: Pipe | null = null;
  identity: string | null = null;
  readonly id: number;
  readonly entry: Entry;
  /** Of the script that runs it. */
  generation: number;
  deadline: number;
  isSettled = false;
  isCancelled = false;
  readonly onCancel: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  /** Fails the attempts that a script runs now. */
  readonly running: Set<(reason: RunarError) => void> = new Set();
  readonly settle: (outcome: Encoded | RunarError) => void;

  constructor(
    id: number,
    entry: Entry,
    deadline: number,
    settle: (outcome: Encoded | RunarError) => void,
  ) {
    this.id = id;
    this.entry = entry;
    this.generation = entry.generation;
    this.deadline = deadline;
    this.settle = settle;
  }

  /** Runs the callback when its caller or its time gives it up; the result forgets it. */
  whenCancelled(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  cancelled(): void {
    for (const watcher of [...this.#watchers]) {
      watcher();
    }
    this.#watchers.clear();
  }
}

/** What a request tells its handler. */
export interface About {
  readonly meta: object;
  readonly headers: object;
  readonly caller: string;
  readonly traceparent: string;
}

/** Which try it is, and for a fallback what it stands in for. */
export interface Try {
  readonly number: number;
  readonly failure: RunarError | undefined;
}

/** The request as the SDK's handler sees it. */
export function callOf(
  pending: Pending,
  path: string,
  params: Readonly<Record<string, string>>,
  about: About & Try,
  clock: VirtualClock,
): HostCall {
  const call = {
    requestId: () => pending.id,
    path: () => path,
    paramsJson: () => JSON.stringify(params),
    metaJson: () => JSON.stringify(about.meta),
    headersJson: () => JSON.stringify(about.headers),
    traceparent: () => about.traceparent,
    tracestate: () => "",
    caller: () => about.caller,
    attempt: () => about.number,
    identityKind: () => (pending.identity === null ? null : ("rich" as const)),
    identityText: () => pending.identity,
    identify: (_kind: Kind, text: unknown) => {
      pending.identity = typeof text === "string" ? text : JSON.stringify(text);
      return null;
    },
    replyMeta: (name: string, value: string) => {
      pending.replyMeta[name] = value;
      return null;
    },
    remaining: () => Math.max(0, pending.deadline - clock.now),
    servicePath: () => pending.entry.definition.path,
    http: () => null,
    failureJson: () => (about.failure === undefined ? "null" : codec.describeError(about.failure)),
    isCancelled: () => pending.isSettled,
    onCancel: (callback: () => void) => {
      if (pending.isCancelled) {
        callback();
      } else {
        pending.onCancel.push(callback);
      }
    },
  };
  return call;
}
