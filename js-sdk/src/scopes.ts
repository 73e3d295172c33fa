import * as calls from "./calls.js";
import { type Client, type ClientOptions, clientOf } from "./client.js";
import { codec } from "./codec.js";
import type { Event, EventContext, EventHandler, ServiceContext, Trace } from "./context.js";
import { RunarError, ValidationError } from "./errors.js";
import type { SubscribeOptions } from "./event.js";
import {
  type EventCallback,
  type HostCall,
  type HostEventInfo,
  type HostTask,
  host,
} from "./host.js";
import { Logger } from "./logger.js";
import { type IncomingEvent, Pipeline } from "./middleware.js";
import type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  StreamOptions,
  Texts,
  WaitOptions,
} from "./options.js";
import { apply, parse } from "./primordials.js";
import type { ServiceDefinition } from "./service.js";

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
  readonly #within: HostTask | undefined;

  /** @param within what the handler works on; the host knows by it whose handler it is */
  constructor(scope: Scope, within?: HostTask) {
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
    const absolute = this.#scope.absoluteRequest(path);
    return this.#scope.pipeline.stream(absolute, payload, options, this.#within);
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
    this.#scope.pipeline.node.check();
    const callback = this.#scope.eventCallback(handler, `the handler of ${pattern}`);
    return await calls.subscribe(this.#scope.absolute(pattern), callback, options, this.#within);
  }

  async unsubscribe(id: number): Promise<boolean> {
    this.#scope.pipeline.node.check();
    return await host.unsubscribe(id);
  }

  on<Payload = unknown>(pattern: string, options?: WaitOptions): Promise<Event<Payload>> {
    const { followed } = this.#scope.pipeline.node;
    return followed === undefined
      ? calls.on(this.#scope.absolute(pattern), options)
      : Promise.reject(followed);
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

/** The trace that a request or an event belongs to. */
export function traceOf(task: HostCall | HostEventInfo): Trace {
  const traceparent = task.traceparent();
  return Object.freeze({
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceparent,
    tracestate: task.tracestate(),
  });
}
