import { codec } from "../codec.js";
import { errorOf, type RunarError, ShutdownError, UnsupportedValueError } from "../errors.js";
import type {
  Encoded,
  EventCallback,
  Host,
  HostEvent,
  HostHandlers,
  HostSession,
  Kind,
  LogLevel,
} from "../host.js";
import type { PublishOptions, RequestOptions, WaitOptions } from "../options.js";
import { Actions, type Script } from "./actions.js";
import { Bus, type Taker } from "./bus.js";
import { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import type { FaultPlan } from "./faults.js";
import { Pipe, type Post } from "./pipe.js";
import { Random } from "./random.js";
import { type RecordedCall, type RecordedEvent, Records, recordOf } from "./records.js";
import { type Entry, type ListenerOptions, Registry } from "./registry.js";
import { type Exchange, Requests, type Wishes, type Within } from "./requests.js";
import { Scheduler, type Task } from "./scheduler.js";
import { Services } from "./services.js";
import { configure, defaultSettings, type Settings } from "./settings.js";
import { inPlace, type Place, place } from "./switchboard.js";

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
  /** The lives of the services. */
  readonly services: Services;

  constructor(options: MemoryHostOptions) {
    this.settings = defaultSettings(options.autoAdvance);
    this.random = new Random(options.seed);
    this.clock = new VirtualClock(options.startTime, () => this.scheduler.settled());
    this.scheduler = new Scheduler(this.clock, this.random, options.faults, this.settings);
    this.calls = new Records(this.settings);
    this.events = new Records(this.settings);
    this.#registry = new Registry(this.settings);
    this.#bus = new Bus(this.settings, this.clock, this.random, this.events);
    const script: Script = {
      offer: (task) => this.scheduler.offer(task),
      enter: (entry, task, run) => inPlace(this.#placeOf(entry, task), run),
    };
    const actions = new Actions(script, this.clock, this.random);
    this.#requests = new Requests(this.settings, this.clock, this.#registry, script, actions);
    this.services = new Services({
      settings: this.settings,
      clock: this.clock,
      scheduler: this.scheduler,
      registry: this.#registry,
      bus: this.#bus,
      requests: this.#requests,
      actions,
      faults: options.faults,
      post: (receiver, what, run) => this.#post(receiver, what, run),
      enter: (entry, task, run) => inPlace(this.#placeOf(entry, task), run),
      taker: (entry) => this.#taker(entry),
      log: (level, logger, message) => this.log(level, logger, message),
    });
    this.scheduler.onDeath = (path) => this.services.diesByPlan(path);
  }

  /** Runs what a caller of the test does; the order of one sender is kept. */
  as<R>(sender: string, run: () => R): R {
    return inPlace(
      this.#place(`test ${sender}`, "", "", () => true),
      run,
    );
  }

  /** Runs what is called on the node: as the caller that it is already, or as the test. */
  asSelf<R>(run: () => R): R {
    return inPlace(this.#here(), run);
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
    within?: Within | null,
    onMeta?: ((metaJson: string) => void) | null,
    begun?: ((exchange: Exchange) => void) | null,
    sends = false,
  ): Promise<Encoded> {
    const wishes = { within, onMeta, streams: false, sends };
    return this.#ask(path, [kind, data], optionsJson, wishes, (exchange) => begun?.(exchange));
  }

  /** A request that answers with a stream of items. */
  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within?: Within | null,
    onMeta?: ((metaJson: string) => void) | null,
    sends = false,
  ): Exchange {
    let exchange: Exchange | undefined;
    const wishes = { within, onMeta, streams: true, sends };
    const done = this.#ask(path, [kind, data], optionsJson, wishes, (it) => {
      exchange = it;
    });
    done.catch(() => undefined); // it is the end of the items
    return exchange ?? this.#failing(done);
  }

  /** What could not begin: its stream has no items, and ends with the failure. */
  #failing(done: Promise<unknown>): Exchange {
    const { service } = this.#here();
    const post: Post = (what, run) => this.#post(service, what, run);
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
    const at = this.#here();
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
      service: at.service,
      answer: (what: string, settle: () => void) => {
        this.#post(at.service, what, settle);
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
    const at = this.#here();
    if (!at.isAlive()) {
      return new Promise(() => {});
    }
    return new Promise((resolve, reject) => {
      if (this.services.isClosed) {
        throw new ShutdownError("the node has stopped");
      }
      const options = optionsOf<PublishOptions>(optionsJson);
      const payload = copied([kind, data]);
      const record = recordOf(topic, at.task, codec.decode(...payload), this.clock.now);
      try {
        this.#bus.publish(
          topic,
          payload,
          options,
          { sender: at.sender, record, within },
          (receipt) =>
            this.#post(at.service, `receipt of ${topic}`, () => resolve(JSON.stringify(receipt))),
        );
        this.events.add(record.topic, record);
      } catch (error) {
        this.#post(at.service, `receipt of ${topic}`, () => reject(error));
      }
    });
  }

  #taker(entry: Entry | undefined): Taker {
    const receiver = entry?.definition.path ?? "";
    return (delivery, sender) => {
      if (entry !== undefined && (entry.away !== "" || entry.state === "PAUSED")) {
        return "CLOSED";
      }
      const at =
        entry === undefined
          ? this.#place("test", "", delivery.what, () => true)
          : this.#placeOf(entry, delivery.what);
      const wasTaken = this.scheduler.offer({
        what: delivery.what,
        sender,
        receiver,
        isReserved: false,
        run: () => {
          const fail = (error: unknown): void => {
            delivery.failed(error);
            this.log("error", receiver || "script", `${delivery.what} failed: ${textOf(error)}`);
          };
          try {
            const done = inPlace(at, () => delivery.run());
            Promise.resolve(done).then(() => delivery.handled(), fail);
          } catch (error) {
            fail(error);
          }
        },
        abandon: (reason) => delivery.failed(reason),
      });
      return wasTaken ? "QUEUED" : "FULL";
    };
  }

  async subscribe(
    pattern: string,
    handler: EventCallback,
    optionsJson: string | null,
  ): Promise<number> {
    const { service } = this.#here();
    const entry = service === "" ? undefined : this.#registry.find(service);
    const id = this.#bus.subscribe(pattern, {
      handler,
      servicePath: "",
      networkId: this.settings.networkId,
      options: optionsOf<ListenerOptions>(optionsJson),
      take: this.#taker(entry),
    });
    entry?.subscriptions.push(id);
    return id;
  }

  async unsubscribe(id: number): Promise<boolean> {
    return this.#bus.unsubscribe(id);
  }

  on(pattern: string, optionsJson: string | null): Promise<HostEvent> {
    const at = this.#here();
    return new Promise((resolve, reject) => {
      const { timeout = 5_000, includePast = false } = optionsOf<WaitOptions>(optionsJson);
      const timer = this.clock.after(timeout, () => {
        this.#bus.unsubscribe(id);
        const late = errorOf("TIMEOUT", `no event ${pattern} within ${Math.floor(timeout)} ms`);
        this.#post(at.service, `wait for ${pattern}`, () => reject(late));
      });
      let isDone = false;
      const first: EventCallback = (_payload, event) => {
        if (!isDone) {
          isDone = true;
          this.clock.cancel(timer);
          this.#bus.unsubscribe(id);
          resolve(event as unknown as HostEvent);
        }
      };
      const take: Taker = (delivery) => {
        this.#post(at.service, delivery.what, () => {
          delivery.run();
          delivery.handled();
        });
        return "QUEUED";
      };
      let id = -1;
      try {
        id = this.#bus.subscribe(pattern, {
          handler: first,
          servicePath: "",
          networkId: this.settings.networkId,
          options: { replay: includePast },
          take,
        });
      } catch (error) {
        this.clock.cancel(timer);
        reject(error);
      }
    });
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

  session(): HostSession | null {
    throw noClients();
  }

  sendToGroup(): number {
    throw noClients();
  }

  /** A callback that is always taken, as what answers something that was asked. */
  #post(receiver: string, what: string, run: () => void): void {
    this.scheduler.offer({
      what,
      sender: "node",
      receiver,
      isReserved: true,
      run,
      abandon: () => {},
    } satisfies Task);
  }

  #here(): Place {
    const at = place();
    return at?.host === this ? at : this.#place("test", "", "", () => true);
  }

  #placeOf(entry: Entry, task: string): Place {
    const { generation } = entry;
    const path = entry.definition.path;
    return this.#place(path, path, task, () => entry.generation === generation);
  }

  #place(sender: string, service: string, task: string, isAlive: () => boolean): Place {
    const at: Place = {
      host: this,
      clock: this.clock,
      sender,
      service,
      task,
      isAlive,
      post: (what, run) => {
        this.#post(service, what, () => {
          if (isAlive()) {
            inPlace(at, run);
          }
        });
      },
    };
    return at;
  }
}

function optionsOf<T extends object>(json: string | null): T {
  return (json === null ? {} : JSON.parse(json)) as T;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error}`) : String(error);
}

function noClients(): RunarError {
  return new UnsupportedValueError(
    "TestNode has no clients: sessions, sockets and node.broker need a real node; test them with `runar test` and new Node()",
  );
}
