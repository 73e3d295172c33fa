import { type Host, routeHost } from "../host.js";
import type { VirtualClock } from "./clock.js";

/** On whose behalf code runs: it follows every await. */
export interface Place {
  readonly host: Host;
  readonly clock: VirtualClock;
  /** Who sends, for the order of what is sent: a service, or a caller of the test. */
  readonly sender: string;
  /** The id of the service whose handler runs; empty in the test. */
  readonly service: string;
  /** What runs: the path of a request, the topic of an event. */
  readonly task: string;
  /** False once the script that runs has ended. */
  readonly isAlive: () => boolean;
  /** Runs a callback of a timer in this place, later. */
  readonly post: (what: string, run: () => void) => void;
}

interface Storage<T> {
  run<R>(store: T, run: () => R): R;
  getStore(): T | undefined;
}

// Both Node.js and Runar have it; the types of neither are needed here.
const hooks = (await import("node:async_hooks" as string)) as {
  readonly AsyncLocalStorage: new () => Storage<Place>;
};
const places = new hooks.AsyncLocalStorage();

/** What code outside of every place means: the real node, or the last loaded app's. */
const outside: { host: Host | undefined } = { host: undefined };

/** Where the running code is. */
export function place(): Place | undefined {
  return places.getStore();
}

/** Runs on behalf of a place, and all that follows from it. */
export function inPlace<R>(at: Place, run: () => R): R {
  return places.run(at, run);
}

/**
 * What `run` does outside of every place means this host, until the function that is returned ends
 * it.
 */
export function outsideIs(host: Host): () => void {
  const before = outside.host;
  outside.host = host;
  return () => {
    if (outside.host === host) {
      outside.host = before;
    }
  };
}

routeHost(
  (real) =>
    new Proxy({} as Host, {
      get: (_, name) => {
        const host = (places.getStore()?.host ?? outside.host ?? real) as unknown as Readonly<
          Record<PropertyKey, unknown>
        >;
        const member = host[name];
        return typeof member === "function" ? member.bind(host) : member;
      },
    }),
);

class VirtualTimer {
  readonly #cancel: () => void;

  constructor(cancel: () => void) {
    this.#cancel = cancel;
  }

  cancel(): void {
    this.#cancel();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

type Run = (...values: unknown[]) => unknown;

/** A timer of a handler waits on the clock of its node; any other is a real one. */
function timer(repeats: boolean, real: Run): Run {
  return (run, ms, ...values) => {
    const at = places.getStore();
    if (at === undefined || typeof run !== "function") {
      return real(run, ms, ...values);
    }
    let id = -1;
    const wait = Math.max(1, Number(ms) || 0);
    const begin = (): void => {
      id = at.clock.after(wait, () => {
        if (repeats) {
          begin();
        }
        at.post("timer", () => (run as Run)(...values));
      });
    };
    begin();
    return new VirtualTimer(() => at.clock.cancel(id));
  };
}

function clear(real: Run): Run {
  return (given) => (given instanceof VirtualTimer ? given.cancel() : real(given));
}

const globals = globalThis as unknown as Record<string, Run>;
const { setTimeout, setInterval, clearTimeout, clearInterval } = globals as Record<
  "setTimeout" | "setInterval" | "clearTimeout" | "clearInterval",
  Run
>;
Object.assign(globals, {
  setTimeout: Object.assign(timer(false, setTimeout), own(setTimeout)),
  setInterval: Object.assign(timer(true, setInterval), own(setInterval)),
  clearTimeout: clear(clearTimeout),
  clearInterval: clear(clearInterval),
});

/** Such as what `util.promisify` looks for; that one stays on real time. */
function own(real: Run): object {
  return Object.fromEntries(
    Object.getOwnPropertySymbols(real).map((symbol) => [
      symbol,
      (real as unknown as Record<symbol, unknown>)[symbol],
    ]),
  );
}

globalThis.Date = new Proxy(Date, {
  construct(real, given, target) {
    const clock = places.getStore()?.clock;
    const values = given.length === 0 && clock !== undefined ? [clock.now] : given;
    return Reflect.construct(real, values, target) as Date;
  },
  apply(real) {
    const clock = places.getStore()?.clock;
    return clock === undefined ? real() : new real(clock.now).toString();
  },
  get(real, name) {
    const clock = name === "now" ? places.getStore()?.clock : undefined;
    return clock === undefined ? (Reflect.get(real, name) as unknown) : () => clock.now;
  },
});
globalThis.Date.prototype.constructor = globalThis.Date;
