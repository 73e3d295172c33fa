import { codec } from "../codec.js";
import type { RunarError } from "../errors.js";
import type {
  Asking,
  Encoded,
  EventCallback,
  Host,
  HostEvent,
  HostHandlers,
  HostSession,
  HostTopic,
  Kind,
  LogLevel,
} from "../host.js";
import type { RequestOptions } from "../options.js";
import { Actions, type Script } from "./actions.js";
import { Bus } from "./bus.js";
import { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import type { FaultPlan } from "./faults.js";
import type { Ground } from "./ground.js";
import { Pipe, type Post } from "./pipe.js";
import { Places } from "./places.js";
import { Random } from "./random.js";
import { type RecordedCall, type RecordedEvent, Records } from "./records.js";
import { Registry } from "./registry.js";
import { type Exchange, Requests, type Wishes, type Within } from "./requests.js";
import { Scheduler } from "./scheduler.js";
import { Services } from "./services.js";
import { configure, defaultSettings, type Settings } from "./settings.js";
import { Sockets } from "./sockets.js";
import { inPlace } from "./switchboard.js";
import { optionsOf, Topics } from "./topics.js";

const MAX_LOGS = 10_000;
const REQUESTS_ITSELF = "$registry";

/** How a {@link MemoryHost} is made. */
export interface MemoryHostOptions {
  readonly seed: number;
  readonly faults: FaultPlan;
  readonly autoAdvance: boolean;
  readonly startTime: number;
}

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevel;
  readonly logger: string;
  readonly message: string;
}

/**
 * A node in memory, with the promises of a real one as far as one script can tell: what it does not
 * have, it refuses by name.
 */
export class MemoryHost implements Host {
  readonly runtime = "test";
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly settings: Settings;
  readonly calls: Records<RecordedCall>;
  readonly events: Records<RecordedEvent>;
  readonly logs: LogLine[] = []; // the last MAX_LOGS
  readonly finishing: (() => Promise<void>)[] = [];
  configured = 0;
  readonly #registry: Registry;
  readonly #bus: Bus;
  readonly #requests: Requests;
  readonly #places: Places;
  readonly #topics: Topics;
  /** The lives of the services. */
  readonly services: Services;
  /** The clients of raw WebSocket paths. */
  readonly sockets: Sockets;

  constructor(options: MemoryHostOptions) {
    this.settings = defaultSettings(options.autoAdvance);
    this.random = new Random(options.seed);
    this.clock = new VirtualClock(options.startTime, () => this.scheduler.settled());
    this.scheduler = new Scheduler(this.clock, this.random, options.faults, this.settings);
    this.#places = new Places(this, this.clock, this.scheduler);
    this.calls = new Records(this.settings);
    this.events = new Records(this.settings);
    this.#registry = new Registry(this.settings);
    this.#bus = new Bus(this.settings, this.clock, this.random, this.events);
    this.#topics = new Topics({
      settings: this.settings,
      clock: this.clock,
      scheduler: this.scheduler,
      registry: this.#registry,
      bus: this.#bus,
      events: this.events,
      places: this.#places,
      isClosed: () => this.services.isClosed,
      log: (level, logger, message) => this.log(level, logger, message),
    });
    const script: Script = {
      offer: (task) => this.scheduler.offer(task),
      enter: (entry, task, run) => inPlace(this.#places.of(entry, task), run),
    };
    const actions = new Actions(script, this.clock, this.random);
    this.#requests = new Requests(this.settings, this.clock, this.#registry, script, actions);
    const ground: Ground = {
      settings: this.settings,
      clock: this.clock,
      scheduler: this.scheduler,
      registry: this.#registry,
      bus: this.#bus,
      requests: this.#requests,
      actions,
      faults: options.faults,
      post: (receiver, what, run) => this.#places.post(receiver, what, run),
      enter: (entry, task, run) => inPlace(this.#places.of(entry, task), run),
      publish: (topic, payload) => this.publish(topic, "json", JSON.stringify(payload), null),
      taker: (entry) => this.#topics.taker(entry),
      log: (level, logger, message) => this.log(level, logger, message),
    };
    this.services = new Services(ground);
    this.sockets = new Sockets(ground);
    this.scheduler.onDeath = (path) => this.services.diesByPlan(path);
  }

  /** Runs what a caller of the test does; the order of one sender is kept. */
  as<R>(sender: string, run: () => R): R {
    return inPlace(
      this.#places.make(`test ${sender}`, "", "", () => true),
      run,
    );
  }

  /** Runs what is called on the node: as the caller that it is already, or as the test. */
  asSelf<R>(run: () => R): R {
    return inPlace(this.#places.here(), run);
  }

  configure(configJson: string): string {
    configure(this.settings, configJson);
    this.configured++;
    return this.settings.networkId;
  }

  instance(): number {
    return -1;
  }

  registerCodec(): void {}

  beforeLoaded(finish: () => Promise<void>): void {
    this.finishing.push(finish);
  }

  // --- services

  addService(definitionJson: string, handlers: HostHandlers): Promise<void> {
    return this.services.add(definitionJson, handlers);
  }

  removeService(path: string): Promise<void> {
    return this.services.remove(path);
  }

  start(): Promise<string> {
    return this.services.start();
  }

  stop(): Promise<void> {
    return this.services.stop();
  }

  // --- requests

  request(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
    answered: (kind: Kind, data: unknown) => void,
    failed: (error: Error) => void,
  ): Exchange {
    let exchange: Exchange | undefined;
    const wishes = { ...asking, streams: false };
    const done = this.#ask(path, [kind, data], optionsJson, wishes, (it) => {
      exchange = it;
    });
    void done.then((answer) => answered(...answer), failed);
    return exchange ?? this.#failing(done);
  }

  /** A request that answers with a stream of items. */
  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
  ): Exchange {
    let exchange: Exchange | undefined;
    const wishes = { ...asking, streams: true };
    const done = this.#ask(path, [kind, data], optionsJson, wishes, (it) => {
      exchange = it;
    });
    done.catch(() => undefined); // it is the end of the items
    return exchange ?? this.#failing(done);
  }

  /** What could not begin: its stream has no items, and ends with the failure. */
  #failing(done: Promise<unknown>): Exchange {
    const { service } = this.#places.here();
    const post: Post = (what, run) => this.#places.post(service, what, run);
    const pipe = new Pipe(1, post, post, { begin: () => {}, end: () => {} });
    done.catch((error: RunarError) => pipe.finish(error));
    return { cancel: () => {}, inlet: () => pipe.inlet, outlet: () => null };
  }

  output(call: object): Pipe["outlet"] | null {
    return this.#requests.outputOf(call);
  }

  input(call: object): Pipe["inlet"] | null {
    return this.#requests.inputOf(call);
  }

  #ask(
    path: string,
    payload: Encoded,
    optionsJson: string | null,
    wishes: Wishes,
    begun: (exchange: Exchange) => void,
  ): Promise<Encoded> {
    const at = this.#places.here();
    if (!at.isAlive()) {
      return new Promise(() => {}); // a script that has ended does nothing more
    }
    const options = optionsOf<RequestOptions>(optionsJson);
    const inherited = wishes.within?.metaJson?.();
    const record: { -readonly [K in keyof RecordedCall]: RecordedCall[K] } = {
      path,
      input: codec.decode(...copied(payload)),
      result: undefined,
      error: undefined,
      caller: at.task,
      meta: { ...optionsOf<object>(inherited ?? null), ...options.meta },
      at: this.clock.now,
      took: undefined,
    };
    if (!path.startsWith(REQUESTS_ITSELF)) {
      this.calls.add(path, record);
    }
    const asker = {
      sender: at.sender,
      task: at.task,
      service: wishes.within === null ? "" : at.service,
      answer: (what: string, settle: () => void) => {
        this.#places.post(at.service, what, settle);
      },
    };
    return this.#requests.request(path, payload, options, asker, record, wishes, begun);
  }

  // --- events

  publish(
    topic: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within?: Within | null,
  ): Promise<string> {
    return this.#topics.publish(topic, [kind, data], optionsJson, within);
  }

  subscribe(pattern: string, handler: EventCallback, optionsJson: string | null): Promise<number> {
    return this.#topics.subscribe(pattern, handler, optionsJson);
  }

  async unsubscribe(id: number): Promise<boolean> {
    return this.#bus.unsubscribe(id);
  }

  on(pattern: string, optionsJson: string | null): Promise<HostEvent> {
    return this.#topics.on(pattern, optionsJson);
  }

  async clearRetained(pattern: string): Promise<number> {
    return this.#bus.clearRetained(pattern);
  }

  // --- the rest

  log(level: LogLevel, logger: string, message: string): void {
    this.logs.push({ level, logger, message });
    if (this.logs.length > MAX_LOGS) {
      this.logs.shift();
    }
  }

  session(id: string): HostSession | null {
    return this.sockets.session(id);
  }

  /** Handlers get what is written as events; there are no clients. */
  topic(name: string): HostTopic {
    return {
      name: () => name,
      write: (data) => {
        const bytes = ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer
          : data.slice(0);
        this.publish(name, "bytes", bytes, null).catch(() => undefined);
        return "ACCEPTED";
      },
      dropped: () => 0,
    };
  }

  sendToGroup(group: string, kind: Kind, data: unknown): number {
    return this.sockets.sendToGroup(group, kind, data);
  }
}
