/**
 * What can be configured; the keys of `runar.yaml`. Everything has a default, so `{}` is a valid
 * configuration. Durations are milliseconds. An unknown key is refused with code `CONFIG`.
 *
 * @example
 * ```ts
 * const node = new Node({ server: { port: 3000 }, requestTimeout: 5_000 });
 * ```
 */
export interface NodeConfig {
  /** The network that paths without one belong to. Default `default`. */
  readonly networkId?: string;
  /** How long a request may take when its caller does not say, in ms. Default 30,000. */
  readonly requestTimeout?: number;
  /** How long running work may go on when the node stops, in ms. Default 5,000. */
  readonly drainTimeout?: number;
  /** How long a service waits for those that it depends on, in ms. Default 30,000. */
  readonly dependencyTimeout?: number;
  /** The port and what it accepts. */
  readonly server?: ServerConfig;
  /** The bounds of everything that is fed from outside. */
  readonly limits?: LimitsConfig;
  /** How much is logged. */
  readonly logging?: LoggingConfig;
  /** When a turn is too much, and what becomes of a script that is ended for it. */
  readonly supervision?: SupervisionConfig;
  /** The apps of the Pusher dialect. Default: none, and it is not spoken. */
  readonly apps?: readonly AppConfig[];
  /** What the channels of the broker promise; the first rule that matches counts. Default: none. */
  readonly channels?: readonly ChannelRuleConfig[];
  /** What waits for clients that are away. */
  readonly offline?: OfflineConfig;
  /**
   * Where the node of a program in Node.js or Bun runs: `native` in the same process, `process` in
   * one of its own, `auto` in the same process where that is possible. Under `runar run` without
   * effect. Default `auto`.
   */
  readonly transport?: "auto" | "native" | "process";
}

/** The offline queues: what waits for clients that are away. */
export interface OfflineConfig {
  /** The folder that they survive a restart in. Default: none, they are in memory only. */
  readonly path?: string;
  /**
   * What an acknowledgement says when there is a folder: `written`, the operating system has it;
   * `synced`, the disk has it. Default `synced`.
   */
  readonly level?: "written" | "synced";
  /** Messages that wait in one queue. Default 1,000. */
  readonly messages?: number;
  /** Bytes of the messages that wait in one queue. Default 1,048,576. */
  readonly bytes?: number;
  /** Messages that wait in all queues. Default 1,000,000. */
  readonly totalMessages?: number;
  /** Bytes of the messages that wait in all queues. Default 268,435,456. */
  readonly totalBytes?: number;
  /** Queues that there are. Default 100,000. */
  readonly queues?: number;
  /** How long a message waits, in ms. Default 604,800,000: seven days. */
  readonly ttl?: number;
  /** What becomes of a message for a queue that is full. Default `refuse_new`. */
  readonly full?: "refuse_new" | "drop_oldest";
  /** After so many refusals by its client a message is a dead letter. Default 5. */
  readonly deliveries?: number;
  /** The topic that dead letters are published on. Default: none, they are dropped. */
  readonly deadLetters?: string;
  /** Messages that a client was given and has not acknowledged; then the next ones wait. Default 256. */
  readonly window?: number;
}

/** What the channels whose topics match a pattern promise; other brokers call it a namespace. */
export interface ChannelRuleConfig {
  /** The topics, as in `chat/*`. */
  readonly pattern: string;
  /** Messages that a channel remembers. Default 0: none, so nothing is recovered. */
  readonly history?: number;
  /** How long it remembers each, and itself after the last one, in ms. Default 300,000. */
  readonly historyTtl?: number;
  /** Whether what it remembers outlives a restart, in the folder `offline.path`. Default false. */
  readonly durable?: boolean;
  /**
   * What becomes of its messages for a client that reads too slowly: it is disconnected; the oldest
   * are dropped and it is told; or only the latest waits; or they come by its offline queue. Default
   * `disconnect`.
   */
  readonly slow?: "disconnect" | "gap" | "latest" | "spill";
  /** Whether clients may ask who is subscribed. Default false. */
  readonly presence?: boolean;
  /** Whether subscribers are told who comes and goes. Default false. */
  readonly joinLeave?: boolean;
  /** Whether clients may publish on it by the dialect of `centrifuge`. Default false. */
  readonly publish?: boolean;
}

/** The port. */
export interface ServerConfig {
  /** The address to bind. Default `127.0.0.1`: only this machine. */
  readonly host?: string;
  /** 0: any free one; -1: no port is opened. Default -1. */
  readonly port?: number;
  /** Static files served at `/`. Default: the folder `public` beside the script. */
  readonly publicFolder?: string;
  /** How often a silent client is pinged, in ms. Default 25,000. */
  readonly pingInterval?: number;
  /** After how long without a frame a client is closed, in ms. Default 33,000. */
  readonly idleTimeout?: number;
  /** How long a connection may take to send its first request, in ms. Default 10,000. */
  readonly handshakeTimeout?: number;
  /**
   * How long an HTTP client may take nothing of an answer that waits for it, in ms; then it is cut
   * off. Default 30,000.
   */
  readonly writeTimeout?: number;
  /** Which pages of other origins may read what the port answers over HTTP. Default: none. */
  readonly cors?: CorsConfig;
  /** What the port proves itself with; then it speaks HTTPS and WSS only. Default: none. */
  readonly tls?: TlsConfig;
  /** Whether `/metrics` is there, for Prometheus. Default true. */
  readonly metrics?: boolean;
  /** How long a node that stops still serves while `/ready` says no, in ms. Default 0. */
  readonly drainDelay?: number;
  /** Where and how the Pusher dialect is spoken. */
  readonly pusher?: PusherConfig;
  /** What the tokens of clients are verified with. Default: nothing, and no token is accepted. */
  readonly tokens?: TokenKeysConfig;
  /** Whether messages are compressed for clients that offer it (RFC 7692). Default false. */
  readonly compression?: boolean;
}

/**
 * What the tokens of clients (JWT) are verified with. A key accepts only the algorithms that it is
 * for, whatever a token says of itself.
 */
export interface TokenKeysConfig {
  /** At least 32 bytes, for HS256, HS384 and HS512. Default: none. */
  readonly secret?: string;
  /** A PEM file with a public key or a certificate: RSA, an elliptic curve, or Ed25519. */
  readonly publicKey?: string;
  /** Where a set of public keys is fetched, an `http` or `https` URL. Default: nowhere. */
  readonly jwks?: string;
  /** What `iss` must be. Default: anything. */
  readonly issuer?: string;
  /** What `aud` must have in it. Default: anything. */
  readonly audience?: string;
  /**
   * The path of the action that says who a client is that connects and shows no token which a key
   * here is for. Default: none.
   */
  readonly onConnect?: string;
}

/** A certificate and its key, both or none. Read again when the files change. */
export interface TlsConfig {
  /** A PEM file: the port's own certificate first, then those that signed it. */
  readonly certificate?: string;
  /** A PEM file: its private key in PKCS#8, not encrypted. */
  readonly key?: string;
}

/** The Pusher dialect of the port, whichever apps there are. */
export interface PusherConfig {
  /** What goes before `/app/…` and `/apps/…`, such as `/realtime`. Default: nothing. */
  readonly path?: string;
  /** The largest body of a call of the HTTP API, in bytes; then 413. Default 262,144. */
  readonly requestBytes?: number;
  /** Whether a call that changes something is refused when it comes again. Default true. */
  readonly refuseRepeats?: boolean;
  /** A table of apps, beside those of the configuration. Default: none. */
  readonly database?: AppDatabaseConfig;
}

/** A table of apps in a SQL database, reached by JDBC. */
export interface AppDatabaseConfig {
  /** Such as `jdbc:postgresql://localhost/app`. Default: there is none. */
  readonly url?: string;
  /** The file of a jar with the JDBC driver. Default: it is on the class path. */
  readonly driver?: string;
  /** Default: as the URL says. */
  readonly user?: string;
  /** Goes with the user. */
  readonly password?: string;
  /** Its name, with a schema's before a dot or without. Default `apps`. */
  readonly table?: string;
  /** How long an app that was found is not asked for again, in ms. Default 10,000. */
  readonly cached?: number;
  /** How long one that was not found is not asked for again, in ms. Default 2,000. */
  readonly absent?: number;
  /** Connections at a time. Default 4. */
  readonly connections?: number;
  /** How long a question may take, connecting included, in ms. Default 5,000. */
  readonly timeout?: number;
}

/** One app: a key that clients connect with, a secret that servers sign with, and bounds. */
export interface AppConfig {
  /** In the paths of the HTTP API and in topics: 1 to 100 of `A-Z a-z 0-9 _ -`. */
  readonly id: string;
  /** In the path that clients connect to; of the same characters. */
  readonly key: string;
  /** Stands for `secrets` with one. */
  readonly secret?: string;
  /** The first signs webhooks; all of them are taken, so that one can be exchanged. */
  readonly secrets?: readonly string[];
  /** Else clients are closed with 4003, and servers get 403. Default true. */
  readonly enabled?: boolean;
  /** Whether clients without TLS are closed with 4000. Default false. */
  readonly tlsOnly?: boolean;
  /** Hosts of pages that may connect, such as `*.example.com`. Default: all. */
  readonly origins?: readonly string[];
  /** Who may send client events. Default `members` of the channel. */
  readonly clientEvents?: "none" | "members" | "all";
  /** Whether subscribers are told how many they are. Default true. */
  readonly subscriptionCounts?: boolean;
  /** Whether a client must sign in or join a channel that is not public. Default false. */
  readonly authorizedOnly?: boolean;
  /** After how long a silent client is pinged, in ms. Default 120,000. */
  readonly activityTimeout?: number;
  /** How long it may take to answer, in ms; then 4201. Default 30,000. */
  readonly pingTimeout?: number;
  /** The bounds. */
  readonly limits?: AppLimitsConfig;
  /** Who is told what happens. Default: nobody. */
  readonly webhooks?: readonly WebhookConfig[];
  /** Several events in one call. Default true. */
  readonly batchWebhooks?: boolean;
  /** How fast a client may send, whatever it sends. Default: unbounded. */
  readonly messageRate?: MessageRateConfig;
}

/** The bounds of one app. */
export interface AppLimitsConfig {
  /** At a time; then 4004. Default 0: as many as the node takes. */
  readonly connections?: number;
  /** Of one message of a client, and of an event's data. Default 10,240. */
  readonly messageBytes?: number;
  /** Of a channel's name, at most 200. Default 200. */
  readonly channelNameLength?: number;
  /** Of an event's name. Default 200. */
  readonly eventNameLength?: number;
  /** That one event is published to. Default 100. */
  readonly channelsPerEvent?: number;
  /** In one call of `batch_events`. Default 10. */
  readonly eventsPerBatch?: number;
  /** Of one presence channel. Default 100. */
  readonly presenceMembers?: number;
  /** Of one member's `user_info`. Default 1,024. */
  readonly presenceMemberBytes?: number;
  /** Of a user's id. Default 128. */
  readonly userIdLength?: number;
  /** Users that one client watches. Default 100. */
  readonly watchlist?: number;
  /** Of one connection. Default 10. */
  readonly clientEventsPerSecond?: number;
  /** Of the HTTP API and of scripts. Default 0: as many as come. */
  readonly eventsPerSecond?: number;
  /** How long a channel remembers an event, in seconds. Default 1,800. */
  readonly cachedSeconds?: number;
  /** That any channel remembers, for scripts to read; at most 1,000. Default 0. */
  readonly historyEvents?: number;
}

/** Where an app is told what happens on its channels. */
export interface WebhookConfig {
  /** Where to, `http` or `https`. */
  readonly url: string;
  /** The kinds that it is told of. Default: all. */
  readonly events?: readonly (
    | "channel_occupied"
    | "channel_vacated"
    | "member_added"
    | "member_removed"
    | "client_event"
    | "cache_miss"
    | "subscription_count"
  )[];
  /** Only of channels that begin so. Default: of all. */
  readonly channelPrefix?: string;
  /** Sent along. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How fast a client may send. */
export interface MessageRateConfig {
  /** So many at once, and again each `per`. Default 0: as many as come. */
  readonly messages?: number;
  /** The time in which as many come again, in ms. Default 60,000. */
  readonly per?: number;
  /** Whether a client that sends faster is closed; else its message is refused. Default false. */
  readonly close?: boolean;
}

/** Pages of other origins (CORS). */
export interface CorsConfig {
  /** Such as `https://app.example.com`; `*`: any, but not with credentials. Default: none. */
  readonly origins?: readonly string[];
  /** What such a page may use. Default: the methods that there are. */
  readonly methods?: readonly string[];
  /** What such a page may send. Default `content-type` and `authorization`. */
  readonly headers?: readonly string[];
  /** Whether cookies and the like may come along. Default false. */
  readonly credentials?: boolean;
  /** How long a browser may remember the answer, in ms. Default 600,000. */
  readonly maxAge?: number;
}

/** The bounds, and what happens at each. */
export interface LimitsConfig {
  /** Callbacks that may wait for one script context; then `OVERLOADED`. Default 65,536. */
  readonly queuedCallbacks?: number;
  /** Payload bytes that may wait for one script context; then `OVERLOADED`. Default 64 MiB. */
  readonly queuedBytes?: number;
  /** Requests that may be unanswered; then `OVERLOADED`. Default 65,536. */
  readonly requestsInFlight?: number;
  /** The largest message of a client, in bytes; then close code 1009. Default 1 MiB. */
  readonly messageBytes?: number;
  /** Bytes that may wait for one slow client; then it is disconnected (4008). Default 1 MiB. */
  readonly sessionBytes?: number;
  /**
   * Bytes that the operating system may hold for one client, before anything waits in the node.
   * Smaller: a slow client is noticed sooner. Default 0: what the system likes.
   */
  readonly socketBytes?: number;
  /** Clients at a time; then HTTP 503. Default 100,000. */
  readonly sessions?: number;
  /** Topics one client may subscribe to; then an error frame. Default 1,000. */
  readonly subscriptionsPerSession?: number;
  /** Events kept by `retainFor`; then the oldest goes. Default 10,000. */
  readonly retainedEvents?: number;
  /** Bytes kept by `retainFor`; then the oldest goes. Default 64 MiB. */
  readonly retainedBytes?: number;
  /** Bytes that channels remember; then the oldest of the fullest channel goes. Default 64 MiB. */
  readonly historyBytes?: number;
  /** Script contexts, instances of services among them; then `OVERLOADED`. Default 1,000. */
  readonly contexts?: number;
  /** Streams at a time; then `OVERLOADED`. Default 10,000. */
  readonly openStreams?: number;
  /** How long one turn of a script may run before its context is closed, in ms. Default 30,000. */
  readonly turnBudget?: number;
}

/**
 * How much is logged. The log belongs to whoever starts the node, and has begun when a script runs:
 * set it with `runar run --log-level` or in `runar.yaml`. What a script asks for and does not get
 * is told in a warning.
 */
export interface LoggingConfig {
  /** Default `info`. */
  readonly level?: "error" | "warn" | "info" | "debug" | "trace" | "off";
}

/**
 * When a turn is too much, and what becomes of a script that is ended for it. Belongs to whoever
 * starts the node, since it is in force before a script runs: set it in `runar.yaml` or in Java.
 */
export interface SupervisionConfig {
  /** `restart` by default: loaded anew. `replay`: with what waited. `stay`: it stays away. */
  readonly onDeath?: "restart" | "replay" | "stay";
  /** How long a script may take to load, what it awaits included, in ms. Default 60,000. */
  readonly loadTimeout?: number;
  /** How long a turn runs before a warning with its stack is logged, in ms. Default 1,000. */
  readonly turnWarning?: number;
  /** How long a turn may go on after the deadline of its request, in ms. Default 1,000. */
  readonly grace?: number;
  /** Bytes one turn may allocate once the heap is half full. Default 0: a quarter of the heap. */
  readonly turnBytes?: number;
  /** So many deaths `within`, and the script stays away for `backOff`. Default 3. */
  readonly deaths?: number;
  /** See `deaths`, in ms. Default 5,000. */
  readonly within?: number;
  /** See `deaths`, in ms; doubles each time. Default 1,000. */
  readonly backOff?: number;
}
