import { DuplicateError, InvalidPathError, NotFoundError, NotRunningError } from "../errors.js";
import type { SubscribeOptions } from "../event.js";
import type { HostHandlers } from "../host.js";
import {
  closer,
  full,
  matches,
  paramsOf,
  parsePath,
  parsePattern,
  type TopicPath,
} from "../paths.js";
import type { BreakerOptions, BulkheadOptions, CacheOptions, RetryOptions } from "../service.js";
import { compareVersions, type Version } from "./semver.js";
import { addressOf, versionsOf } from "./versions.js";

/** One action as the SDK has registered it. */
export interface RegisteredAction {
  readonly name: string;
  readonly description: string;
  readonly params: readonly string[] | null;
  readonly timeout?: number;
  readonly input?: object;
  readonly output?: object;
  readonly stream?: unknown;
  readonly fallback?: boolean;
  readonly idempotent?: boolean;
  readonly visibility?: "public" | "internal" | "private";
  readonly retry?: Retry;
  readonly cache?: Cache;
  readonly bulkhead?: Bulkhead;
  readonly breaker?: Breaker;
  readonly errors?: readonly { readonly name: string }[];
}

/** The options of an action as the SDK sends them, with their defaults. */
export type Retry = Required<RetryOptions>;
export type Cache = Required<CacheOptions>;
export type Bulkhead = Required<BulkheadOptions>;
export type Breaker = Required<BreakerOptions>;

/** One event handler of a service. */
export interface Listener {
  readonly pattern: string;
  readonly options?: ListenerOptions;
}

/** The options of a subscription as the SDK sends them. */
export type ListenerOptions = Omit<SubscribeOptions, "retry" | "includePast"> & {
  readonly retry?: Partial<Retry>;
};

export interface RegisteredService {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  readonly description: string;
  readonly networkId: string;
  readonly actions: readonly RegisteredAction[];
  readonly events: readonly Listener[];
  readonly instances?: number;
  readonly dependsOn?: readonly string[];
  readonly sockets: readonly string[];
}

export type State = "CREATED" | "INITIALIZED" | "RUNNING" | "PAUSED" | "STOPPED" | "ERROR";

/** A service and where it is in its life. */
export interface Entry {
  readonly definition: RegisteredService;
  readonly networkId: string;
  /** See {@link idOf}. */
  readonly id: string;
  readonly version: Version;
  handlers: HostHandlers;
  state: State;
  /** Why it does not run; empty when there is nothing to say. */
  problem: string;
  /** Why it is away for a while; empty when it is not. */
  away: string;
  /** Grows when its script ends; what an older one still does counts no more. */
  generation: number;
  /** Its pause or resume hook runs. */
  isChanging: boolean;
  /** Its start hook runs: it may ask itself already, and nobody else may. */
  isStarting: boolean;
  subscriptions: number[];
}

interface Route {
  readonly entry: Entry;
  readonly action: RegisteredAction;
  readonly pattern: TopicPath;
}

/** An action with what of the path it is told. */
export interface Routed extends Route {
  readonly params: Readonly<Record<string, string>>;
  /** Without versions. */
  readonly path: string;
}

/** Which action answers a path; the rules and the words are the node's. */
export class Registry {
  readonly #services = new Map<string, Entry>(); // by id, in the order of registration
  readonly #routes = new Map<Entry, readonly Route[]>();
  readonly #settings: { readonly networkId: string };

  constructor(settings: { readonly networkId: string }) {
    this.#settings = settings;
  }

  get all(): readonly Entry[] {
    return [...this.#services.values()];
  }

  add(entry: Entry): void {
    const { definition, networkId } = entry;
    const path = parsePath(definition.path, networkId);
    if (path.segments.length !== 1) {
      throw new InvalidPathError(`service path "${path.text}" must be one segment, without /`);
    }
    const taken = this.#services.get(entry.id);
    if (taken !== undefined) {
      const { name, version } = taken.definition;
      throw new DuplicateError(
        `service path "${path.text}" is taken by "${name}" in version ${version}; choose another path or version`,
      );
    }
    const routes = definition.actions.map((action) => ({
      entry,
      action,
      pattern: parsePattern(`${definition.path}/${action.name}`, networkId),
    }));
    this.#services.set(entry.id, entry);
    this.#routes.set(entry, routes);
  }

  remove(entry: Entry): void {
    this.#services.delete(entry.id);
    this.#routes.delete(entry);
  }

  /** The one with this {@link Entry.id}. */
  withId(id: string): Entry | undefined {
    return this.#services.get(id);
  }

  /**
   * @param address such as `math` or `math@^2`
   * @throws NotFoundError when there is none
   */
  find(address: string): Entry {
    const { path, versions } = addressOf(address, this.#settings.networkId);
    const entry = this.#meant(full(path), versions, address);
    if (entry === undefined) {
      throw new NotFoundError(`there is no service "${address}"`);
    }
    return entry;
  }

  /** Whether it is what its path means without a version. */
  isPreferred(entry: Entry): boolean {
    return this.#meant(fullPath(entry), "", "") === entry;
  }

  /**
   * @param asker the id of the service that asks; empty: none does
   * @throws NotFoundError, NotRunningError, InvalidPathError
   */
  route(text: string, asker: string): Routed {
    const { path, versions } = addressOf(text, this.#settings.networkId);
    const meant = this.#meant(`${path.network}:${path.segments[0]}`, versions, text);
    let closest: Route | undefined;
    for (const route of meant === undefined ? [] : (this.#routes.get(meant) ?? [])) {
      const isCloser = closest === undefined || closer(route.pattern, closest.pattern) < 0;
      if (isCloser && matches(route.pattern, path)) {
        closest = route;
      }
    }
    if (closest === undefined) {
      throw this.#notFound(path, meant, text);
    }
    const { state, away, definition } = closest.entry;
    if (state !== "RUNNING" && !this.#asksItself(closest.entry, asker)) {
      throw new NotRunningError(
        away === ""
          ? `Service is not Running - it is in ${state.charAt(0)}${state.slice(1).toLowerCase()} state: ${definition.path}`
          : `service "${definition.path}" is away: ${away}`,
      );
    }
    const shown = versions === "" ? text : path.text;
    return { ...closest, params: paramsOf(closest.pattern, path), path: shown };
  }

  #asksItself(entry: Entry, asker: string): boolean {
    const by = this.#services.get(asker);
    return entry.isStarting && by !== undefined && fullPath(by) === fullPath(entry);
  }

  /** The highest one that runs, else the highest; without versions a release before others. */
  #meant(path: string, versions: string, where: string): Entry | undefined {
    const admits = versionsOf(versions, where);
    const meant = this.#at(path).filter(({ version }) => admits(version));
    const releases = meant.filter(({ version }) => version.before.length === 0);
    const isRunning = ({ state }: Entry): number => (state === "RUNNING" ? 1 : 0);
    return [...(versions === "" && releases.length > 0 ? releases : meant)]
      .sort((a, b) => isRunning(a) - isRunning(b) || compareVersions(a.version, b.version))
      .at(-1);
  }

  /** Every version of one path. */
  #at(path: string): readonly Entry[] {
    return this.all.filter((entry) => fullPath(entry) === path);
  }

  #notFound(path: TopicPath, meant: Entry | undefined, asked: string): NotFoundError {
    const service = path.segments[0] ?? "";
    const others = [...this.#at(`${path.network}:${service}`)]
      .sort((a, b) => compareVersions(a.version, b.version))
      .map(({ definition }) => definition.version);
    const text = meant === undefined ? asked.replace(`${path.network}:`, "") : path.text;
    return new NotFoundError(`No handler found for action ${text}: ${why(service, meant, others)}`);
  }
}

function why(service: string, meant: Entry | undefined, versions: readonly string[]): string {
  if (versions.length === 0) {
    return `there is no service "${service}"`;
  }
  if (meant === undefined) {
    return `service "${service}" has the versions ${versions.join(", ")}`;
  }
  const names = meant.definition.actions
    .filter(({ visibility = "public" }) => visibility === "public")
    .map(({ name }) => name)
    .join(", ");
  return versions.length === 1
    ? `service "${service}" has [${names}]`
    : `service "${service}" ${meant.definition.version} has [${names}]; there are the versions ${versions.join(", ")}`;
}

function fullPath({ networkId, definition }: Entry): string {
  return `${networkId}:${definition.path}`;
}

/** What tells a service from all others, also from those of its path in other versions. */
export function idOf({
  path,
  version = "0.0.0",
  networkId = "",
}: {
  readonly path: string;
  readonly version?: string | undefined;
  readonly networkId?: string | undefined;
}): string {
  return `${networkId === "" ? "" : `${networkId}:`}${path}${version === "0.0.0" ? "" : `@${version}`}`;
}

/** The path in an id. */
export function pathOf(id: string): string {
  return id.replace(/^[^:]*:/, "").replace(/@.*$/, "");
}
