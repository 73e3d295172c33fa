import { NotRunningError, ValidationError } from "../errors.js";
import { full } from "./paths.js";
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

/**
 * The node waits for a service that comes later; here it must be there.
 *
 * @throws NotRunningError naming what is missing
 */
export function mustHave(entry: Entry, all: readonly Entry[]): void {
  for (const address of entry.definition.dependsOn ?? []) {
    const running = all.filter(({ state }) => state === "RUNNING");
    if (!running.some((each) => isMeant(address, entry, each))) {
      throw new NotRunningError(
        `service "${entry.definition.path}" depends on ${address}, which does not run, and the test kit does not wait for it: add it first, or node.fake("${address.split("@")[0]}", { … })`,
      );
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
