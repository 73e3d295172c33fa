import { AddedService } from "./added-service.js";
import * as calls from "./calls.js";
import { type Client, type ClientOptions, clientOf } from "./client.js";
import type { NodeConfig } from "./config.js";
import type { Context, Event, EventHandler } from "./context.js";
import { ConfigError } from "./errors.js";
import type { SubscribeOptions } from "./event.js";
import { host } from "./host.js";
import type { IdentifyRequest } from "./http.js";
import { type Middleware, Pipeline } from "./middleware.js";
import type { OneNode } from "./one-node.js";
import type {
  PublishOptions,
  PublishReceipt,
  RequestOptions,
  StreamOptions,
  WaitOptions,
} from "./options.js";
import { parse, stringify } from "./primordials.js";
import { registrationOf } from "./registration.js";
import { Scope } from "./scopes.js";
import { action, type ServiceDefinition } from "./service.js";
import { Broker } from "./session.js";

/**
 * The node this script runs in: hosts services, routes requests and events between them, serves
 * clients on one port.
 *
 * @example
 * ```ts
 * import { Node, Context } from "runar-ts";
 *
 * const node = new Node({ server: { port: 3000 } });
 * node.addService({
 *   name: "math-service",
 *   path: "math",
 *   actions: { add: (a: number, b: number, ctx: Context) => a + b },
 * });
 * await node.start();
 * console.log(await node.request("math/add", { a: 5, b: 3 })); // 8
 * ```
 */
export class Node {
  /** The network that paths without one belong to. */
  readonly networkId: string;
  /** Reaches connected clients, and the apps of the Pusher dialect. */
  readonly broker: Broker;
  readonly #scope: Scope;
  readonly #pipeline: Pipeline;
  readonly #node: OneNode;
  #added: AddedService[] = [];
  #isStarting = false;
  /** What `start()` waits for; its failure is thrown there. */
  #startsWith: Promise<unknown> = Promise.resolve();
  #urls: readonly string[] = [];

  /** @throws ConfigError for an unknown key or a wrong value, naming it */
  constructor(config: NodeConfig = {}) {
    if (typeof config !== "object" || config === null) {
      throw new ConfigError("the configuration is not an object");
    }
    this.networkId = host.configure(stringify(config));
    this.#pipeline = new Pipeline();
    this.#node = this.#pipeline.node;
    this.broker = new Broker(this, this.#node);
    host.beforeLoaded(async () => {
      await this.#startsWith;
      await this.#allAdded();
    });
    this.#scope = new Scope(this.networkId, this.networkId, "", "", this.#pipeline);
  }

  /**
   * Which instance of a service this script context is, from 0 to one less than its `instances`;
   * undefined in the script's own context.
   */
  get instance(): number | undefined {
    const index = host.instance();
    return index < 0 ? undefined : index;
  }

  /** Where clients reach the node; empty until it has started or when it has no port. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  /**
   * Puts something around what this script does: its actions and event handlers, the requests it
   * makes and the events it publishes, the services it adds. The first that is used is the
   * outermost. Comes right after `new Node()`, before services and subscriptions.
   *
   * @throws ConfigError when it comes too late
   * @throws ValidationError for what is no middleware
   * @example
   * ```ts
   * node.use({
   *   async action(ctx, next) {
   *     const begin = Date.now();
   *     try { return await next(); }
   *     finally { ctx.logger.debug(ctx.path, Date.now() - begin, "ms"); }
   *   },
   * });
   * ```
   */
  use(middleware: Middleware): this {
    this.#pipeline.use(middleware);
    return this;
  }

  /**
   * Adds a service. It is initialised at once and started when the node runs. Need not be awaited
   * before {@link start}, which waits for it and rejects with its error.
   *
   * @throws DuplicateError when the path is taken
   * @throws InvalidPathError, ValidationError when the definition is wrong
   */
  addService(service: ServiceDefinition): Promise<void> {
    this.#pipeline.close("addService");
    const added = AddedService.of(this.#add(service));
    if (!this.#isStarting) {
      added.reportLater();
      this.#added.push(added);
    }
    return added;
  }

  async #add(service: ServiceDefinition): Promise<void> {
    this.#node.check();
    const { definitionJson, handlers } = registrationOf(service, this.networkId, this.#pipeline);
    await host.addService(definitionJson, handlers);
  }

  /**
   * Says who an HTTP client is, from its cookies and tokens: asked before each action that has
   * `http`, for at most 5 s; what it returns is the action's `ctx.identity`, and that of
   * what it asks. `null` is an anonymous client, whose `ctx.identity` is undefined and whom the
   * action may refuse. A throw answers 401, or 403 for a `PermissionError`. Once for each node; a
   * program that embeds the node may have said it already, and that counts.
   *
   * @throws DuplicateError when it was said before
   * @example
   * ```ts
   * node.identify(async ({ bearer }, ctx) =>
   *   bearer === null ? null : await ctx.request("auth/verify", { token: bearer }));
   * ```
   */
  identify(handler: (request: IdentifyRequest, ctx: Context) => unknown): Promise<void> {
    return this.addService({
      name: "http",
      path: "$http",
      description: "Who an HTTP client is",
      actions: { identify: action<IdentifyRequest, unknown>({ visibility: "internal", handler }) },
    });
  }

  /** Stops and removes a service. */
  async removeService(path: string): Promise<void> {
    this.#node.check();
    await host.removeService(path);
  }

  /**
   * Starts the services, checks that callbacks reach the script, opens the port. Resolves when the
   * node is ready. Services added before are waited for: if one failed and nobody has seen its
   * error, nothing is started and the error is thrown here.
   *
   * @throws ConfigError for a port in use, ShutdownError when the node was stopped before
   */
  async start(): Promise<void> {
    this.#node.check();
    this.#pipeline.close("start");
    const added = this.#allAdded();
    this.#startsWith = added.catch(() => undefined);
    await added;
    this.#isStarting = true;
    this.#urls = parse(await host.start()) as string[];
  }

  /** Waits for the services added so far; throws the failures that nobody has seen. */
  async #allAdded(): Promise<void> {
    const all: unknown[] = [];
    await this.#collectUnseen(all);
    if (all.length > 0) {
      const failures = [...new Set(all)]; // one may have stopped them all
      throw failures.length === 1 ? failures[0] : new AggregateError(failures, messages(failures));
    }
  }

  /** Waits for the services added so far, and for those added meanwhile. */
  async #collectUnseen(failures: unknown[]): Promise<void> {
    while (this.#added.length > 0) {
      const added = this.#added;
      this.#added = [];
      for (const service of added) {
        await service.collectUnseen(failures);
      }
    }
  }

  /**
   * Stops: no new work, running work is given `drainTimeout`, services stop in the reverse order
   * of their start, clients are closed with 1001. Resolves then, and what follows still runs; a
   * script is given `drainTimeout` for that. Repeatable, also when another node has followed.
   */
  async stop(): Promise<void> {
    if (this.#node.followed === undefined) {
      await host.stop();
    }
    this.#urls = [];
  }

  /**
   * Calls an action.
   *
   * @param path `service/action`, or `network:service/action`
   * @param payload an object maps to the action's parameters by name, an array by position
   * @throws RunarError: `NOT_FOUND`, `NOT_RUNNING`, `TIMEOUT`, `INVALID_INPUT`, `OVERLOADED`, or
   *   what the action threw
   * @example
   * ```ts
   * const sum = await node.request<number>("math/add", { a: 5, b: 3 });
   * ```
   */
  request<Result = unknown>(
    path: string,
    payload?: unknown,
    options?: RequestOptions,
  ): Promise<Result> {
    return this.#pipeline.request(path, payload, options);
  }

  /**
   * The items that an action answers with. The request is made when the first is asked for; the
   * action is at most `readAhead` items ahead. `break` tells the action, whose `finally` runs.
   *
   * @throws RunarError as {@link request}, behind the items that came before
   * @example
   * ```ts
   * for await (const n of node.stream<number>("math/count", { to: 3 })) console.log(n); // 1 2 3
   * ```
   */
  stream<Item = unknown>(
    path: string,
    payload?: unknown,
    options?: StreamOptions,
  ): AsyncIterableIterator<Item> {
    return this.#pipeline.stream(path, payload, options);
  }

  /**
   * Publishes an event to every handler and client whose pattern matches.
   *
   * @returns who takes it, and who could not
   * @throws RunarError: `INVALID_PATH`, `UNSUPPORTED_VALUE`, `NOT_RUNNING`
   */
  publish(topic: string, payload?: unknown, options?: PublishOptions): Promise<PublishReceipt> {
    return this.#pipeline.publish(topic, payload, options);
  }

  /**
   * Subscribes to a topic or pattern (`*` one segment, `>` the rest), before or after
   * {@link start}. Resolves, when active, to the id for {@link unsubscribe}.
   *
   * @param handler gets exactly two arguments, the payload and the context; `ctx.topic` is the
   *   real topic
   * @throws InvalidPathError, ValidationError
   */
  async subscribe<Payload = unknown>(
    pattern: string,
    handler: EventHandler<Payload>,
    options?: SubscribeOptions,
  ): Promise<number> {
    this.#node.check();
    this.#pipeline.close("subscribe");
    const callback = this.#scope.eventCallback(handler, `the handler of ${pattern}`);
    return await calls.subscribe(pattern, callback, options);
  }

  /** Ends a subscription; resolves to whether there was one. What was queued still arrives. */
  async unsubscribe(id: number): Promise<boolean> {
    this.#node.check();
    return await host.unsubscribe(id);
  }

  /**
   * Waits for the next event that matches. Subscribed when the call returns: a publish that
   * follows at once is not missed.
   *
   * @throws TimeoutError after `timeout` ms, 5,000 by default
   */
  on<Payload = unknown>(pattern: string, options?: WaitOptions): Promise<Event<Payload>> {
    const { followed } = this.#node;
    return followed === undefined ? calls.on(pattern, options) : Promise.reject(followed);
  }

  /** The same as {@link on}. */
  once<Payload = unknown>(pattern: string, options?: WaitOptions): Promise<Event<Payload>> {
    return this.on(pattern, options);
  }

  /**
   * The actions of a service as typed functions, without generated code.
   *
   * @param service its definition, or its path with the definition's type, or with an interface of
   *   functions such as `runar types` writes
   * @example
   * ```ts
   * const math = node.client(mathService); // or node.client<typeof mathService>("math")
   * const sum = await math.add(5, 3);
   * ```
   */
  client<S extends ServiceDefinition>(service: S, options?: ClientOptions): Client<S>;
  client<S extends ServiceDefinition>(path: S["path"], options?: ClientOptions): Client<S>;
  client<Actions extends object>(
    path: Actions extends ServiceDefinition ? never : string,
    options?: ClientOptions,
  ): Actions;
  client(service: ServiceDefinition | string, options?: ClientOptions): object {
    return clientOf(this, service, options);
  }

  /** Drops retained events whose topic matches; resolves to how many there were. */
  async clearRetainedEventsMatching(pattern: string): Promise<number> {
    this.#node.check();
    return await host.clearRetained(pattern);
  }
}

function messages(failures: readonly unknown[]): string {
  return failures
    .map((failure) => (failure instanceof Error ? failure.message : String(failure)))
    .join("\n");
}
