import { codec } from "../codec.js";
import { errorOf } from "../errors.js";
import type { HostCall, HostHttp, Kind } from "../host.js";
import { dictionary, isArray, parse, stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { FLAG, FRAME, STREAMS } from "./frames.js";
import { LinkHttp } from "./http-answer.js";
import type { Link } from "./link.js";
import { payloadOf } from "./payload.js";
import { now } from "./program.js";
import { LinkInlet, LinkOutlet, type LinkStreams, READ_AHEAD } from "./streams.js";

type Json = Readonly<Record<string, unknown>>;

const MAX_ENTRIES = 64;
const MAX_CHARACTERS = 16_384;
const MAX_IDENTITY = 16_384;

/** What an INVOKE says beside its payload, where it is not the default. */
interface CallHead {
  readonly path?: string;
  readonly params?: Json;
  readonly meta?: Json;
  readonly headers?: Json;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly caller?: string;
  readonly attempt?: number;
  readonly identity?: { readonly kind: "json" | "rich"; readonly text: string };
  readonly failure?: unknown;
  readonly http?: { readonly request: Json; readonly client: Json };
}

const NOTHING: CallHead = {};

/** What one action of this side is called by, as the node knows it. */
export interface CallPlace {
  /** What a request names that is for exactly this action, with no network if it is the node's. */
  readonly path: string;
  readonly servicePath: string;
}

/** One request that a handler here answers. */
export class LinkCall implements HostCall {
  readonly outlet: LinkOutlet | null;
  readonly #link: Link;
  readonly #id: number;
  readonly #place: CallPlace;
  /** Its text until somebody asks for a part of it. */
  #head: CallHead | string;
  #deadline: number;
  readonly #input: LinkInlet | null;
  readonly #onAnswered: (call: LinkCall) => void;
  #onCancel: (() => void)[] | undefined;
  #replyMeta: Record<string, string> | undefined;
  #replyCharacters = 0;
  #identity: CallHead["identity"] | undefined;
  #http: LinkHttp | undefined;
  #isAnswered = false;
  #isCancelled = false;

  constructor(
    link: Link,
    streams: LinkStreams,
    frame: Frame,
    place: CallPlace,
    onAnswered: (call: LinkCall) => void,
  ) {
    this.#link = link;
    this.#id = frame.id;
    this.#place = place;
    this.#head = frame.hasHead ? frame.head : NOTHING;
    this.#deadline = frame.remainingMs === 0 ? Number.POSITIVE_INFINITY : now() + frame.remainingMs;
    this.#onAnswered = onAnswered;
    this.outlet = null;
    this.#input = null;
    if ((frame.flags & STREAMS) !== 0) {
      this.outlet = new LinkOutlet(link, frame.id, 0, (error) => this.fail(error));
      this.outlet.headOfFirst = () => this.#answerHead();
      streams.writes(frame.id, 0, this.outlet);
    }
    if ((frame.flags & FLAG.INPUT) !== 0) {
      this.#input = new LinkInlet(link, frame.id, FLAG.INPUT, READ_AHEAD);
      streams.reads(frame.id, FLAG.INPUT, this.#input);
    }
  }

  get #said(): CallHead {
    if (typeof this.#head === "string") {
      this.#head = parse(this.#head) as CallHead;
    }
    return this.#head;
  }

  get id(): number {
    return this.#id;
  }

  get input(): LinkInlet | null {
    return this.#input;
  }

  requestId(): number {
    return this.#id;
  }

  path(): string {
    return this.#said.path ?? this.#place.path;
  }

  paramsJson(): string {
    return textOf(this.#said.params);
  }

  metaJson(): string {
    return textOf(this.#said.meta);
  }

  headersJson(): string {
    return textOf(this.#said.headers);
  }

  traceparent(): string {
    return this.#said.traceparent ?? "";
  }

  tracestate(): string {
    return this.#said.tracestate ?? "";
  }

  caller(): string {
    return this.#said.caller ?? "";
  }

  attempt(): number {
    return this.#said.attempt ?? 1;
  }

  failureJson(): string {
    return this.#said.failure === undefined ? "null" : stringify(this.#said.failure);
  }

  identityKind(): "json" | "rich" | null {
    return (this.#identity ?? this.#said.identity)?.kind ?? null;
  }

  identityText(): string | null {
    return (this.#identity ?? this.#said.identity)?.text ?? null;
  }

  identify(kind: Kind, text: unknown): string | null {
    const identity = String(text);
    if (identity.length > MAX_IDENTITY) {
      return tooLarge(`the identity has more than ${MAX_IDENTITY} bytes`);
    }
    this.#identity = { kind: kind === "rich" ? "rich" : "json", text: identity };
    if (!this.isCancelled()) {
      const payload = payloadOf(this.#identity.kind, identity);
      this.#link.postReserved({ kind: FRAME.IDENTIFY, id: this.#id, payload });
    }
    return null;
  }

  replyMeta(name: string, value: string): string | null {
    this.#replyMeta ??= dictionary();
    const before = Object.hasOwn(this.#replyMeta, name) ? this.#replyMeta[name] : undefined;
    const added = value.length - (before?.length ?? -name.length);
    if (before === undefined && Object.keys(this.#replyMeta).length >= MAX_ENTRIES) {
      return tooLarge(`the reply meta has more than ${MAX_ENTRIES} entries`);
    }
    if (this.#replyCharacters + added > MAX_CHARACTERS) {
      return tooLarge(`the reply meta has more than ${MAX_CHARACTERS} characters`);
    }
    this.#replyCharacters += added;
    this.#replyMeta[name] = value;
    return null;
  }

  http(): HostHttp | null {
    const { http } = this.#said;
    if (http === undefined) {
      return null;
    }
    this.#http ??= new LinkHttp(http.request, http.client);
    return this.#http;
  }

  remaining(): number {
    return Math.max(0, this.#deadline - now());
  }

  servicePath(): string {
    return this.#place.servicePath;
  }

  isCancelled(): boolean {
    return this.#isAnswered || this.#isCancelled;
  }

  onCancel(callback: () => void): void {
    if (this.#isCancelled) {
      callback();
    } else {
      this.#onCancel ??= [];
      this.#onCancel.push(callback);
    }
  }

  /** What a request or an event that its handler makes is told of it; see docs/link.md. */
  within(): object {
    const service = this.servicePath();
    return this.isCancelled() ? { service } : { call: this.#id, service };
  }

  /** The handler has returned, or its promise has been kept. */
  succeed(result: unknown): void {
    if (this.#isAnswered || this.#endsLate()) {
      return;
    }
    try {
      if (isStream(result)) {
        throw new TypeError(
          "the action returned a stream of items: define it with stream({ handler })",
        );
      }
      const [kind, data] = codec.encode(result);
      this.#link.postReserved({
        kind: FRAME.RESULT,
        id: this.#id,
        head: this.#answerHead(),
        payload: payloadOf(kind, data),
      });
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#answered();
  }

  /** The handler has thrown. */
  fail(error: unknown): void {
    if (!this.#isAnswered && !this.#endsLate()) {
      this.#link.postError(this.#id, error, this.#answerHead());
      this.#answered();
    }
  }

  /** Nobody waits for it any more. By this side's clock a late one may have some time left. */
  cancelled(why: "given up" | "late"): void {
    if (this.isCancelled()) {
      return;
    }
    if (why === "late") {
      this.#deadline = now();
    }
    this.#isCancelled = true;
    this.outlet?.close();
    const callbacks = this.#onCancel ?? [];
    this.#onCancel = undefined;
    for (const callback of callbacks) {
      callback();
    }
  }

  /** Nobody waits for a result, but the node counts what still runs. */
  #endsLate(): boolean {
    if (this.#isCancelled) {
      this.#link.postReserved({ kind: FRAME.RESULT, id: this.#id });
      this.#answered();
    }
    return this.#isCancelled;
  }

  #answered(): void {
    this.#isAnswered = true;
    this.#onAnswered(this);
  }

  #answerHead(): string | undefined {
    const http = this.#http?.said();
    if (this.#replyMeta === undefined && http === undefined) {
      return undefined;
    }
    return stringify({ meta: this.#replyMeta, http });
  }
}

function isStream(result: unknown): boolean {
  return (
    typeof result === "object" &&
    result !== null &&
    (result as { readonly [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] !== undefined
  );
}

function textOf(texts: Json | undefined): string {
  return texts === undefined || isArray(texts) ? "{}" : stringify(texts);
}

function tooLarge(what: string): string {
  const message = `${what}; put what is large into the payload`;
  return codec.describeError(errorOf("TOO_LARGE", message));
}
