import type { NodeConfig } from "../config.js";
import { Node } from "../node.js";
import { registrationOf } from "../registration.js";
import type { ServiceDefinition } from "../service.js";
import type { VirtualClock } from "./clock.js";
import { type ExploreOptions, explore } from "./explore.js";
import { type FakeAnswer, type FakesOf, fakeAt, fakeOf } from "./fakes.js";
import { checkedPlan, type FaultPlan } from "./faults.js";
import { type LogLine, MemoryHost } from "./memory-host.js";
import type { RecordedCall, RecordedEvent, Records } from "./records.js";
import { idOf } from "./registry.js";
import type { SocketOptions, TestSocket } from "./sockets.js";
import { outsideIs } from "./switchboard.js";

/** How a {@link TestNode} is made. */
export interface TestNodeOptions {
  /** Decides the examples of fakes, and what happens by the fault plan. Default 1. */
  readonly seed?: number;
  /** Default: nothing goes wrong. */
  readonly faults?: FaultPlan;
  /** As of `new Node(config)`; what has no meaning in a test, such as the port, is left out. */
  readonly config?: NodeConfig;
  /**
   * The clock moves on by itself to the next timer when nothing else is to be done. Default false,
   * in {@link TestNode.explore} true.
   */
  readonly autoAdvance?: boolean;
  /** What the clock begins with, in ms since 1970. Default: the beginning of 2026. */
  readonly startTime?: number;
}

/**
 * A node in memory, for tests in Vitest and under `runar test`: no process, no port, and no time but
 * its own. It keeps the promises of the real one; what it does not have, it refuses by name.
 *
 * @example
 * ```ts
 * import { TestNode } from "runar-ts/test";
 *
 * const node = new TestNode();
 * node.addService(math);
 * await node.start();
 * expect(await node.client(math).add(5, 3)).toBe(8);
 * expect(node.events.count("math/result")).toBe(1);
 * ```
 */
export class TestNode extends Node {
  /** What decided everything that was left to chance. */
  readonly seed: number;
  readonly #host: MemoryHost;
  readonly #leave: (() => void)[];

  /** @throws TypeError for an unknown option, ConfigError for a wrong configuration */
  constructor(options: TestNodeOptions = {}) {
    checkOptions(options);
    const seed = options.seed ?? 1;
    const host = new MemoryHost({
      seed,
      faults: checkedPlan(options.faults ?? {}),
      autoAdvance: options.autoAdvance ?? false,
      startTime: options.startTime ?? Date.UTC(2026, 0, 1),
    });
    const leave = outsideIs(host);
    try {
      super(options.config);
    } finally {
      leave();
    }
    this.seed = seed;
    this.#host = host;
    this.#leave = [];
    inHost(this, host);
  }

  /** The time of this node. */
  get clock(): VirtualClock {
    return this.#host.clock;
  }

  /** The requests that were made. */
  get calls(): Records<RecordedCall> {
    return this.#host.calls;
  }

  /** The events that were published. */
  get events(): Records<RecordedEvent> {
    return this.#host.events;
  }

  /** What services wrote to the log, oldest first; the last 10,000 lines. */
  get logs(): readonly LogLine[] {
    return this.#host.logs;
  }

  /** What ran last and what went wrong with it, by the virtual clock. */
  get trace(): readonly string[] {
    return this.#host.scheduler.trace;
  }

  /**
   * Adds a service, as a node does. A function makes the definition anew whenever its script comes
   * back after its end, with what is in its closure, as a real script does.
   */
  override addService(service: ServiceDefinition | (() => ServiceDefinition)): Promise<void> {
    if (typeof service !== "function") {
      return super.addService(service);
    }
    const first = service();
    this.#host.services.rebuild.set(
      idOf(first),
      () => registrationOf(service(), this.networkId).handlers,
    );
    return super.addService(first);
  }

  /**
   * Adds a service that stands in for another one.
   *
   * @param service its definition: the fake takes what it takes, and answers what is given here or
   *   an example of the action's JSON Schema; or its path
   * @param answers by action, the result or a function in place of the handler
   * @example
   * ```ts
   * node.fake("payments", { charge: ({ amount }) => ({ id: "p1", amount }) });
   * node.fake(payments); // from its schemas
   * ```
   */
  fake<S extends ServiceDefinition>(service: S, answers?: FakesOf<S>): Promise<void>;
  fake(path: string, answers: Readonly<Record<string, FakeAnswer>>): Promise<void>;
  fake(service: ServiceDefinition | string, answers: object = {}): Promise<void> {
    const given = answers as Readonly<Record<string, FakeAnswer>>;
    return this.addService(
      typeof service === "string"
        ? fakeAt(service, given)
        : fakeOf(service, given, this.#host.random),
    );
  }

  /**
   * Runs what another caller does. What one caller sends to one service arrives in order, what
   * several send may overtake each other; without this the test is one caller.
   */
  as<R>(caller: string, run: () => R): R {
    return this.#host.as(caller, run);
  }

  /**
   * Connects a client to a raw WebSocket path of a service, as `accept` lets it in.
   *
   * @throws SocketRefusedError when it does not; `status` is what a real client is answered with
   * @example
   * ```ts
   * const ann = await node.connect("/ws", { query: { token: "t-ann" } });
   * ann.send({ say: "hello" });
   * await node.settled();
   * expect(ann.received).toEqual(['{"heard":"hello"}']);
   * ```
   */
  connect(path: string, options: SocketOptions = {}): Promise<TestSocket> {
    return this.#host.sockets.connect(path, options);
  }

  /** Resolves when nothing is left to be done until the clock moves on. */
  settled(): Promise<void> {
    return this.#host.scheduler.settled();
  }

  /**
   * Ends the script of a service, as its time limit would: what waits for it fails with
   * `CONTEXT_GONE`, and it is there again after `faults.restartAfter`.
   *
   * @throws NotFoundError, NotRunningError
   */
  end(path: string): void {
    this.#host.services.end(path, "the test has ended it");
  }

  /**
   * Loads the script of a service anew, as `runar dev` does when its file has changed: what waits is
   * held, `state.save` of the old one goes to `state.restore` of the new one, `start` is called, and
   * the new one goes on with what has waited. The service must have been added as a function. If
   * `init`, `restore` or `start` throws, this rejects and the old one goes on.
   *
   * @throws NotFoundError, TypeError
   */
  reload(path: string): Promise<void> {
    return this.#host.services.reload(path);
  }

  /**
   * Loads an app, a file that makes its own `new Node()`: its services are in this node, and
   * timers of its top level are real ones. Until `stop()` what is outside of every handler belongs
   * to this node.
   *
   * @param app such as `() => import("./app.ts")`; a file is loaded once, so it needs a fresh one
   *   for each node: `vi.resetModules()` or another query
   */
  async load(app: () => Promise<unknown>): Promise<void> {
    const before = this.#host.configured;
    this.#leave.push(outsideIs(this.#host));
    await app();
    if (this.#host.configured === before) {
      throw new TypeError("the app made no Node: it makes none, or it was loaded before");
    }
    for (const finish of this.#host.finishing.splice(0)) {
      await finish();
    }
  }

  override async stop(): Promise<void> {
    await super.stop();
    for (const leave of this.#leave.splice(0)) {
      leave();
    }
  }

  /**
   * Runs a test once for each seed, with the clock moving on by itself. The first failure names its
   * seed and what ran last; the same seed runs the same way again.
   *
   * @param seeds how many, or which ones
   * @example
   * ```ts
   * await TestNode.explore(100, async (node) => {
   *   node.addService(() => makeCounter());
   *   await node.start();
   *   await Promise.allSettled([1, 2, 3].map((by) => node.request("counter/add", { by })));
   * }, { faults: { delay: { probability: 0.5, max: 50 }, reorder: true, death: 0.1 } });
   * ```
   */
  static async explore(
    seeds: number | readonly number[],
    test: (node: TestNode) => unknown,
    options: Omit<TestNodeOptions, "seed"> & ExploreOptions = {},
  ): Promise<void> {
    const { patience = 3_000, ...rest } = options;
    const make = (seed: number): TestNode => new TestNode({ autoAdvance: true, ...rest, seed });
    await explore(seeds, make, test, patience);
  }
}

const OPTIONS: Readonly<Record<keyof TestNodeOptions, string>> = {
  seed: "number",
  faults: "object",
  config: "object",
  autoAdvance: "boolean",
  startTime: "number",
};

function checkOptions(options: TestNodeOptions): void {
  const known: Readonly<Record<string, string>> = OPTIONS;
  for (const [name, value] of Object.entries(options)) {
    const wanted = Object.hasOwn(known, name) ? known[name] : undefined;
    if (wanted === undefined) {
      throw new TypeError(
        `TestNode has no option ${name}; it has ${Object.keys(known).join(", ")}`,
      );
    }
    if (value !== undefined && typeof value !== wanted) {
      throw new TypeError(`option ${name} of TestNode must be of type ${wanted}`);
    }
  }
}

/** Whatever a node can do, this one does with its own host, also what it learns later. */
function inHost(node: TestNode, host: MemoryHost): void {
  for (let type = Object.getPrototypeOf(node) as object; type !== Object.prototype; ) {
    for (const name of Object.getOwnPropertyNames(type)) {
      const method: unknown = Object.getOwnPropertyDescriptor(type, name)?.value;
      const isOwn = name === "constructor" || name === "as" || name === "load" || name === "client";
      if (typeof method === "function" && !isOwn && !Object.hasOwn(node, name)) {
        const run = method as (...given: unknown[]) => unknown;
        Object.defineProperty(node, name, {
          value: (...given: unknown[]) =>
            inHostToo(
              host.asSelf(() => Reflect.apply(run, node, given)),
              host,
            ),
          configurable: true,
          writable: true,
        });
      }
    }
    type = Object.getPrototypeOf(type) as object;
  }
}

/** A stream begins when its first item is asked for, wherever that is. */
function inHostToo(result: unknown, host: MemoryHost): unknown {
  const items = result as AsyncIterator<unknown> & Partial<AsyncIterable<unknown>>;
  if (typeof items?.[Symbol.asyncIterator] !== "function" || typeof items.next !== "function") {
    return result;
  }
  const bound: AsyncIterableIterator<unknown> = {
    next: () => host.asSelf(() => items.next()),
    return: (value) =>
      host.asSelf(async () => (await items.return?.(value)) ?? { done: true, value }),
    [Symbol.asyncIterator]: () => bound,
  };
  return bound;
}
