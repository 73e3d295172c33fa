/**
 * A client of the Runar node for browsers and Node.js: topics, calls and offline queues over one
 * connection that comes back by itself.
 *
 * @packageDocumentation
 */
import type { AnyApi } from "./api.js";
import type { ConnectOptions } from "./options.js";
import { RunarClient } from "./runar-client.js";

export { type ErrorCode, RunarError } from "../errors.js";
export type { ActionOf, AnyApi, DataOf, InputOf, ResultOf, TopicOf } from "./api.js";
export { ConnectionError } from "./errors.js";
export { type Acknowledged, Inbox, type InboxEvents, InboxMessage } from "./inbox.js";
export type { ClientEvents } from "./link.js";
export type { Off } from "./listeners.js";
export type {
  CallOptions,
  ClientState,
  ConnectOptions,
  Gap,
  HistoryOptions,
  HistoryPage,
  Member,
  Position,
  QueueOptions,
  Receipt,
  SubscribeOptions,
  TopicEvent,
} from "./options.js";
export type { SocketClass, SocketLike } from "./platform.js";
export { RunarClient } from "./runar-client.js";
export { type Begun, Subscription, type SubscriptionEvents } from "./subscription.js";
export { TopicWriter, type WriteOutcome } from "./topic-writer.js";

/**
 * Connects to a node's `/topics` and stays connected until `close()`.
 *
 * @example
 * ```ts
 * const client = connect("ws://127.0.0.1:3000/topics");
 * client.subscribe("math/result", ({ data }) => console.log(data));
 * console.log(await client.call("math/add", { a: 5, b: 3 }));
 * ```
 * @throws TypeError if there is no `WebSocket` class, or the URL is none
 */
export function connect<Api = AnyApi>(url: string, options: ConnectOptions = {}): RunarClient<Api> {
  return new RunarClient<Api>(url, options);
}
