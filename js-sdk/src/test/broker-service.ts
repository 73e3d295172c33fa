import type { ActionCallback, HostCall, HostHandlers } from "../host.js";
import { ownService } from "./own-service.js";
import type { RegisteredService } from "./registry.js";

/** What `node.broker.app` asks for; the node checks more of it. */
interface Asked {
  readonly app: string;
  readonly channel: string;
  readonly user: string;
  readonly name: string;
  readonly data: string;
  readonly socket_id?: string | null;
}

/** The paths on which services of a script do a part of the node's own work. */
export function isRole(path: string): boolean {
  return path === "$http" || path === "$apps" || path.startsWith("$hooks-");
}

/**
 * The service `$broker` of the node, with apps that have no clients: what is published is an event
 * on the topic of its channel, as in the node, and nobody else is there.
 */
export function brokerService(
  publish: (topic: string, payload: object) => Promise<unknown>,
): [RegisteredService, HostHandlers] {
  const onChannel = async (asked: Asked, channel: string): Promise<null> => {
    const { name, data, socket_id } = asked;
    const except = typeof socket_id === "string" ? { socketId: socket_id } : {};
    await publish(`$app/${asked.app}/${channel}`, { ...except, event: name, data });
    return null;
  };
  const actions: Record<string, ActionCallback> = {
    publish: (_call: HostCall, input: unknown) =>
      onChannel(input as Asked, (input as Asked).channel),
    send: (_call: HostCall, input: unknown) =>
      onChannel(input as Asked, `#server-to-user-${(input as Asked).user}`),
    presence: () => [],
    history: () => [],
    disconnect: () => 0,
  };
  return ownService("$broker", "The apps of the Pusher dialect, without clients", actions);
}
