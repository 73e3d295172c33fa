import * as calls from "./calls.js";
import { type Client, type ClientOptions, clientOf } from "./client.js";
import type { Context, Event, EventContext, EventHandler, ServiceContext } from "./context.js";
import {
  CancelledError,
  type ErrorCode,
  errorOf,
  type RunarErrorOptions,
  TimeoutError,
} from "./errors.js";
import { type EventCallback, type HostCall, type HostEventInfo, host } from "./host.js";
import { Logger } from "./logger.js";
import type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  SubscribeOptions,
  WaitOptions,
} from "./options.js";
import { apply, parse } from "./primordials.js";
import type { ServiceDefinition } from "./service.js";
import { newController, type Signal } from "./signal.js";

type Texts = Readonly<Record<string, string>>;

/** Where handlers run: a service, or the script itself when `servicePath` is empty. */
export class Scope {
  readonly networkId: string;
  readonly servicePath: string;
  readonly logger: Logger;
  readonly #prefix: string;

  /** @param nodeNetwork the node's network, which paths need not name */
  constructor(networkId: string, nodeNetwork: string, servicePath: string) {
    this.networkId = networkId;
    this.servicePath = servicePath;
    this.logger = new Logger(servicePath === "" ? "script" : servicePath);
    this.#prefix = networkId === nodeNetwork ? "" : `${networkId}:`;
  }

  /** `a` is the own service's, `s/a` the own network's, `n:s/a` stays. */
  absolute(path: string): string {
    if (this.servicePath === "" || typeof path !== "string" || path === "" || path.includes(":")) {
      return path;
    }
    return path.includes("/")
      ? `${this.#prefix}${path}`
      : `${this.#prefix}${this.servicePath}/${path}`;
  }

  /** The handler as the host calls it: the user's sees exactly two arguments. */
  eventCallback(handler: EventHandler<never>, what: string, self?: unknown): EventCallback {
    calls.mustBeHandler(handler, what);
    return (payload, event) => apply(handler, self, [payload, new EventScope(this, event)]);
  }
}

/** What every handler may do; the whole context of `init`, `start` and `stop`. */
export class LifecycleScope implements ServiceContext {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
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
    return calls.request(this.#scope.absolute(path), payload, options);
  }

  publish(topic: string, payload?: unknown, options?: PublishOptions): Promise<PublishReceipt> {
    return calls.publish(this.#scope.absolute(topic), payload, options);
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

  constructor(scope: Scope, event: HostEventInfo) {
    super(scope);
    this.#event = event;
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
}

/** The context of one request. What costs anything is made when first asked for. */
export class RequestScope extends LifecycleScope implements Context {
  readonly #call: HostCall;
  #meta: Texts | undefined;
  #deadline: Date | undefined;
  #signal: Signal | undefined;

  constructor(scope: Scope, call: HostCall) {
    super(scope);
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

  get deadline(): Date {
    this.#deadline ??= new Date(Date.now() + this.remaining());
    return this.#deadline;
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

  /** A nested request ends no later than this one, and carries its meta. */
  override async request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result> {
    const remaining = this.remaining();
    if (remaining <= 0 || this.#call.isCancelled()) {
      throw this.#cancelled();
    }
    return await super.request<Result>(path, payload, {
      ...options,
      timeout: Math.min(options?.timeout ?? remaining, remaining),
      meta: { ...this.meta, ...options?.meta },
    });
  }

  #cancelled(): Error {
    return this.remaining() <= 0
      ? new TimeoutError(`the deadline of ${this.path} has passed`)
      : new CancelledError(`the caller of ${this.path} has given up`);
  }
}
