import type { HostHandlers, HostLifecycle } from "../host.js";
import { dictionary, parse, stringify } from "../primordials.js";
import type { Callbacks, Endpoint } from "./callbacks.js";
import type { CallPlace } from "./link-call.js";

/** What of a definition is needed to call its handlers. */
interface Definition {
  readonly path: string;
  readonly networkId?: string;
  readonly actions: readonly {
    readonly name: string;
    readonly params?: readonly string[] | null;
  }[];
}

const STEPS = ["init", "start", "stop", "pause", "resume", "health"] as const;

/** The handlers of one service, under the numbers that the node knows them by. */
export class ServiceNumbers {
  /** Of the service. */
  readonly path: string;
  /** What the node is told. */
  readonly head: string;
  readonly #callbacks: Callbacks;
  readonly #numbers: number[] = [];

  constructor(
    callbacks: Callbacks,
    definitionJson: string,
    handlers: HostHandlers,
    nodeNetwork: string,
  ) {
    const definition = parse(definitionJson) as Definition;
    const { path: servicePath } = definition;
    const { networkId = "" } = definition;
    const prefix = networkId === "" || networkId === nodeNetwork ? "" : `${networkId}:`;
    this.path = servicePath;
    this.#callbacks = callbacks;
    const actions = dictionary<number>();
    const fallbacks = dictionary<number>();
    for (const { name, params } of definition.actions) {
      const place: CallPlace = { path: `${prefix}${servicePath}/${name}`, servicePath };
      const callback = handlers.actions[name];
      if (callback !== undefined) {
        actions[name] = this.#add({ kind: "action", callback, place, params: params ?? null });
      }
      const fallback = handlers.fallbacks?.[name];
      if (fallback !== undefined) {
        fallbacks[name] = this.#add({ kind: "action", callback: fallback, place, params: null });
      }
    }
    const events = dictionary<number>();
    for (const [pattern, callback] of Object.entries(handlers.events)) {
      events[pattern] = this.#add({ kind: "event", callback, servicePath });
    }
    const sockets = dictionary<number>();
    const accepts = dictionary<number>();
    for (const [url, callbacks] of Object.entries(handlers.sockets)) {
      sockets[url] = this.#add({ kind: "socket", place: { servicePath, callbacks } });
      if (callbacks.accept !== undefined) {
        accepts[url] = sockets[url] as number;
      }
    }
    const life: HostLifecycle = { servicePath: () => servicePath };
    const steps = dictionary<number>();
    for (const step of STEPS) {
      const callback = handlers[step];
      if (callback !== undefined) {
        const kind = step === "health" ? "health" : "step";
        steps[step] = this.#add({ kind, callback, life });
      }
    }
    this.head = stringify({ actions, fallbacks, events, sockets, accepts, steps });
  }

  /** Nothing is called any more. */
  remove(): void {
    for (const number of this.#numbers) {
      this.#callbacks.remove(number);
    }
  }

  #add(endpoint: Endpoint): number {
    const number = this.#callbacks.add(endpoint);
    this.#numbers.push(number);
    return number;
  }
}
