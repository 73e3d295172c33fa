import { codec } from "../codec.js";
import {
  ContextGoneError,
  errorOf,
  InvalidPathError,
  NotRunningError,
  type RunarError,
  ShutdownError,
} from "../errors.js";
import type { Encoded, EventCallback, HostHandlers, LogLevel } from "../host.js";
import type { Actions } from "./actions.js";
import { brokerService, isRole } from "./broker-service.js";
import { type Bus, ownTopic, type Subscriber, type Taker } from "./bus.js";
import type { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import { runtimeService } from "./dead-letters.js";
import { checkCycles, inOrder, missing, Waiting } from "./dependencies.js";
import type { FaultPlan } from "./faults.js";
import { healthService } from "./health-service.js";
import { lives } from "./life.js";
import { recordOf } from "./records.js";
import { type Entry, idOf, type RegisteredService, type Registry, type State } from "./registry.js";
import { registryService } from "./registry-service.js";
import type { Requests } from "./requests.js";
import type { Scheduler } from "./scheduler.js";
import type { Settings } from "./settings.js";
import { checkedVersion } from "./versions.js";

const STATE_RETENTION = 365 * 24 * 3_600_000;

/** What the lives of services need of the node. */
export interface Ground {
  readonly settings: Settings;
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly registry: Registry;
  readonly bus: Bus;
  readonly requests: Requests;
  readonly actions: Actions;
  readonly faults: FaultPlan;
  /** Queues a callback that is always taken. */
  post(receiver: string, what: string, run: () => void): void;
  /** Runs code of a service on its behalf. */
  enter(entry: Entry, task: string, run: () => unknown): unknown;
  /** Publishes what the node itself does. */
  publish(topic: string, payload: object): Promise<unknown>;
  /** Takes events for a service. */
  taker(entry: Entry): Taker;
  log(level: LogLevel, logger: string, message: string): void;
}

/**
 * Takes services through their lives: init when they are added, start when the node runs, stop in
 * the reverse order of start; and ends their scripts.
 */
export class Services {
  /** How the handlers of a service are made anew when its script comes back; by id. */
  readonly rebuild: Map<string, () => HostHandlers> = new Map();
  readonly #ground: Ground;
  /** Those that are being loaded anew, and how that fails. */
  readonly #reloading = new Map<Entry, (reason: RunarError) => void>();
  readonly #waiting: Waiting;
  #started: Entry[] = [];
  #isRunning = false;
  #isClosed = false;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#waiting = new Waiting(ground.clock, ground.settings, () => ground.registry.all);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async add(definitionJson: string, handlers: HostHandlers): Promise<void> {
    const definition = JSON.parse(definitionJson) as RegisteredService;
    if (definition.path.startsWith("$") && !isRole(definition.path)) {
      throw new InvalidPathError(
        `service path "${definition.path}" is reserved: paths that begin with $ are the node's own`,
      );
    }
    await this.#add(definition, handlers);
  }

  async #add(definition: RegisteredService, handlers: HostHandlers): Promise<void> {
    const entry: Entry = {
      definition,
      networkId: definition.networkId || this.#ground.settings.networkId,
      id: idOf(definition),
      version: checkedVersion(definition),
      handlers,
      state: "CREATED",
      problem: "",
      away: "",
      generation: 0,
      isChanging: false,
      isStarting: false,
      subscriptions: [],
    };
    this.#ground.registry.add(entry);
    this.#noteWhatIsNotThere(definition);
    try {
      checkCycles(entry, this.#ground.registry.all);
      await lives(this.#ground, entry, "init");
    } catch (error) {
      this.#ground.registry.remove(entry);
      throw error;
    }
    this.#change(entry, "INITIALIZED");
    if (this.#isRunning) {
      await this.#start(entry);
    }
  }

  async remove(path: string): Promise<void> {
    const entry = this.#ground.registry.find(path);
    this.#waiting.forget(entry);
    await this.#stop(entry);
    this.#ground.registry.remove(entry);
    this.#started = this.#started.filter((one) => one !== entry);
  }

  async start(): Promise<string> {
    if (this.#isClosed) {
      throw new ShutdownError("the node has stopped");
    }
    if (!this.#isRunning) {
      await this.#addOwn();
    }
    this.#isRunning = true;
    const failures: unknown[] = [];
    for (const entry of inOrder(this.#ground.registry.all)) {
      if (entry.state === "INITIALIZED") {
        await this.#start(entry).catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
    this.#ground.scheduler.isFaulty = true;
    return "[]";
  }

  async #addOwn(): Promise<void> {
    const { registry, clock, bus } = this.#ground;
    const steps = {
      pause: (entry: Entry) => this.#pause(entry),
      resume: (entry: Entry) => this.#resume(entry),
    };
    await this.#add(...registryService(registry, steps));
    await this.#add(...healthService(registry, clock, this.#ground));
    await this.#add(...runtimeService(bus.deadLetters));
    await this.#add(...brokerService((topic, payload) => this.#ground.publish(topic, payload)));
  }

  async stop(): Promise<void> {
    this.#ground.scheduler.isFaulty = false;
    this.#isRunning = false;
    this.#waiting.forgetAll();
    for (const entry of this.#started.reverse()) {
      await this.#stop(entry).catch((error: unknown) => this.#didNotStop(entry, error));
    }
    this.#started = [];
    this.#isClosed = true;
    this.#ground.requests.close();
    await this.#ground.scheduler.settled();
    this.#ground.scheduler.isClosed = true;
  }

  #didNotStop({ definition }: Entry, error: unknown): void {
    this.#ground.log(
      "warn",
      "node",
      `service did not stop cleanly path=${definition.path} ${error}`,
    );
  }

  /** What follows from options that the node has and this one has not, is said. */
  #noteWhatIsNotThere({ path, instances = 1 }: RegisteredService): void {
    if (instances > 1) {
      this.#ground.log(
        "warn",
        "node",
        `the test kit runs one instance of a service, not the ${instances} of ${path}`,
      );
    }
  }

  async #start(entry: Entry): Promise<void> {
    if (missing(entry, this.#ground.registry.all).length > 0) {
      this.#wait(entry);
      return;
    }
    this.#subscribe(entry);
    entry.isStarting = true;
    try {
      await lives(this.#ground, entry, "start").finally(() => {
        entry.isStarting = false;
      });
    } catch (error) {
      this.#unsubscribe(entry);
      this.#change(entry, "ERROR");
      const cause = error as RunarError;
      throw errorOf(
        cause.code,
        `service "${entry.definition.path}" failed to start: ${cause.message}`,
        { cause },
      );
    }
    entry.away = "";
    this.#started.push(entry);
    this.#change(entry, "RUNNING");
    for (const next of this.#waiting.ready()) {
      this.#start(next).catch((error: unknown) => this.#ground.log("error", "node", `${error}`));
    }
  }

  #wait(entry: Entry): void {
    const tell = (level: LogLevel): void =>
      this.#ground.log(level, "node", `service path=${entry.definition.path} ${entry.problem}`);
    this.#waiting.begin(entry, () => {
      tell("error");
      this.#change(entry, "ERROR");
    });
    tell("info");
  }

  async #stop(entry: Entry): Promise<void> {
    if (entry.state === "RUNNING" || entry.state === "PAUSED") {
      await lives(this.#ground, entry, "stop").finally(() => this.#unsubscribe(entry));
      this.#change(entry, "STOPPED");
    }
  }

  /** Closed to requests and events first; if its hook fails it runs on. */
  async #pause(entry: Entry): Promise<void> {
    this.#change(entry, "PAUSED");
    try {
      await lives(this.#ground, entry, "pause");
    } catch (error) {
      if (entry.state === "PAUSED") {
        this.#change(entry, "RUNNING");
      }
      throw error;
    }
  }

  /** Open again when its hook has finished; if that fails it stays paused. */
  async #resume(entry: Entry): Promise<void> {
    await lives(this.#ground, entry, "resume");
    if (entry.state === "PAUSED") {
      this.#change(entry, "RUNNING");
    }
  }

  #subscribe(entry: Entry): void {
    const { path } = entry.definition;
    const where = { servicePath: path, networkId: entry.networkId };
    const subscribe = (pattern: string, rest: Pick<Subscriber, "handler" | "options" | "take">) =>
      entry.subscriptions.push(
        this.#ground.bus.subscribe(ownTopic(pattern, path), { ...where, ...rest }),
      );
    for (const { pattern, options = {} } of entry.definition.events) {
      const handler: EventCallback = (payload, event) =>
        entry.handlers.events[pattern]?.(payload, event); // of the script that is there then
      subscribe(pattern, { handler, options, take: this.#ground.taker(entry) });
    }
    for (const action of entry.definition.actions) {
      for (const pattern of action.cache?.invalidatedBy ?? []) {
        const handler = (): void => this.#ground.actions.invalidate(entry, action);
        subscribe(pattern, { handler, options: {}, take: takeAtOnce });
      }
    }
  }

  #unsubscribe(entry: Entry): void {
    for (const id of entry.subscriptions) {
      this.#ground.bus.unsubscribe(id);
    }
    entry.subscriptions = [];
  }

  #change(entry: Entry, state: State): void {
    entry.state = state;
    const path = entry.definition.path;
    this.#ground.bus.publish(
      `$registry/services/${path}/state/${state.toLowerCase()}`,
      codec.encode({ path, state, timestamp: this.#ground.clock.now }),
      { retainFor: STATE_RETENTION },
      { sender: entry.id, record: recordOf("", "", null, this.#ground.clock.now) },
      () => {},
    );
  }

  /**
   * The script of a service ends, as by its time limit: what waits for it fails, what it still does
   * reaches nobody, and after a while it is there again.
   */
  end(path: string, why: string): void {
    const entry = this.#ground.registry.find(path);
    if (entry.state !== "RUNNING" && entry.state !== "PAUSED") {
      throw new NotRunningError(`service "${path}" does not run, so its script cannot end`);
    }
    const reason = new ContextGoneError(`the script context of service "${path}" is gone: ${why}`);
    this.#reloading.get(entry)?.(reason);
    this.#ground.scheduler.release(entry.id);
    entry.generation++;
    entry.away = "its script was ended and is being loaded anew";
    this.#unsubscribe(entry);
    this.#started = this.#started.filter((one) => one !== entry);
    this.#change(entry, "ERROR");
    this.#ground.scheduler.abandon(entry.id, reason);
    this.#ground.requests.endOf(entry, reason);
    this.#ground.clock.after(
      this.#ground.faults.restartAfter ?? 10,
      () => void this.#restart(entry),
    );
  }

  /** Ends a script by the fault plan; false: it cannot end now. */
  diesByPlan(id: string): boolean {
    if (this.#ground.registry.withId(id)?.state !== "RUNNING") {
      return false;
    }
    this.#ground.scheduler.note(`death    ${id}`);
    this.end(id, "its script was ended by the fault plan");
    return true;
  }

  /**
   * The script of a service is loaded anew, as after a change of its file: the new one takes over
   * with what the old one has saved, or the old one goes on.
   *
   * @throws what `init`, `restore` or `start` of the new one threw; TypeError if it cannot be made
   */
  async reload(path: string): Promise<void> {
    const entry = this.#ground.registry.find(path);
    const make = this.rebuild.get(entry.id);
    if (make === undefined || entry.state !== "RUNNING") {
      throw new TypeError(
        make === undefined
          ? `service "${path}" cannot be made anew: add it as a function that makes its definition`
          : `service "${path}" does not run, so it cannot be loaded anew`,
      );
    }
    if (this.#reloading.has(entry)) {
      throw new NotRunningError(`service "${path}" is being loaded anew; try again later`);
    }
    const ended = new Promise<never>((_, reject) => this.#reloading.set(entry, reject));
    try {
      await Promise.race([this.#takeOver(entry, make(), ended), ended]);
    } finally {
      this.#reloading.delete(entry);
    }
  }

  /** @param ended rejects when the script ends meanwhile: then it comes back by itself */
  async #takeOver(entry: Entry, fresh: HostHandlers, ended: Promise<never>): Promise<void> {
    const { scheduler, bus } = this.#ground;
    const { handlers: old, generation } = entry;
    const isOver = (): boolean => entry.generation !== generation;
    const next = (): void => {
      if (isOver()) {
        throw new ContextGoneError(`the script of service "${entry.id}" has ended`);
      }
    };
    await lives(this.#ground, entry, "init", fresh);
    next();
    const before = entry.subscriptions;
    const forgetOld = (): void => before.forEach((id) => void bus.unsubscribe(id));
    ended.catch(forgetOld);
    scheduler.hold(entry.id);
    bus.suspend(before);
    entry.subscriptions = [];
    try {
      this.#subscribe(entry);
      const saved = await this.#saved(entry, old);
      next();
      if (saved !== undefined) {
        await lives(this.#ground, entry, "restore", fresh, codec.decode(...copied(saved)));
        next();
      }
      entry.handlers = fresh;
      await lives(this.#ground, entry, "start", fresh);
      next();
      forgetOld();
    } catch (error) {
      if (!isOver()) {
        entry.handlers = old;
        this.#unsubscribe(entry);
        entry.subscriptions = before;
        bus.resume(before);
      }
      throw error;
    } finally {
      if (!isOver()) {
        scheduler.release(entry.id);
      }
    }
    await lives(this.#ground, entry, "stop", old).catch((error: unknown) =>
      this.#didNotStop(entry, error),
    );
  }

  /** What cannot be saved is logged, and the new one begins without. */
  async #saved(entry: Entry, old: HostHandlers): Promise<Encoded | undefined> {
    try {
      const saved = old.save && { value: await lives(this.#ground, entry, "save", old) };
      return saved === undefined || saved.value === undefined
        ? undefined
        : codec.encode(saved.value);
    } catch (error) {
      this.#ground.log("warn", "node", `state was not saved path=${entry.id} ${error}`);
      return undefined;
    }
  }

  async #restart(entry: Entry): Promise<void> {
    if (!this.#isRunning) {
      return;
    }
    const { id } = entry;
    this.#ground.scheduler.note(`restart  ${id}`);
    try {
      entry.handlers = this.rebuild.get(id)?.() ?? entry.handlers;
      await lives(this.#ground, entry, "init");
      this.#change(entry, "INITIALIZED");
      await this.#start(entry);
    } catch (error) {
      this.#ground.log("error", "node", `service "${id}" did not come back: ${error}`);
    }
  }
}

const takeAtOnce: Taker = (delivery) => {
  delivery.run();
  delivery.handled();
  return "QUEUED";
};
