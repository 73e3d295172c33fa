import type { BrokerNode } from "./broker.js";

/** Where a channel stands, or what somebody has seen of it: everything up to an offset. */
export interface ChannelPosition {
  /** The number of its last publication. */
  readonly offset: number;
  /** Names one life of the channel: offsets of two epochs do not compare. */
  readonly epoch: string;
}

/** Which page of a channel's history. */
export interface HistoryRange {
  /** At most so many, 0 to 1,000; 0: only where the channel stands. Default 100. */
  readonly limit?: number;
  /** What was published after it, or in reverse before it. Of another epoch: there is nothing. */
  readonly since?: ChannelPosition;
  /** The newest first. Default false. */
  readonly reverse?: boolean;
}

/** What was published on a channel. */
export interface Publication<Data = unknown> {
  readonly offset: number;
  readonly data: Data;
}

/** A page of what a channel remembers, and where the channel stands. */
export interface ChannelHistory<Data = unknown> extends ChannelPosition {
  readonly publications: readonly Publication<Data>[];
}

/** A channel of the broker. */
export class BrokerChannel {
  readonly topic: string;
  readonly #node: BrokerNode;

  /** @internal */
  constructor(node: BrokerNode, topic: string) {
    this.topic = topic;
    this.#node = node;
  }

  /**
   * Reads a page of what the channel remembers, as a rule under `channels` of the configuration
   * says.
   *
   * @throws RunarError `NOT_FOUND` when no rule gives the topic a history, `INVALID_INPUT` for a
   *   range that is none, `INVALID_PATH` for a topic that is none, `NOT_RUNNING` without a port
   */
  history<Data = unknown>(range: HistoryRange = {}): Promise<ChannelHistory<Data>> {
    return this.#node.request("$broker/page", { topic: this.topic, ...range });
  }
}
