import { type AppFinder, appsService, BrokerApp, type BrokerNode } from "./broker.js";
import { BrokerChannel } from "./channel.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { type Delivery, type Encoded, type HostSession, host } from "./host.js";
import { OfflineGroup } from "./offline.js";
import type { OneNode } from "./one-node.js";
import { parse } from "./primordials.js";
import { TopicWriter } from "./topic-writer.js";
import { bytesOf } from "./writer.js";

/**
 * One connected client of a raw WebSocket path that a service declares under `sockets`.
 *
 * @example
 * ```ts
 * sockets: {
 *   "/echo": { message: (session, data) => session.send(data) },
 * }
 * ```
 */
export class Session<Identity = unknown> {
  readonly #session: HostSession;
  #identity: { readonly value: Identity } | undefined;

  /** @internal */
  constructor(session: HostSession) {
    this.#session = session;
  }

  /** Unique within the node's life and hard to guess. */
  get id(): string {
    return this.#session.id();
  }

  /** The URL path it connected to. */
  get path(): string {
    return this.#session.path();
  }

  /** The query parameters of the URL; the first value of each. */
  get query(): Readonly<Record<string, string>> {
    return parse(this.#session.queryJson()) as Readonly<Record<string, string>>;
  }

  /** The client's address, `host:port`. */
  get remoteAddress(): string {
    return this.#session.remoteAddress();
  }

  /** What `accept` has returned for it, the same object each time; undefined: nothing. */
  get identity(): Identity {
    this.#identity ??= { value: identityOf(this.#session) as Identity };
    return this.#identity.value;
  }

  /**
   * In `open`: the client was connected already, to the version of the script that ran before. Its
   * groups are still joined.
   */
  get carriedOver(): boolean {
    return this.#session.carriedOver();
  }

  /**
   * Sends one message: bytes as a binary frame, a string as its text, anything else as its JSON
   * text. Never blocks.
   *
   * @returns `QUEUED`; `FULL` when the session's byte budget is used up, after which it is
   *   disconnected; `CLOSED` when it is gone
   * @throws UnsupportedValueError for what cannot cross
   */
  send(data: unknown): Delivery {
    const encoded = message(data);
    return this.#session.send(encoded[0], encoded[1]);
  }

  /**
   * Closes the connection. Repeatable.
   *
   * @param code a WebSocket close code: 1000, or 3000 to 4999
   */
  close(code = 1000, reason = ""): void {
    this.#session.close(code, reason);
  }

  /** Adds the session to a group; it leaves by itself when it closes. */
  join(group: string): void {
    this.#session.join(group);
  }

  /** Takes the session out of a group. */
  leave(group: string): void {
    this.#session.leave(group);
  }
}

function identityOf(session: HostSession): unknown {
  const kind = session.identityKind();
  return kind === null ? undefined : decode(kind, session.identityText());
}

/** Reaches the clients of the node's port from outside their handlers. */
export class Broker {
  readonly #node: BrokerNode;
  readonly #one: OneNode;

  /** @internal */
  constructor(node: BrokerNode, one: OneNode) {
    this.#node = node;
    this.#one = one;
  }

  /**
   * An app of the Pusher dialect: its channels, its users, and hooks on what its clients do.
   *
   * @throws ValidationError for what cannot be the id of an app
   * @example
   * ```ts
   * const app = node.broker.app("chat");
   * await app.channel("news").publish("said", { text: "hello" });
   * ```
   */
  app(id: string): BrokerApp {
    return new BrokerApp(this.#node, id);
  }

  /**
   * Says what apps of the Pusher dialect there are, beside those of the configuration: asked for
   * an app that nothing before it knows, with its key or its id. An answer is remembered for 10 s,
   * that there is no such app for 2 s. Once for each node.
   *
   * @throws DuplicateError when it was said before
   * @throws ValidationError for what is no function
   * @example
   * ```ts
   * await node.broker.apps(async ({ key, id }, ctx) =>
   *   await ctx.request("tenants/app", { key, id })); // { id, key, secret, … } or null
   * ```
   */
  async apps(find: AppFinder): Promise<void> {
    await this.#node.addService(appsService(find));
  }

  /**
   * What writes packets of bytes on a topic, at high rates. Keep it: the topic is looked up once.
   *
   * @throws InvalidPathError for what is no topic
   * @throws PermissionError for a topic that begins with `$`
   * @example
   * ```ts
   * const voltage = node.broker.topic("eeg_voltage");
   * if (voltage.write(packet) === "DROPPED") missed += 1;
   * ```
   */
  topic(name: string): TopicWriter {
    this.#one.check();
    return new TopicWriter(host.topic(name));
  }

  /**
   * The channel of a topic: what clients subscribe to by `/topics` and other dialects.
   *
   * @example
   * ```ts
   * const { publications } = await node.broker.channel("chat/1").history({ limit: 20, reverse: true });
   * ```
   */
  channel(topic: string): BrokerChannel {
    return new BrokerChannel(this.#node, topic);
  }

  /**
   * What waits for the clients of a group, such as a conversation, while they are away.
   *
   * @example
   * ```ts
   * const chat = node.broker.offline("conversation-1");
   * await chat.client("ann", "phone").join();
   * await chat.publish({ text: "hello" }, { except: "bob" });
   * ```
   */
  offline(group: string): OfflineGroup {
    return new OfflineGroup(this.#node, group);
  }

  /** The session with this id, if it is connected. */
  session(id: string): Session | undefined {
    this.#one.check();
    const session = host.session(id);
    return session === null ? undefined : new Session(session);
  }

  /** Sends to one session; see {@link Session.send}. */
  send(sessionId: string, data: unknown): Delivery {
    return this.session(sessionId)?.send(data) ?? "CLOSED";
  }

  /** All sessions that have joined a group. */
  group(name: string): Group {
    return new Group(name, this.#one);
  }
}

/** The sessions that have joined a group. */
export class Group {
  readonly name: string;
  readonly #one: OneNode;

  /** @internal */
  constructor(name: string, one: OneNode) {
    this.name = name;
    this.#one = one;
  }

  /**
   * Sends to every session of the group; the message is encoded once.
   *
   * @returns how many took it
   */
  send(data: unknown): number {
    this.#one.check();
    const encoded = message(data);
    return host.sendToGroup(this.name, encoded[0], encoded[1]);
  }
}

/** Any bytes are a binary frame here, of whatever view. */
function message(data: unknown): Encoded {
  if (ArrayBuffer.isView(data)) {
    return ["bytes", bytesOf(data)];
  }
  return data instanceof ArrayBuffer ? ["bytes", data] : encode(data);
}
