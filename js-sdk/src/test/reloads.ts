import { codec } from "../codec.js";
import { ContextGoneError, NotRunningError, type RunarError } from "../errors.js";
import type { Encoded, HostHandlers } from "../host.js";
import { copied } from "./crossing.js";
import type { Ground } from "./ground.js";
import { didNotStop, lives } from "./life.js";
import { listen, unlisten } from "./listening.js";
import type { Entry } from "./registry.js";

/** Exchanges the scripts of services while they run. */
export class Reloads {
  /** How the handlers of a service are made anew when its script comes back; by id. */
  readonly rebuild: Map<string, () => HostHandlers> = new Map();
  readonly #ground: Ground;
  /** Those that are being loaded anew, and how that fails. */
  readonly #reloading = new Map<Entry, (reason: RunarError) => void>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** The script ends in the middle of it. */
  fail(entry: Entry, reason: RunarError): void {
    this.#reloading.get(entry)?.(reason);
  }

  /**
   * The script of a service is loaded anew, as after a change of its file: the new one takes over
   * with what the old one has saved, or the old one goes on.
   *
   * @throws what `init`, `restore` or `start` of the new one threw; TypeError if it cannot be made
   */
  async reload(entry: Entry): Promise<void> {
    const { path } = entry.definition;
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
      listen(this.#ground, entry);
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
        unlisten(this.#ground, entry);
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
      didNotStop(this.#ground, entry, error),
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
}
