import { mustSucceed } from "./codec.js";
import type { Context, ReplyMeta, Trace } from "./context.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import {
  CancelledError,
  type ErrorCode,
  errorOf,
  type RunarErrorOptions,
  TimeoutError,
  ValidationError,
} from "./errors.js";
import { type HostCall, host } from "./host.js";
import { HttpContext } from "./http.js";
import type { ActionContext } from "./middleware.js";
import type { RequestOptions, StreamOptions, Texts } from "./options.js";
import { parse, stringify } from "./primordials.js";
import { LifecycleScope, type Scope, traceOf } from "./scopes.js";
import { newController, type Signal } from "./signal.js";
import { ItemReader, nothing } from "./stream.js";

/** As the node has it. */
const READ_AHEAD = 64;

/** A stream has no deadline while its consumer does not wait: the last of all dates stands for it. */
const LAST_DATE = 8.64e15;
const MOST_REMAINING = 1e14;

/** The context of one request. What costs anything is made when first asked for. */
export class RequestScope extends LifecycleScope implements Context {
  readonly #call: HostCall;
  #meta: Texts | undefined;
  #headers: Texts | undefined;
  #replyMeta: ReplyMeta | undefined;
  #trace: Trace | undefined;
  #deadline: Date | undefined;
  #input: AsyncIterable<unknown> | undefined;
  #signal: Signal | undefined;
  #http: HttpContext | null | undefined;

  constructor(scope: Scope, call: HostCall) {
    super(scope, call);
    this.#call = call;
  }

  get requestId(): number {
    return this.#call.requestId();
  }

  get path(): string {
    return this.#call.path();
  }

  get pathParams(): Texts {
    return parse(this.#call.paramsJson()) as Texts;
  }

  get meta(): Texts {
    this.#meta ??= Object.freeze(parse(this.#call.metaJson()) as Texts);
    return this.#meta;
  }

  get headers(): Texts {
    this.#headers ??= Object.freeze(parse(this.#call.headersJson()) as Texts);
    return this.#headers;
  }

  get replyMeta(): ReplyMeta {
    this.#replyMeta ??= new CallReplyMeta(this.#call);
    return this.#replyMeta;
  }

  get trace(): Trace {
    this.#trace ??= traceOf(this.#call);
    return this.#trace;
  }

  get caller(): string {
    return this.#call.caller();
  }

  get attempt(): number {
    return this.#call.attempt();
  }

  /** A copy for each question: what one handler changes is not what the next one is told. */
  get identity(): unknown {
    const kind = this.#call.identityKind();
    return kind === null ? undefined : decode(kind, this.#call.identityText());
  }

  get http(): HttpContext | undefined {
    if (this.#http === undefined) {
      const http = this.#call.http();
      this.#http = http === null ? null : new HttpContext(http);
    }
    return this.#http ?? undefined;
  }

  get deadline(): Date {
    const remaining = this.remaining();
    if (remaining > MOST_REMAINING) {
      return new Date(LAST_DATE);
    }
    this.#deadline ??= new Date(Date.now() + remaining);
    return this.#deadline;
  }

  get input(): AsyncIterable<unknown> {
    this.#input ??= inputOf(this.#call);
    return this.#input;
  }

  get signal(): Signal {
    if (this.#signal === undefined) {
      const controller = newController();
      this.#signal = controller.signal as Signal;
      this.#call.onCancel(() => controller.abort(this.#cancelled()));
    }
    return this.#signal;
  }

  remaining(): number {
    return this.#call.remaining();
  }

  fail(
    code: ErrorCode,
    message: string,
    data?: unknown,
    options?: Pick<RunarErrorOptions, "cause">,
  ): never {
    throw errorOf(code, message, { ...options, data });
  }

  /** The host sees to it that it ends no later than this one, and carries its meta. */
  override request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result> {
    return this.remaining() <= 0 || this.#call.isCancelled()
      ? Promise.reject(this.#cancelled())
      : super.request<Result>(path, payload, options);
  }

  /** It is cancelled with this one. */
  override stream<Item = unknown>(
    path: string,
    payload?: unknown,
    options?: StreamOptions,
  ): AsyncIterableIterator<Item> {
    if (this.remaining() <= 0 || this.#call.isCancelled()) {
      throw this.#cancelled();
    }
    return super.stream<Item>(path, payload, options);
  }

  #cancelled(): Error {
    return this.remaining() <= 0
      ? new TimeoutError(`the deadline of ${this.path} has passed`)
      : new CancelledError(`the caller of ${this.path} has given up`);
  }
}

/** The context of one request, for middleware. */
export class ActionScope extends RequestScope implements ActionContext {
  readonly payload: unknown;
  readonly #call: HostCall;

  constructor(scope: Scope, call: HostCall, input: unknown) {
    super(scope, call);
    this.#call = call;
    this.payload = input;
  }

  identify(identity: unknown): void {
    const [kind, data] = encode(identity);
    if (kind === "bytes") {
      throw new ValidationError("an identity cannot be bytes");
    }
    const isText = kind !== "value";
    mustSucceed(this.#call.identify(isText ? kind : "json", isText ? data : stringify(data)));
  }
}

function inputOf(call: HostCall): AsyncIterable<unknown> {
  const inlet = host.input(call);
  return inlet === null ? nothing() : new ItemReader(() => inlet, READ_AHEAD);
}

class CallReplyMeta implements ReplyMeta {
  readonly #call: HostCall;

  constructor(call: HostCall) {
    this.#call = call;
  }

  set(name: string, value: string): this {
    if (typeof name !== "string" || typeof value !== "string") {
      throw new ValidationError("replyMeta.set takes a name and a text");
    }
    mustSucceed(this.#call.replyMeta(name, value));
    return this;
  }
}
