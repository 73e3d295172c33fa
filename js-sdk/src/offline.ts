import type { BrokerNode } from "./broker.js";

/** Where the node keeps what waits for clients that are away. */
const OFFLINE = "$offline";

/** What an acknowledgement of the node says: the weakest first. */
export type StoreLevel = "MEMORY" | "WRITTEN" | "SYNCED" | "REPLICATED";

/** A message that its client has not acknowledged. */
export interface WaitingMessage<Data = unknown> {
  /** In its queue; later messages have higher ones. */
  readonly id: number;
  /** What was published. Absent when {@link damaged}. */
  readonly data?: Data;
  /** The disk has damaged it: all that is left to do is to acknowledge it. */
  readonly damaged: boolean;
  /** How often it was given, this time included. */
  readonly deliveries: number;
  /** Whether the client may have seen it before. */
  readonly redelivered: boolean;
  /** When it came, in ms since 1970. */
  readonly offeredAt: number;
}

/** What became of a message for a group. */
export interface OfflineReceipt {
  /** What holds for those that took it. */
  readonly level: StoreLevel;
  readonly taken: readonly OfflineMember[];
  /** Whose queues were full. */
  readonly refused: readonly OfflineMember[];
}

/** A client that has joined a group. */
export interface OfflineMember {
  readonly user: string;
  readonly client: string;
}

/** The offline queues of a group, such as a conversation: one for each client of each user. */
export class OfflineGroup {
  readonly #node: BrokerNode;
  readonly #group: string;

  /** @internal */
  constructor(node: BrokerNode, group: string) {
    this.#node = node;
    this.#group = group;
  }

  /** The queue of one client, such as a phone, of a user. */
  client(user: string, client: string): OfflineQueue {
    return new OfflineQueue(this.#node, { group: this.#group, user, client });
  }

  /** The clients that have joined. */
  async members(): Promise<readonly OfflineMember[]> {
    return await this.#node.request(`${OFFLINE}/members`, { group: this.#group });
  }

  /**
   * Puts a message into the queue of every client that has joined.
   *
   * @param options.except the user whose clients do not get it
   */
  async publish(data: unknown, options: { except?: string } = {}): Promise<OfflineReceipt> {
    return await this.#node.request(`${OFFLINE}/publish`, {
      group: this.#group,
      except: options.except ?? null,
      data,
    });
  }
}

/** What waits for one client until it acknowledges it. */
export class OfflineQueue {
  readonly #node: BrokerNode;
  readonly #key: { readonly group: string; readonly user: string; readonly client: string };

  /** @internal */
  constructor(
    node: BrokerNode,
    key: { readonly group: string; readonly user: string; readonly client: string },
  ) {
    this.#node = node;
    this.#key = key;
  }

  /**
   * Begins the queue, if there is none; it stays until {@link leave}.
   *
   * @throws OverloadedError when there are as many queues as may be
   */
  async join(): Promise<StoreLevel> {
    return (await this.#ask<{ level: StoreLevel }>("join")).level;
  }

  /** Ends the queue, with what waits in it. */
  async leave(): Promise<StoreLevel> {
    return (await this.#ask<{ level: StoreLevel }>("leave")).level;
  }

  /**
   * Puts a message into this queue alone.
   *
   * @throws NotFoundError when the client has not joined
   * @throws OverloadedError when the queue is full
   */
  async offer(data: unknown): Promise<{ readonly id: number; readonly level: StoreLevel }> {
    return await this.#ask("offer", { data });
  }

  /**
   * What the client has not acknowledged, in order; it counts as delivered.
   *
   * @param options.after only messages with ids above it
   * @param options.limit default 100, at most 1,000
   */
  async unacked<Data = unknown>(
    options: { after?: number; limit?: number } = {},
  ): Promise<readonly WaitingMessage<Data>[]> {
    return await this.#ask("unacked", options);
  }

  /** The client has a message for good. Answers null if it does not wait, as when it was acknowledged before. */
  async ack(id: number): Promise<StoreLevel | null> {
    return (await this.#ask<{ level: StoreLevel | null }>("ack", { id })).level;
  }

  /**
   * The client could not handle a message: it is given again, or becomes a dead letter. Answers
   * how often that was said of it; null if it does not wait.
   */
  async nack(id: number, cause = ""): Promise<number | null> {
    return (await this.#ask<{ deliveries: number | null }>("nack", { id, cause })).deliveries;
  }

  async #ask<Result>(action: string, more: object = {}): Promise<Result> {
    return await this.#node.request<Result>(`${OFFLINE}/${action}`, { ...this.#key, ...more });
  }
}
