import * as calls from "./calls.js";
import type { Context, EventContext } from "./context.js";
import { ConfigError, ValidationError } from "./errors.js";
import type { HostCall, HostEventInfo, HostTask } from "./host.js";
import { OneNode } from "./one-node.js";
import type { PublishOptions, PublishReceipt, RequestOptions, StreamOptions } from "./options.js";
import type { ServiceDefinition } from "./service.js";
import { suggestion } from "./suggestion.js";

/** The context that middleware around an action gets. */
export interface ActionContext extends Context {
  /** What the caller sent, as a whole; that of a positional action as an object by its parameters' names. */
  readonly payload: unknown;
  /**
   * Says for whom the request is made, to the handler and to what it asks: `ctx.identity`. Only
   * middleware can, so that a handler cannot pass for somebody else.
   */
  identify(identity: unknown): void;
}

/** The context that middleware around an event handler gets. */
export interface IncomingEvent extends EventContext {
  readonly payload: unknown;
}

/** A request on its way out. */
export interface OutgoingRequest {
  /** In full, but for the node's own network. */
  readonly path: string;
  readonly payload: unknown;
  readonly options: RequestOptions | undefined;
}

/** An event on its way out. */
export interface OutgoingEvent {
  /** In full, but for the node's own network. */
  readonly topic: string;
  readonly payload: unknown;
  readonly options: PublishOptions | undefined;
}

/**
 * What stands around everything of one kind in a script; see {@link Node.use}. Each part is called
 * with what is under way and with `next`, which goes on to what is inside and returns its result.
 * `next()` passes on what there is, `next(changed)` something else; it may be called again, or not
 * at all: then what the part returns is the answer. What it throws is the error.
 */
export interface Middleware {
  /** Around every action of the script's services. `next(input)`. */
  readonly action?: (ctx: ActionContext, next: (input?: unknown) => Promise<unknown>) => unknown;
  /** Around every event handler of the script. `next(payload)`. */
  readonly event?: (ctx: IncomingEvent, next: (payload?: unknown) => Promise<unknown>) => unknown;
  /** Around every request that the script makes. `next({ path, payload, options })`, or some. */
  readonly request?: (
    request: OutgoingRequest,
    next: (change?: Partial<OutgoingRequest>) => Promise<unknown>,
  ) => unknown;
  /** Around every event that the script publishes. `next({ topic, payload, options })`, or some. */
  readonly publish?: (
    event: OutgoingEvent,
    next: (change?: Partial<OutgoingEvent>) => Promise<PublishReceipt>,
  ) => PublishReceipt | Promise<PublishReceipt>;
  /** At `addService`: sees each definition and returns it, or another. `next(service)`. */
  readonly service?: (
    service: ServiceDefinition,
    next: (service?: ServiceDefinition) => ServiceDefinition,
  ) => ServiceDefinition;
}

/** What answers a request or publishes an event in the end. */
type Send<What, Result> = (what: What) => Promise<Result>;

const PARTS = ["action", "event", "request", "publish", "service"] as const;
const MAX_MIDDLEWARE = 100;

/** The middleware of one node of a script, outermost first. */
export class Pipeline {
  #all: readonly Middleware[] = [];
  #requests: readonly NonNullable<Middleware["request"]>[] = [];
  #publishes: readonly NonNullable<Middleware["publish"]>[] = [];
  #closedBy: string | undefined;
  /** What all of it is for. */
  readonly node: OneNode = new OneNode();

  /**
   * @throws ValidationError for what is no middleware
   * @throws ConfigError when it comes too late
   */
  use(middleware: Middleware): void {
    if (this.#closedBy !== undefined) {
      throw new ConfigError(
        `node.use comes after ${this.#closedBy}, which it would not be around; call it right after new Node()`,
      );
    }
    check(middleware);
    if (this.#all.length >= MAX_MIDDLEWARE) {
      throw new ConfigError(`a node may have ${MAX_MIDDLEWARE} middlewares`);
    }
    this.#all = [...this.#all, middleware];
    this.#requests = this.#all.flatMap(({ request }) => request ?? []);
    this.#publishes = this.#all.flatMap(({ publish }) => publish ?? []);
  }

  /** From now on {@link use} is too late. */
  close(by: string): void {
    this.#closedBy ??= by;
  }

  /** Whether anything is around actions. */
  get hasAction(): boolean {
    return this.#all.some((one) => one.action !== undefined);
  }

  /** `contextOf` is for middleware only: a handler's context cannot identify. */
  action(answer: ActionRun, contextOf: ContextOf): ActionRun {
    return this.#all.reduceRight<ActionRun>(
      (inner, middleware) =>
        middleware.action === undefined
          ? inner
          : (input, call) =>
              middleware.action?.(contextOf(call, input), async (...changed) =>
                inner(changed.length === 0 ? input : changed[0], call),
              ),
      answer,
    );
  }

  event(
    handle: (payload: unknown, event: HostEventInfo) => unknown,
    contextOf: (event: HostEventInfo, payload: unknown) => IncomingEvent,
  ): (payload: unknown, event: HostEventInfo) => unknown {
    return this.#all.reduceRight(
      (inner, middleware) =>
        middleware.event === undefined
          ? inner
          : (payload, event) =>
              middleware.event?.(contextOf(event, payload), async (...changed) =>
                inner(changed.length === 0 ? payload : changed[0], event),
              ),
      handle,
    );
  }

  request<Result>(
    path: string,
    payload: unknown,
    options: RequestOptions | undefined,
    within?: HostTask,
  ): Promise<Result> {
    const { followed } = this.node;
    if (followed !== undefined) {
      return Promise.reject(followed);
    }
    if (this.#requests.length === 0) {
      return calls.request(path, payload, options, within);
    }
    const send = this.#requests.reduceRight<Send<OutgoingRequest, unknown>>(
      (inner, around) => async (it) => around(it, async (change) => inner({ ...it, ...change })),
      (it) => calls.request(it.path, it.payload, it.options, within),
    );
    return send({ path, payload, options }) as Promise<Result>;
  }

  /** As {@link request}: `next` resolves to the items. Nothing is asked before the first is. */
  stream<Item>(
    path: string,
    payload: unknown,
    options: StreamOptions | undefined,
    within?: HostTask,
  ): AsyncIterableIterator<Item> {
    if (this.#requests.length === 0) {
      return calls.stream(path, payload, options, within, this.node);
    }
    const send = this.#requests.reduceRight<Send<OutgoingRequest, unknown>>(
      (inner, around) => async (it) => around(it, async (change) => inner({ ...it, ...change })),
      async (it) => calls.stream(it.path, it.payload, it.options, within, this.node),
    );
    const items = async function* (): AsyncGenerator<Item> {
      yield* (await send({ path, payload, options })) as AsyncIterable<Item>;
    };
    return items();
  }

  publish(
    topic: string,
    payload: unknown,
    options: PublishOptions | undefined,
    within?: HostTask,
  ): Promise<PublishReceipt> {
    const { followed } = this.node;
    if (followed !== undefined) {
      return Promise.reject(followed);
    }
    if (this.#publishes.length === 0) {
      return calls.publish(topic, payload, options, within);
    }
    const send = this.#publishes.reduceRight<Send<OutgoingEvent, PublishReceipt>>(
      (inner, around) => async (it) => around(it, async (change) => inner({ ...it, ...change })),
      (it) => calls.publish(it.topic, it.payload, it.options, within),
    );
    return send({ topic, payload, options });
  }

  service(service: ServiceDefinition): ServiceDefinition {
    return this.#all.reduceRight<(service: ServiceDefinition) => ServiceDefinition>(
      (inner, { service: around }) =>
        around === undefined
          ? inner
          : (given) => around(given, (changed = given) => inner(changed)),
      (given) => given,
    )(service);
  }
}

/** Answers a call, given its input as a whole. */
export type ActionRun = (input: unknown, call: HostCall) => unknown;

/** Makes the context of a call with the input as middleware sees it. */
export type ContextOf = (call: HostCall, input: unknown) => ActionContext;

function check(middleware: unknown): asserts middleware is Middleware {
  if (typeof middleware !== "object" || middleware === null) {
    throw new ValidationError(`a middleware is an object: { ${PARTS.join(", ")} }`);
  }
  for (const [part, given] of Object.entries(middleware)) {
    if (!(PARTS as readonly string[]).includes(part)) {
      throw new ValidationError(
        `a middleware has an unknown key ${part}; it may have ${PARTS.join(", ")}${suggestion(part, PARTS)}`,
      );
    }
    if (given !== undefined) {
      calls.mustBeHandler(given, `${part} of a middleware`);
    }
  }
}
