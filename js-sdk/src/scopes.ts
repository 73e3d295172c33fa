import * as calls from "./calls.js";
import { type Client, type ClientOptions, clientOf } from "./client.js";
import { codec, mustSucceed } from "./codec.js";
import type {
  Context,
  Event,
  EventContext,
  EventHandler,
  ReplyMeta,
  ServiceContext,
  Trace,
} from "./context.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import {
  CancelledError,
  type ErrorCode,
  errorOf,
  RunarError,
  type RunarErrorOptions,
  TimeoutError,
  ValidationError,
} from "./errors.js";
import type { SubscribeOptions } from "./event.js";
import { type EventCallback, type HostCall, type HostEventInfo, host } from "./host.js";
import { HttpContext } from "./http.js";
import { Logger } from "./logger.js";
import { type ActionContext, type IncomingEvent, Pipeline } from "./middleware.js";
import type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  StreamOptions,
  Texts,
  WaitOptions,
} from "./options.js";
import { apply, parse, stringify } from "./primordials.js";
import type { ServiceDefinition } from "./service.js";
import { newController, type Signal } from "./signal.js";
import { ItemReader, nothing } from "./stream.js";

/** As the node has it. */
const READ_AHEAD = 64;

/** A stream has no deadline while its consumer does not wait: the last of all dates stands for it. */
const LAST_DATE = 8.64e15;
const MOST_REMAINING = 1e14;

/** Where handlers run: a service, or the script itself when `servicePath` is empty. */
export class Scope {
  readonly networkId: string;
  readonly servicePath: string;
  readonly logger: Logger;
  /** What the node's script has put around it. */
  readonly pipeline: Pipeline;
  readonly #prefix: string;
  readonly #ownRequests: string;

  /**
   * @param nodeNetwork the node's network, which paths need not name
   * @param version of the service: its own actions are those of this version
   */
  constructor(
    networkId: string,
    nodeNetwork: string,
    servicePath: string,
    version = "",
    pipeline: Pipeline = new Pipeline(),
  ) {
    this.pipeline = pipeline;
    this.networkId = networkId;
    this.servicePath = servicePath;
    this.logger = new Logger(servicePath === "" ? "script" : servicePath);
    this.#prefix = networkId === nodeNetwork ? "" : `${networkId}:`;
    this.#ownRequests = version === "" ? servicePath : `${servicePath}@${version}`;
  }

  /** `a` is the own service's, `s/a` the own network's, `n:s/a` stays. */
  absolute(path: string): string {
    return this.#absolute(path, this.servicePath);
  }

  /** As {@link absolute}, for a request: other versions of the service have other actions. */
  absoluteRequest(path: string): string {
    return this.#absolute(path, this.#ownRequests);
  }

  #absolute(path: string, own: string): string {
    if (this.servicePath === "" || typeof path !== "string" || path === "" || path.includes(":")) {
      return path;
    }
    return path.includes("/") ? `${this.#prefix}${path}` : `${this.#prefix}${own}/${path}`;
  }

  /** The handler as the host calls it: the user's sees exactly two arguments. */
  eventCallback(handler: EventHandler<never>, what: string, self?: unknown): EventCallback {
    calls.mustBeHandler(handler, what);
    return this.pipeline.event(
      (payload, event) => apply(handler, self, [payload as never, new EventScope(this, event)]),
      (event, payload) => new IncomingScope(this, event, payload),
    );
  }
}

/** What every handler may do; the whole context of `init`, `start` and `stop`. */
export class LifecycleScope implements ServiceContext {
  readonly #scope: Scope;
  readonly #within: HostCall | HostEventInfo | undefined;

  /** @param within what the handler answers; the host takes meta and trace over from it */
  constructor(scope: Scope, within?: HostCall | HostEventInfo) {
    this.#scope = scope;
    this.#within = within;
  }

  get networkId(): string {
    return this.#scope.networkId;
  }

  get servicePath(): string {
    return this.#scope.servicePath;
  }

  get logger(): Logger {
    return this.#scope.logger;
  }

  request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result> {
    const absolute = this.#scope.absoluteRequest(path);
    return this.#scope.pipeline.request(absolute, payload, options, this.#within);
  }

  stream<Item = unknown>(
    path: string,
    payload?: unknown,
    options?: StreamOptions,
  ): AsyncIterableIterator<Item> {
    return calls.stream(this.#scope.absoluteRequest(path), payload, options, this.#within);
  }

  publish(topic: string, payload?: unknown, options?: PublishOptions): Promise<PublishReceipt> {
    const absolute = this.#scope.absolute(topic);
    return this.#scope.pipeline.publish(absolute, payload, options, this.#within);
  }

  async subscribe<Payload = unknown>(
    pattern: string,
    handler: EventHandler<Payload>,
    options?: SubscribeOptions,
  ): Promise<number> {
    const callback = this.#scope.eventCallback(handler, `the handler of ${pattern}`);
    return await calls.subscribe(this.#scope.absolute(pattern), callback, options);
  }

  unsubscribe(id: number): Promise<boolean> {
    return host.unsubscribe(id);
  }

  on<Payload = unknown>(pattern: string, options?: WaitOptions): Promise<Event<Payload>> {
    return calls.on(this.#scope.absolute(pattern), options);
  }

  client<S extends ServiceDefinition>(service: S, options?: ClientOptions): Client<S>;
  client<S extends ServiceDefinition>(path: S["path"], options?: ClientOptions): Client<S>;
  client<Actions extends object>(
    path: Actions extends ServiceDefinition ? never : string,
    options?: ClientOptions,
  ): Actions;
  client(service: ServiceDefinition | string, options?: ClientOptions): object {
    return clientOf(this, service, options);
  }

  debug(...parts: unknown[]): void {
    this.logger.debug(...parts);
  }

  info(...parts: unknown[]): void {
    this.logger.info(...parts);
  }

  warn(...parts: unknown[]): void {
    this.logger.warn(...parts);
  }

  error(...parts: unknown[]): void {
    this.logger.error(...parts);
  }
}

/** The context of one event. */
export class EventScope extends LifecycleScope implements EventContext {
  readonly #event: HostEventInfo;
  #meta: Texts | undefined;
  #trace: Trace | undefined;

  constructor(scope: Scope, event: HostEventInfo) {
    super(scope, event);
    this.#event = event;
  }

  get meta(): Texts {
    this.#meta ??= Object.freeze(parse(this.#event.metaJson()) as Texts);
    return this.#meta;
  }

  get trace(): Trace {
    this.#trace ??= traceOf(this.#event);
    return this.#trace;
  }

  get id(): number {
    return this.#event.id();
  }

  get topic(): string {
    return this.#event.topic();
  }

  get timestamp(): number {
    return this.#event.timestamp();
  }

  get pathParams(): Texts {
    return parse(this.#event.paramsJson()) as Texts;
  }

  get attempt(): number {
    return this.#event.attempt();
  }

  ack(): void {
    this.#mustBeManual();
    this.#event.ack();
  }

  nack(reason: unknown = "the handler did not acknowledge it"): void {
    this.#mustBeManual();
    const error = typeof reason === "string" ? new RunarError("HANDLER_FAILED", reason) : reason;
    this.#event.nack(codec.describeError(error));
  }

  #mustBeManual(): void {
    if (!this.#event.isManual()) {
      throw new ValidationError(
        `event ${this.topic}: its subscription acknowledges by itself; subscribe with ` +
          'ack: "manual" to do it by ctx.ack() and ctx.nack()',
      );
    }
  }
}

/** The context of one event, for middleware. */
class IncomingScope extends EventScope implements IncomingEvent {
  readonly payload: unknown;

  constructor(scope: Scope, event: HostEventInfo, payload: unknown) {
    super(scope, event);
    this.payload = payload;
  }
}

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
  override async request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result> {
    if (this.remaining() <= 0 || this.#call.isCancelled()) {
      throw this.#cancelled();
    }
    return await super.request<Result>(path, payload, options);
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

function traceOf(task: HostCall | HostEventInfo): Trace {
  const traceparent = task.traceparent();
  return Object.freeze({
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceparent,
    tracestate: task.tracestate(),
  });
}
