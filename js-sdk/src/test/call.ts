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
  readonly generation: number;
  deadline: number;
  isSettled = false;
  isCancelled = false;
  readonly onCancel: (() => void)[] = [];
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
}

/** What a request tells its handler. */
export interface About {
  readonly meta: object;
  readonly headers: object;
  readonly caller: string;
  readonly traceparent: string;
}

/** The request as the SDK's handler sees it. */
export function callOf(
  pending: Pending,
  path: string,
  params: Readonly<Record<string, string>>,
  about: About,
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
    attempt: () => 1,
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
    failureJson: () => "null",
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
