import { codec } from "../codec.js";
import {
  ContextGoneError,
  errorOf,
  InvalidPathError,
  NotRunningError,
  type RunarError,
  ShutdownError,
} from "../errors.js";
import type { HostHandlers, LogLevel } from "../host.js";
import { brokerService, isRole } from "./broker-service.js";
import { runtimeService } from "./dead-letters.js";
import { checkCycles, inOrder, missing, Waiting } from "./dependencies.js";
import type { Ground } from "./ground.js";
import { healthService } from "./health-service.js";
import { didNotStop, lives } from "./life.js";
import { listen, unlisten } from "./listening.js";
import { offlineService } from "./offline-service.js";
import { recordOf } from "./records.js";
import { type Entry, idOf, type RegisteredService, type State } from "./registry.js";
import { registryService } from "./registry-service.js";
import { Reloads } from "./reloads.js";
import { checkedVersion } from "./versions.js";

const STATE_RETENTION = 365 * 24 * 3_600_000;

/**
 * Takes services through their lives: init when they are added, start when the node runs, stop in
 * the reverse order of start; and ends their scripts.
 */
export class Services {
  readonly #ground: Ground;
  readonly #reloads: Reloads;
  readonly #waiting: Waiting;
  #started: Entry[] = [];
  #isRunning = false;
  #isClosed = false;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#reloads = new Reloads(ground);
    this.#waiting = new Waiting(ground.clock, ground.settings, () => ground.registry.all);
  }

  /** How the handlers of a service are made anew when its script comes back; by id. */
  get rebuild(): Map<string, () => HostHandlers> {
    return this.#reloads.rebuild;
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
    await this.#add(...offlineService(() => clock.now));
  }

  async stop(): Promise<void> {
    this.#ground.scheduler.isFaulty = false;
    this.#isRunning = false;
    this.#waiting.forgetAll();
    for (const entry of this.#started.reverse()) {
      await this.#stop(entry).catch((error: unknown) => didNotStop(this.#ground, entry, error));
    }
    this.#started = [];
    this.#isClosed = true;
    this.#ground.requests.close();
    await this.#ground.scheduler.settled();
    this.#ground.scheduler.isClosed = true;
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
    listen(this.#ground, entry);
    entry.isStarting = true;
    try {
      await lives(this.#ground, entry, "start").finally(() => {
        entry.isStarting = false;
      });
    } catch (error) {
      unlisten(this.#ground, entry);
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
      await lives(this.#ground, entry, "stop").finally(() => unlisten(this.#ground, entry));
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
    this.#reloads.fail(entry, reason);
    this.#ground.scheduler.release(entry.id);
    entry.generation++;
    entry.away = "its script was ended and is being loaded anew";
    unlisten(this.#ground, entry);
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

  /** As {@link Reloads.reload}, by the path of the service. */
  async reload(path: string): Promise<void> {
    await this.#reloads.reload(this.#ground.registry.find(path));
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
