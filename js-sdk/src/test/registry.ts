import { DuplicateError, InvalidPathError, NotFoundError, NotRunningError } from "../errors.js";
import type { HostHandlers } from "../host.js";
import {
  closer,
  full,
  matches,
  paramsOf,
  parsePath,
  parsePattern,
  type TopicPath,
} from "./paths.js";

/** One action as the SDK has registered it. */
export interface RegisteredAction {
  readonly name: string;
  readonly description: string;
  readonly params: readonly string[] | null;
  readonly timeout?: number;
  readonly input?: object;
  readonly output?: object;
  readonly stream?: unknown;
}

export interface RegisteredService {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  readonly description: string;
  readonly networkId: string;
  readonly actions: readonly RegisteredAction[];
  readonly events: readonly unknown[];
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
  subscriptions: number[];
}

interface Route {
  readonly entry: Entry;
  readonly action: RegisteredAction;
  readonly pattern: TopicPath;
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
    if (taken !== undefined) {
      throw new DuplicateError(
        `service path "${path.text}" is taken by "${taken.definition.name}"; choose another path`,
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

  /** @throws NotFoundError when there is none */
  find(path: string): Entry {
    const entry = this.#services.get(full(parsePath(path, this.#settings.networkId)));
    if (entry === undefined) {
      throw new NotFoundError(`there is no service "${path}"`);
    }
    return entry;
  }

  /** @throws NotFoundError, NotRunningError, InvalidPathError */
  route(text: string): Route & { readonly params: Readonly<Record<string, string>> } {
    const path = parsePath(text, this.#settings.networkId);
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
    return { ...closest, params: paramsOf(closest.pattern, path) };
  }

  #notFound(path: TopicPath): NotFoundError {
    const service = path.segments[0] ?? "";
    const entry = this.#services.get(`${path.network}:${service}`);
    const names = entry?.definition.actions.map(({ name }) => name).join(", ");
    const why =
      names === undefined
        ? `there is no service "${service}"`
        : `service "${service}" has [${names}]`;
    return new NotFoundError(`No handler found for action ${path.text}: ${why}`);
  }
}
