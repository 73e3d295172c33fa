import { codec } from "../codec.js";
import { InternalError, NotFoundError, type RunarError } from "../errors.js";
import type {
  ActionCallback,
  EventCallback,
  HostLifecycle,
  LifecycleCallback,
  LogLevel,
} from "../host.js";
import { argumentsOf } from "../mapping.js";
import { stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { FRAME, IS_LATE, NOT_BEGUN } from "./frames.js";
import { aside, type Link } from "./link.js";
import { type CallPlace, LinkCall } from "./link-call.js";
import { LinkEvent } from "./link-event.js";
import { encodedOf, payloadOf } from "./payload.js";
import { LinkSessions, type SocketPlace } from "./sessions.js";
import { LinkStreams } from "./streams.js";

/** Handlers of subscriptions that have ended are kept for what is still on its way to them. */
const MAX_ENDED = 10_000;

/** The number of the handler that an event has to reach before the node is ready. */
const SELF_TEST = 0;

/** What the node can call here, by number. */
export type Endpoint =
  | {
      readonly kind: "action";
      readonly callback: ActionCallback;
      readonly place: CallPlace;
      /** Null: the whole payload is the one argument. */
      readonly params: readonly string[] | null;
    }
  | { readonly kind: "event"; readonly callback: EventCallback; readonly servicePath: string }
  | {
      /** Of a step only its end counts, of `health` what it returns. */
      readonly kind: "step" | "health";
      readonly callback: LifecycleCallback;
      readonly life: HostLifecycle;
    }
  | { readonly kind: "socket"; readonly place: SocketPlace };

/** Runs what the node asks for: each handler with the arguments that it is promised. */
export class Callbacks {
  readonly streams: LinkStreams = new LinkStreams();
  readonly sessions: LinkSessions;
  readonly #link: Link;
  readonly #log: (level: LogLevel, logger: string, message: string) => void;
  readonly #endpoints = new Map<number, Endpoint>();
  readonly #ended: number[] = []; // at most MAX_ENDED
  readonly #calls = new Map<number, LinkCall>(); // the node bounds what it asks at a time
  readonly #events = new Map<number, LinkEvent>(); // as well
  #next = 1;
  readonly #eventAnswered = (exchange: number): void => {
    this.#events.delete(exchange);
  };
  readonly #answered = (call: LinkCall): void => {
    this.#calls.delete(call.id);
    if (call.outlet !== null || call.input !== null) {
      this.streams.over(call.id, undefined);
    }
  };

  constructor(link: Link, log: (level: LogLevel, logger: string, message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#endpoints.set(SELF_TEST, {
      kind: "event",
      callback: lookAtSelfTest,
      servicePath: "$selftest",
    });
    this.sessions = new LinkSessions(link, (place, what, run) => this.#attempt(place, what, run));
  }

  /** Returns the number that the node knows it by. */
  add(endpoint: Endpoint): number {
    const number = this.#next++;
    this.#endpoints.set(number, endpoint);
    return number;
  }

  remove(number: number): void {
    this.#endpoints.delete(number);
  }

  /** Nothing new comes for it. */
  ended(number: number): void {
    this.#ended.push(number);
    if (this.#ended.length > MAX_ENDED) {
      this.remove(this.#ended.shift() as number);
    }
  }

  /** Whether the frame was one for a handler, or about what one works on. */
  onFrame(frame: Frame): boolean {
    switch (frame.kind) {
      case FRAME.INVOKE:
        this.#link.began(frame);
        this.#invoke(frame);
        return true;
      case FRAME.EVENT:
        this.#link.began(frame);
        this.#event(frame);
        return true;
      case FRAME.STEP:
        this.#link.began(frame);
        this.#step(frame);
        return true;
      case FRAME.ACCEPT:
        this.#link.began(frame);
        this.#accept(frame);
        return true;
      case FRAME.OPEN:
        this.#link.began(frame);
        this.#open(frame);
        return true;
      case FRAME.MESSAGE:
        this.#link.began(frame);
        this.sessions.message(frame);
        return true;
      case FRAME.CLOSED:
        this.#link.began(frame);
        this.sessions.closed(frame);
        return true;
      case FRAME.WRITABLE:
        this.sessions.writable(frame);
        return true;
      case FRAME.CANCEL:
        this.#calls.get(frame.id)?.cancelled((frame.flags & IS_LATE) === 0 ? "given up" : "late");
        this.#events.get(frame.id)?.cancelled();
        return true;
      default:
        return this.streams.onFrame(frame);
    }
  }

  /** The link is over: nobody waits for what runs here. */
  onEnd(reason: RunarError): void {
    const calls = [...this.#calls.values()];
    aside(() => this.streams.onEnd(reason));
    for (const call of calls) {
      aside(() => call.cancelled("given up"));
    }
    this.#events.clear();
    aside(() => this.sessions.onEnd());
    this.#endpoints.clear();
  }

  #invoke(frame: Frame): void {
    const endpoint = this.#endpoints.get(frame.target);
    if (endpoint?.kind !== "action") {
      this.#missing(frame);
      return;
    }
    if (this.#link.isGivenUp(frame.id)) {
      this.#link.postReserved({ kind: FRAME.RESULT, flags: NOT_BEGUN, id: frame.id });
      return;
    }
    const { params, place, callback } = endpoint;
    const call = new LinkCall(this.#link, this.streams, frame, place, this.#answered);
    this.#calls.set(frame.id, call);
    try {
      const [kind, data] = encodedOf(frame);
      const input = codec.decode(kind, data);
      const result =
        params === null
          ? callback(call, input)
          : callback(call, ...argumentsOf(() => call.path(), params, input));
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => call.succeed(value),
          (error: unknown) => call.fail(error),
        );
      } else {
        call.succeed(result);
      }
    } catch (error) {
      call.fail(error);
    }
  }

  #event(frame: Frame): void {
    const endpoint = this.#endpoints.get(frame.target);
    if (endpoint?.kind !== "event") {
      this.#missing(frame);
      return;
    }
    const event = new LinkEvent(this.#link, frame, endpoint.servicePath, this.#eventAnswered);
    try {
      const [kind, data] = encodedOf(frame);
      const result = endpoint.callback(codec.decode(kind, data), event);
      if (isThenable(result)) {
        Promise.resolve(result).then(
          () => event.handled(),
          (error: unknown) => event.failed(error),
        );
      } else {
        event.handled();
      }
    } catch (error) {
      event.failed(error);
    }
    if (event.isOpen) {
      this.#events.set(frame.id, event);
    }
  }

  #step(frame: Frame): void {
    const endpoint = this.#endpoints.get(frame.target);
    switch (endpoint?.kind) {
      case "step":
        this.#answer(frame.id, () => ended(endpoint.callback(endpoint.life)));
        return;
      case "health":
        this.#answer(frame.id, () => endpoint.callback(endpoint.life));
        return;
      default:
        this.#missing(frame);
    }
  }

  #accept(frame: Frame): void {
    const endpoint = this.#endpoints.get(frame.target);
    if (endpoint?.kind !== "socket") {
      this.#missing(frame);
      return;
    }
    const { callbacks } = endpoint.place;
    this.#answer(frame.id, () => callbacks.accept?.(frame.head));
  }

  /** Answers with what `run` returns, unless that is nothing. */
  #answer(id: number, run: () => unknown): void {
    const succeed = (value: unknown): void => {
      try {
        const isNothing = value === undefined || value === null;
        const payload = isNothing ? undefined : payloadOf(...codec.encode(value));
        this.#link.postReserved({ kind: FRAME.RESULT, id, payload });
      } catch (error) {
        this.#link.postError(id, error);
      }
    };
    const fail = (error: unknown): void => this.#link.postError(id, error);
    try {
      const result = run();
      if (isThenable(result)) {
        Promise.resolve(result).then(succeed, fail);
      } else {
        succeed(result);
      }
    } catch (error) {
      fail(error);
    }
  }

  #open(frame: Frame): void {
    const endpoint = this.#endpoints.get(frame.target);
    if (endpoint?.kind === "socket") {
      this.sessions.open(frame, endpoint.place);
    } else {
      this.sessions.refuse(frame);
    }
  }

  /** Of a socket: nobody waits for it, so what is thrown is for the log. */
  #attempt(place: SocketPlace, what: string, run: () => unknown): void {
    const fail = (error: unknown): void => {
      const { message, stack } = JSON.parse(codec.describeError(error)) as Record<string, string>;
      this.#log("error", place.servicePath, `socket ${what} failed: ${stack ?? message}`);
    };
    try {
      const result = run();
      if (isThenable(result)) {
        Promise.resolve(result).then(undefined, fail);
      }
    } catch (error) {
      fail(error);
    }
  }

  #missing(frame: Frame): void {
    const message = `there is no handler ${frame.target} for a frame of kind ${frame.kind}`;
    this.#link.postError(frame.id, new NotFoundError(message));
  }
}

/** Throws unless it gets exactly what every event handler is promised. */
function lookAtSelfTest(...args: readonly unknown[]): void {
  const [payload, event] = args as [unknown, LinkEvent];
  const isAsSent = stringify(payload) === '{"check":"runar","n":1}';
  if (args.length !== 2 || !isAsSent || event.topic() !== "$selftest") {
    throw new InternalError("the event did not arrive as promised");
  }
}

/** Waits for a promise; what it is kept with is nobody's. */
function ended(result: unknown): unknown {
  return isThenable(result) ? Promise.resolve(result).then(() => undefined) : undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === "function"
  );
}
