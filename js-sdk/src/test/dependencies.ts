import { ValidationError } from "../errors.js";
import { full } from "../paths.js";
import type { VirtualClock } from "./clock.js";
import type { Entry } from "./registry.js";
import { addressOf, versionsOf } from "./versions.js";

/** @throws ValidationError naming a cycle of `dependsOn` that a service closes */
export function checkCycles(entry: Entry, all: readonly Entry[]): void {
  const trail = cycleFrom(entry, [entry], all, new Set());
  if (trail !== undefined) {
    const { path } = entry.definition;
    const cycle = [...trail, entry].map(({ definition }) => definition.path).join(" -> ");
    throw new ValidationError(
      `service "${path}" closes a cycle of dependsOn: ${cycle}; one of them must start without the other`,
    );
  }
}

function cycleFrom(
  start: Entry,
  trail: readonly Entry[],
  all: readonly Entry[],
  seen: Set<Entry>,
): readonly Entry[] | undefined {
  for (const next of needed(trail.at(-1) as Entry, all)) {
    if (next === start) {
      return trail;
    }
    if (!seen.has(next)) {
      seen.add(next);
      const found = cycleFrom(start, [...trail, next], all, seen);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

/** The same services, each behind those of them that it depends on, else in their order. */
export function inOrder(all: readonly Entry[]): readonly Entry[] {
  const ordered = new Set<Entry>();
  const visited = new Set<Entry>();
  const visit = (entry: Entry): void => {
    if (!visited.has(entry)) {
      visited.add(entry);
      needed(entry, all).forEach(visit);
      ordered.add(entry);
    }
  };
  all.forEach(visit);
  return [...ordered];
}

/** What does not run of what it depends on, with what there is of it; empty: it can start. */
export function missing(entry: Entry, all: readonly Entry[]): readonly string[] {
  return (entry.definition.dependsOn ?? [])
    .filter(
      (address) => !all.some((one) => one.state === "RUNNING" && isMeant(address, entry, one)),
    )
    .map((address) => `${address} (${found(address, entry, all)})`);
}

/** Why it does not count. */
function found(address: string, entry: Entry, all: readonly Entry[]): string {
  const path = full(addressOf(address, entry.networkId).path);
  const there = all.filter((one) => `${one.networkId}:${one.definition.path}` === path);
  if (there.length === 0) {
    return "not there";
  }
  const right = there.filter((one) => isMeant(address, entry, one)).at(-1);
  return right === undefined
    ? `there is ${there.map(({ definition }) => definition.version).join(", ")}`
    : `in ${right.state.charAt(0)}${right.state.slice(1).toLowerCase()} state`;
}

/** The services that wait for what they depend on. */
export class Waiting {
  readonly #timers = new Map<Entry, number>();
  readonly #clock: VirtualClock;
  readonly #settings: { readonly dependencyTimeout: number };
  readonly #all: () => readonly Entry[];

  constructor(
    clock: VirtualClock,
    settings: { readonly dependencyTimeout: number },
    all: () => readonly Entry[],
  ) {
    this.#clock = clock;
    this.#settings = settings;
    this.#all = all;
  }

  /** @param inVain called when it has taken too long; `problem` says for what */
  begin(entry: Entry, inVain: () => void): void {
    const ms = this.#settings.dependencyTimeout;
    entry.problem = `waits for ${missing(entry, this.#all()).join(", ")}`;
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(entry);
      entry.problem = `waited ${ms} ms in vain for ${missing(entry, this.#all()).join(", ")}`;
      inVain();
    });
    this.#timers.set(entry, timer);
  }

  /** A service runs now: takes out those that waited for it alone. */
  ready(): readonly Entry[] {
    const all = this.#all();
    const ready: Entry[] = [];
    for (const entry of [...this.#timers.keys()]) {
      const left = missing(entry, all);
      entry.problem = left.length === 0 ? "" : `waits for ${left.join(", ")}`;
      if (left.length === 0) {
        this.forget(entry);
        ready.push(entry);
      }
    }
    return ready;
  }

  forget(entry: Entry): void {
    const timer = this.#timers.get(entry);
    if (timer !== undefined) {
      this.#clock.cancel(timer);
      this.#timers.delete(entry);
    }
  }

  forgetAll(): void {
    for (const entry of [...this.#timers.keys()]) {
      this.forget(entry);
    }
  }
}

function needed(entry: Entry, all: readonly Entry[]): readonly Entry[] {
  const addresses = entry.definition.dependsOn ?? [];
  return all.filter((each) => addresses.some((address) => isMeant(address, entry, each)));
}

function isMeant(address: string, of: Entry, each: Entry): boolean {
  const { path, versions } = addressOf(address, of.networkId);
  return (
    full(path) === `${each.networkId}:${each.definition.path}` &&
    versionsOf(versions, address)(each.version)
  );
}
