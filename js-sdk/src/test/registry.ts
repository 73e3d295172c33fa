import {
  DuplicateError,
  InvalidPathError,
  NotFoundError,
  NotRunningError,
  UnsupportedValueError,
} from "../errors.js";
import type { SubscribeOptions } from "../event.js";
import type { HostHandlers } from "../host.js";
import type { BreakerOptions, BulkheadOptions, CacheOptions, RetryOptions } from "../service.js";
import {
  closer,
  full,
  matches,
  paramsOf,
  parsePath,
  parsePattern,
  type TopicPath,
} from "./paths.js";
import { addressOf, admits, checkVersion } from "./versions.js";

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
  handlers: HostHandlers;
  state: State;
  /** Why it is away for a while; empty when it is not. */
  away: string;
  /** Grows when its script ends; what an older one still does counts no more. */
  generation: number;
  /** Its pause or resume hook runs. */
  isChanging: boolean;
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
  readonly #services = new Map<string, Entry>(); // by full path, in the order of registration
  #routes: Route[] = [];
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
    const taken = this.#services.get(full(path));
    checkVersion(definition);
    if (taken !== undefined) {
      const { name, version } = taken.definition;
      if (version !== definition.version) {
        throw new UnsupportedValueError(
          `the test kit does not run two versions of a service: "${path.text}" is there in version ${version}, not in ${definition.version} too`,
        );
      }
      throw new DuplicateError(
        `service path "${path.text}" is taken by "${name}" in version ${version}; choose another path or version`,
      );
    }
    const routes = definition.actions.map((action) => ({
      entry,
      action,
      pattern: parsePattern(`${definition.path}/${action.name}`, networkId),
    }));
    this.#services.set(full(path), entry);
    this.#routes.push(...routes);
  }

  remove(entry: Entry): void {
    for (const [path, one] of this.#services) {
      if (one === entry) {
        this.#services.delete(path);
      }
    }
    this.#routes = this.#routes.filter((route) => route.entry !== entry);
  }

  /**
   * @param address such as `math` or `math@^2`
   * @throws NotFoundError when there is none
   */
  find(address: string): Entry {
    const { path, versions } = addressOf(address, this.#settings.networkId);
    const entry = this.#services.get(full(path));
    if (entry === undefined || !admits(versions, entry.definition.version, address)) {
      throw new NotFoundError(`there is no service "${address}"`);
    }
    return entry;
  }

  /** @throws NotFoundError, NotRunningError, InvalidPathError */
  route(text: string): Routed {
    const { path, versions } = addressOf(text, this.#settings.networkId);
    const meant = this.#services.get(`${path.network}:${path.segments[0]}`);
    if (meant !== undefined && !admits(versions, meant.definition.version, text)) {
      const { path: service, version } = meant.definition;
      throw new NotFoundError(
        `No handler found for action ${text}: service "${service}" has the versions ${version}`,
      );
    }
    let closest: Route | undefined;
    for (const route of this.#routes) {
      const isCloser = closest === undefined || closer(route.pattern, closest.pattern) < 0;
      if (isCloser && matches(route.pattern, path)) {
        closest = route;
      }
    }
    if (closest === undefined) {
      throw this.#notFound(path);
    }
    const { state, away, definition } = closest.entry;
    if (state !== "RUNNING") {
      throw new NotRunningError(
        away === ""
          ? `Service is not Running - it is in ${state.charAt(0)}${state.slice(1).toLowerCase()} state: ${definition.path}`
          : `service "${definition.path}" is away: ${away}`,
      );
    }
    const shown = versions === "" ? text : path.text;
    return { ...closest, params: paramsOf(closest.pattern, path), path: shown };
  }

  #notFound(path: TopicPath): NotFoundError {
    const service = path.segments[0] ?? "";
    const entry = this.#services.get(`${path.network}:${service}`);
    const names = entry?.definition.actions
      .filter(({ visibility = "public" }) => visibility === "public")
      .map(({ name }) => name)
      .join(", ");
    if (entry === undefined && service.startsWith("$")) {
      throw new UnsupportedValueError(
        `the test kit does not have the node's own service ${service}; of these it has $registry`,
      );
    }
    const why =
      names === undefined
        ? `there is no service "${service}"`
        : `service "${service}" has [${names}]`;
    return new NotFoundError(`No handler found for action ${path.text}: ${why}`);
  }
}
