import type { ActionCallback, HostHandlers } from "../host.js";
import type { RegisteredService } from "./registry.js";

/** A service of the node itself, such as `$registry`. */
export function ownService(
  path: string,
  description: string,
  actions: Readonly<Record<string, ActionCallback>>,
): [RegisteredService, HostHandlers] {
  const definition: RegisteredService = {
    name: path.slice(1),
    path,
    version: "0.0.0",
    description,
    networkId: "",
    actions: Object.keys(actions).map((name) => ({ name, description: "", params: null })),
    events: [],
    sockets: [],
  };
  return [definition, { actions, events: {}, sockets: {} }];
}
