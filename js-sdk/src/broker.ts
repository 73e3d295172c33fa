import type { AppConfig } from "./config.js";
import type { Context } from "./context.js";
import { UnsupportedValueError, ValidationError } from "./errors.js";
import { parse, stringify } from "./primordials.js";
import { type ActionDefinition, action, type ServiceDefinition } from "./service.js";
import { suggestion } from "./suggestion.js";

/** Where the node does what is asked of its apps. */
const BROKER = "$broker";

/** Where the node asks what apps there are. */
const APPS = "$apps";

/** How long a hook may take when nothing is said, in ms. */
const PATIENCE = 1_000;

/** The longest that may be said, in ms: a client waits for it. */
const LONGEST_PATIENCE = 10_000;

/** What the broker needs of its node. */
export interface BrokerNode {
  addService(service: ServiceDefinition): Promise<void>;
  request<Result>(path: string, payload: unknown): Promise<Result>;
}

/** What a client has told of itself as it connects to an app. */
export interface ConnectingClient {
  /** What its connection is called from now on. */
  readonly socketId: string;
  /** Host and port of the connection's other end, which may be a proxy. */
  readonly remoteAddress: string;
  /** Where the page that connects comes from; null: it is no page. */
  readonly origin: string | null;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** The query parameters of the URL; the first value of each. */
  readonly query: Readonly<Record<string, string>>;
}

/** A subscription that the node would accept: its signature, where one is needed, is right. */
export interface Subscribing {
  readonly socketId: string;
  readonly remoteAddress: string;
  readonly channel: string;
  /** Who joins a presence channel, or else who has signed in; null: nobody is known. */
  readonly userId: string | null;
  /** What was signed about that user; null: nothing. */
  readonly userInfo: unknown;
}

/** A client event that the node would publish. */
export interface SentEvent {
  readonly socketId: string;
  readonly remoteAddress: string;
  readonly channel: string;
  /** Begins with `client-`. */
  readonly event: string;
  readonly data: unknown;
  /** Who sent it on a presence channel, or else who has signed in; null: nobody is known. */
  readonly userId: string | null;
}

/** The end of a connection that was let in. */
export interface DisconnectedClient {
  readonly socketId: string;
  readonly remoteAddress: string;
  /** Who had signed in; null: nobody. */
  readonly userId: string | null;
  /** The WebSocket close code. */
  readonly code: number;
  readonly reason: string;
}

/**
 * What a script says to what clients of an app would do. `false` refuses it, and so does a
 * `PermissionError`, whose message the client is told; anything else lets it pass. A hook that
 * throws something else or is late fails: what the client is told then is in
 * docs/pusher-scripts.md.
 */
export type Decision = boolean | undefined | Promise<boolean | undefined> | void | Promise<void>;

/**
 * Functions that are asked, or told, what the clients of an app do. While one is asked, what its
 * client sends waits, in order.
 *
 * @example
 * ```ts
 * await node.broker.app("chat").hooks({
 *   onSubscribe: async ({ channel, userId }, ctx) =>
 *     !channel.startsWith("presence-room-") || (await ctx.request("rooms/has", { channel, userId })),
 *   onClientEvent: ({ data }) => JSON.stringify(data).length < 1_000,
 * });
 * ```
 */
export interface AppHooks {
  /** A client would connect. Refused: closed with 4009. */
  readonly onConnect?: (client: ConnectingClient, ctx: Context) => Decision;
  /** A client would subscribe. Refused: `pusher:subscription_error` with status 403. */
  readonly onSubscribe?: (subscription: Subscribing, ctx: Context) => Decision;
  /** A client would publish. Refused: `pusher:error` with code 4301. */
  readonly onClientEvent?: (event: SentEvent, ctx: Context) => Decision;
  /** A client that was let in has gone. */
  readonly onDisconnect?: (client: DisconnectedClient, ctx: Context) => unknown;
  /** How long each may take, in ms: 1 to 10,000. Default 1,000. */
  readonly timeout?: number;
}

/** Which app the node looks for: by its key for clients, by its id for servers. */
export type AppQuery =
  | { readonly key: string; readonly id?: undefined }
  | { readonly id: string; readonly key?: undefined };

/** Finds an app; undefined or null: there is no such app. */
export type AppFinder = (
  query: AppQuery,
  ctx: Context,
) => AppConfig | null | undefined | Promise<AppConfig | null | undefined>;

/** A member of a presence channel. */
export interface Member<Info = unknown> {
  readonly id: string;
  /** What was signed about it; null: nothing. */
  readonly info: Info;
}

/** An event that the node remembers. */
export interface PastEvent<Data = unknown> {
  readonly event: string;
  readonly data: Data;
  /** Who sent it, if it is a client event of a presence channel's member; else null. */
  readonly userId: string | null;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** One app of the Pusher dialect: reaches the clients that are connected to it. */
export class BrokerApp {
  readonly id: string;
  readonly #node: BrokerNode;

  /** @internal */
  constructor(node: BrokerNode, id: string) {
    if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,100}$/.test(id)) {
      throw new ValidationError("the id of an app is a text of 1 to 100 of A-Z a-z 0-9 _ -");
    }
    this.id = id;
    this.#node = node;
  }

  /** A channel of the app; nothing is asked until one of its methods is called. */
  channel(name: string): AppChannel {
    return new AppChannel(this.#node, this.id, name);
  }

  /** A user of the app, connected or not. */
  user(id: string): AppUser {
    return new AppUser(this.#node, this.id, id);
  }

  /**
   * Asks these functions before clients of the app connect, subscribe and publish. Once for each
   * app of a node; a script that is loaded anew says it again, and nothing is missed in between.
   *
   * @throws DuplicateError when it was said before
   * @throws ValidationError for what is no hook, and for a timeout outside its range
   */
  async hooks(hooks: AppHooks): Promise<void> {
    await this.#node.addService(hookService(this.id, hooks));
  }
}

/** A channel of an app. */
export class AppChannel {
  readonly #node: BrokerNode;
  readonly #app: string;
  readonly name: string;

  /** @internal */
  constructor(node: BrokerNode, app: string, name: string) {
    this.#node = node;
    this.#app = app;
    this.name = name;
  }

  /**
   * Publishes an event to the subscribers, as a server does by `POST /events`: with the same
   * bounds and the same errors. Resolves when it is on its way.
   *
   * @param data a string goes as it is, anything else as its JSON text
   * @param options `except`: the socket id of the client that does not get it
   * @throws RunarError: `NOT_FOUND` without such an app, `PERMISSION_DENIED` when it is disabled,
   *   `INVALID_INPUT`, `TOO_LARGE`, `OVERLOADED` beyond `eventsPerSecond` and while the node has
   *   more to deliver to the subscribers than it can, `NOT_RUNNING` without a port
   * @throws UnsupportedValueError for what has no JSON text
   */
  async publish(
    event: string,
    data?: unknown,
    options: { readonly except?: string } = {},
  ): Promise<void> {
    await ask(this.#node, "publish", {
      app: this.#app,
      channel: this.name,
      name: event,
      data: textOf(data),
      socket_id: options.except ?? null,
    });
  }

  /**
   * Who is in a presence channel, in the order of coming; nobody if nobody subscribes.
   *
   * @throws RunarError `INVALID_INPUT` for a channel that is not a presence channel
   */
  presence<Info = unknown>(): Promise<Member<Info>[]> {
    return ask(this.#node, "presence", { app: this.#app, channel: this.name });
  }

  /**
   * What the node remembers of the channel, the oldest first: the last event of a cache channel,
   * and of any channel the last `limits.historyEvents` of the app, each for `cachedSeconds`.
   */
  async history<Data = unknown>(): Promise<PastEvent<Data>[]> {
    const past: PastEvent[] = await ask(this.#node, "history", {
      app: this.#app,
      channel: this.name,
    });
    return past.map((one) => ({ ...one, data: valueOf(one.data) })) as PastEvent<Data>[];
  }
}

/** A user of an app: whoever has signed in with `pusher:signin`. */
export class AppUser {
  readonly #node: BrokerNode;
  readonly #app: string;
  readonly id: string;

  /** @internal */
  constructor(node: BrokerNode, app: string, id: string) {
    this.#node = node;
    this.#app = app;
    this.id = id;
  }

  /**
   * Sends an event to every connection that is signed in as the user. Resolves when it is on its
   * way, be the user here or not.
   *
   * @throws RunarError as {@link AppChannel.publish}
   */
  async send(event: string, data?: unknown): Promise<void> {
    await ask(this.#node, "send", {
      app: this.#app,
      user: this.id,
      name: event,
      data: textOf(data),
    });
  }

  /** Closes every connection that is signed in as the user; resolves to how many there were. */
  disconnect(): Promise<number> {
    return ask(this.#node, "disconnect", { app: this.#app, user: this.id });
  }
}

function ask<Answer>(node: BrokerNode, what: string, input: object): Promise<Answer> {
  return node.request(`${BROKER}/${what}`, input);
}

/** As every server library of the protocol does it. */
function textOf(data: unknown): string {
  if (typeof data === "string") {
    return data;
  }
  let text: string | undefined;
  try {
    text = stringify(data ?? null);
  } catch (error) {
    throw new UnsupportedValueError(`data has no JSON text: ${(error as Error).message}`);
  }
  if (text === undefined) {
    throw new UnsupportedValueError(`data has no JSON text: it is a ${typeof data}`);
  }
  return text;
}

/** As every client library does it: a text that is no JSON is the data itself. */
function valueOf(data: unknown): unknown {
  if (typeof data !== "string") {
    return data;
  }
  try {
    return parse(data);
  } catch {
    return data;
  }
}

/** By the name of the hook, that of the action. */
const HOOKS: Readonly<Record<string, string>> = {
  onConnect: "connect",
  onSubscribe: "subscribe",
  onClientEvent: "client-event",
  onDisconnect: "disconnect",
};

type Hook = (subject: unknown, ctx: Context) => unknown;

function hookService(app: string, hooks: AppHooks): ServiceDefinition {
  const where = `the hooks of app ${app}`;
  if (typeof hooks !== "object" || hooks === null) {
    throw new ValidationError(`${where} are not an object: { onConnect, onSubscribe, … }`);
  }
  const { timeout = PATIENCE, ...functions } = hooks;
  if (typeof timeout !== "number" || !(timeout >= 1 && timeout <= LONGEST_PATIENCE)) {
    throw new ValidationError(`${where}: timeout must be 1 to ${LONGEST_PATIENCE} ms`);
  }
  const actions: Record<string, ActionDefinition<unknown, unknown>> = {};
  for (const [name, hook] of Object.entries(functions)) {
    const known = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
    if (known === undefined) {
      throw new ValidationError(
        `${where}: ${name} is not known; there are ${Object.keys(HOOKS).join(", ")}${suggestion(name, Object.keys(HOOKS))}`,
      );
    }
    if (hook === undefined) {
      continue;
    }
    if (typeof hook !== "function") {
      throw new ValidationError(`${where}: ${name} is not a function`);
    }
    actions[known] = hookAction(hook as Hook, timeout);
  }
  return {
    name: `hooks-${app}`,
    path: `$hooks-${app}`,
    description: `What the clients of app ${app} may do`,
    actions,
  };
}

function hookAction(hook: Hook, timeout: number): ActionDefinition<unknown, unknown> {
  return action<unknown, unknown>({
    visibility: "internal",
    timeout,
    handler: async (subject, ctx) => (await hook(subject, ctx)) !== false,
  });
}

/** What {@link Broker.apps} adds. */
export function appsService(find: AppFinder): ServiceDefinition {
  if (typeof find !== "function") {
    throw new ValidationError("node.broker.apps takes a function that finds an app");
  }
  return {
    name: "apps",
    path: APPS,
    description: "What apps there are",
    actions: {
      find: action<AppQuery, unknown>({
        visibility: "internal",
        handler: async (query, ctx) => (await find(query, ctx)) ?? null,
      }),
    },
  };
}
