import type { EventCallback } from "../host.js";
import { ownTopic, type Subscriber, type Taker } from "./bus.js";
import type { Ground } from "./ground.js";
import type { Entry } from "./registry.js";

/** The service gets the events that it listens to, and those that make its cached results stale. */
export function listen({ actions, bus, taker }: Ground, entry: Entry): void {
  const { path } = entry.definition;
  const where = { servicePath: path, networkId: entry.networkId };
  const subscribe = (pattern: string, rest: Pick<Subscriber, "handler" | "options" | "take">) =>
    entry.subscriptions.push(bus.subscribe(ownTopic(pattern, path), { ...where, ...rest }));
  for (const { pattern, options = {} } of entry.definition.events) {
    const handler: EventCallback = (payload, event) =>
      entry.handlers.events[pattern]?.(payload, event); // of the script that is there then
    subscribe(pattern, { handler, options, take: taker(entry) });
  }
  for (const action of entry.definition.actions) {
    for (const pattern of action.cache?.invalidatedBy ?? []) {
      const handler = (): void => actions.invalidate(entry, action);
      subscribe(pattern, { handler, options: {}, take: takeAtOnce });
    }
  }
}

/** It gets none any more. */
export function unlisten({ bus }: Ground, entry: Entry): void {
  for (const id of entry.subscriptions) {
    bus.unsubscribe(id);
  }
  entry.subscriptions = [];
}

const takeAtOnce: Taker = (delivery) => {
  delivery.run();
  delivery.handled();
  return "QUEUED";
};
