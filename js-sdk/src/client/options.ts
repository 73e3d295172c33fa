import type { Signal } from "../signal.js";
import type { SocketClass } from "./platform.js";

/** How a client connects; see {@link connect}. */
export interface ConnectOptions {
  /**
   * The token that says who the client is, or what fetches one: asked before each connection and
   * shortly before a token expires. Default: the client shows none.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** What the device is called, 1 to 200 characters. Default: each session has a name of its own. */
  readonly client?: string;
  /** The class of connections. Default: the global `WebSocket`; Node.js before 22 has none. */
  readonly WebSocket?: SocketClass;
  /** Pauses before connecting again. */
  readonly reconnect?: {
    /** The longest first pause, in ms; doubled with each failure. Default 100. */
    readonly base?: number;
    /** No pause is longer, in ms. Default 20,000. */
    readonly cap?: number;
  };
  /** How long one attempt to connect may take, in ms. Default 10,000. */
  readonly timeout?: number;
  /** After so many ms of silence the node is asked whether it is there. Default 25,000. */
  readonly heartbeat?: number;
  /** Calls and publications that may wait for a connection or an answer. Default 1,000. */
  readonly waiting?: number;
  /** Bytes that {@link TopicWriter.write} may leave waiting in the socket. Default 1 MiB. */
  readonly buffer?: number;
}

/** Of a call. */
export interface CallOptions extends QueueOptions {
  /** How long the action may take, in ms. Default: as the node says, 30 s. */
  readonly timeout?: number;
  /** Gives the call up: it rejects with `CANCELLED`. What the action has begun goes on. */
  readonly signal?: Signal;
}

/** Of what is asked once. */
export interface QueueOptions {
  /** Wait for the connection when there is none, instead of failing. Default false. */
  readonly queue?: boolean;
}

/** Of a subscription. */
export interface SubscribeOptions {
  /** Be told of clients that come and go, if the rule of the channel has `joinLeave`. */
  readonly members?: boolean;
  /** Where this client was when it last saw the topic: what it missed comes first. */
  readonly since?: Position;
}

/** Of a page of history. */
export interface HistoryOptions {
  /** 0 to 1,000. Default 100. */
  readonly limit?: number;
  /** The page begins behind this, in reverse before it. */
  readonly since?: Position;
  /** From the newest to the oldest. */
  readonly reverse?: boolean;
}

/** A place in a topic: everything up to an offset. Offsets of two epochs do not compare. */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

/**
 * How it stands with the connection.
 *
 * - `connecting`: an attempt is under way
 * - `live`: connected for the first time
 * - `resumed`: connected again, and no subscription to a topic has missed anything
 * - `gapped`: connected again, and at least one has; its `gap` event says which
 * - `offline`: not connected, until the next attempt or, after `close()`, for good
 */
export type ClientState = "connecting" | "live" | "resumed" | "gapped" | "offline";

/** What was published. */
export interface TopicEvent<Data = unknown> {
  /** The topic itself, also for a pattern. */
  readonly topic: string;
  /** A `Uint8Array` where bytes were published. */
  readonly data: Data;
  /** Its place in the topic. */
  readonly offset: number;
}

/** Events that will not come. */
export interface Gap {
  readonly topic: string;
  /** The first that is missing. */
  readonly from: number;
  /** The last that is missing; absent: offsets have begun anew, so nobody knows. */
  readonly to?: number;
}

/** A client as others are told of it. */
export interface Member<Info = unknown> {
  readonly client: string;
  /** Empty: nobody is known. */
  readonly user: string;
  /** As its token says. */
  readonly info?: Info;
}

/** A page of what a topic remembers, and where the topic stands. */
export interface HistoryPage<Data = unknown> extends Position {
  readonly events: readonly TopicEvent<Data>[];
}

/** What became of a publication. */
export interface Receipt {
  /** Handlers of services that it matched: always `queued + refused`. */
  readonly matched: number;
  readonly queued: number;
  readonly refused: number;
  /** Clients that it was handed to. */
  readonly clients: number;
}
