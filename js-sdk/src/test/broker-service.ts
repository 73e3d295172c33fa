import { ValidationError } from "../errors.js";
import type { ActionCallback, HostCall, HostHandlers } from "../host.js";
import { ownService } from "./own-service.js";
import type { RegisteredService } from "./registry.js";

/** What `node.broker.app` asks for; it is checked as the node does for an app without limits. */
interface Asked {
  readonly app: string;
  readonly channel: string;
  readonly user: string;
  readonly name: string;
  readonly data: string;
  readonly socket_id?: string | null;
}

/** The bounds of the node; an app of it may have others for names of events. */
const MAX_CHANNEL_NAME = 200;
const MAX_EVENT_NAME = 200;
const MAX_SEGMENT = 800;

const TO_USER = "#server-to-user-";
const CHANNEL = /^[\w\-=@,.;]+$/;
const NOT_ALLOWED = /[^\w\-=@,.;]/g;
/** Control characters and halves of characters. */
const NOT_IN_IDS = /[\p{Cc}\p{Cs}]/u;

/** What a channel is within a topic; see `ChannelName` of the node. */
function segment(name: unknown): string {
  if (typeof name === "string" && name.length <= MAX_CHANNEL_NAME) {
    if (CHANNEL.test(name)) {
      return name;
    }
    const user = name.startsWith(TO_USER) ? name.slice(TO_USER.length) : "";
    const escaped = TO_USER + user.replace(NOT_ALLOWED, escape);
    if (user !== "" && !NOT_IN_IDS.test(user) && escaped.length <= MAX_SEGMENT) {
      return escaped;
    }
  }
  throw new ValidationError(
    "the name of a channel has at most 200 of A-Z, a-z, 0-9 and _ - = @ , . ; and no others",
  );
}

function escape(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The name of an event of a server. */
function eventName(name: unknown): string {
  if (typeof name !== "string" || name === "" || name.length > MAX_EVENT_NAME) {
    throw new ValidationError(`name must have 1 to ${MAX_EVENT_NAME} characters`);
  }
  if (name.startsWith("pusher:") || name.startsWith("pusher_internal:")) {
    throw new ValidationError(
      "names that begin with pusher: or pusher_internal: are the protocol's",
    );
  }
  return name;
}

function userId(user: unknown): string {
  if (typeof user !== "string" || user === "") {
    throw new ValidationError("user must be the id of a user, which is a text");
  }
  return user;
}

/** The paths on which services of a script do a part of the node's own work. */
export function isRole(path: string): boolean {
  return path === "$http" || path === "$apps" || path.startsWith("$hooks-");
}

/**
 * The service `$broker` of the node, with apps that have no clients: what is published is an event
 * on the topic of its channel, as in the node, and nobody else is there. Channels
 * remember nothing.
 */
export function brokerService(
  publish: (topic: string, payload: object) => Promise<unknown>,
): [RegisteredService, HostHandlers] {
  const onChannel = async (asked: Asked, channel: string): Promise<null> => {
    const { name, data, socket_id } = asked;
    const event = eventName(name);
    const topic = `$app/${asked.app}/${segment(channel)}`;
    const except = typeof socket_id === "string" ? { socketId: socket_id } : {};
    await publish(topic, { ...except, event, data });
    return null;
  };
  const members = ({ channel }: Asked): [] => {
    if (!segment(channel).startsWith("presence-")) {
      throw new ValidationError("only presence channels have members");
    }
    return [];
  };
  const past = ({ channel }: Asked): [] => {
    segment(channel);
    return [];
  };
  const page = () => ({ publications: [], offset: 0, epoch: "none" });
  const disconnect = ({ user }: Asked): number => {
    userId(user);
    return 0;
  };
  const actions: Record<string, ActionCallback> = {
    publish: (_call: HostCall, input: unknown) =>
      onChannel(input as Asked, (input as Asked).channel),
    send: async (_call: HostCall, input: unknown) =>
      onChannel(input as Asked, TO_USER + userId((input as Asked).user)),
    presence: (_call: HostCall, input: unknown) => members(input as Asked),
    history: (_call: HostCall, input: unknown) => past(input as Asked),
    disconnect: (_call: HostCall, input: unknown) => disconnect(input as Asked),
    page,
  };
  return ownService("$broker", "The apps of the Pusher dialect, without clients", actions);
}
