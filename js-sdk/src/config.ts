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
  /** After how long without a frame a client is closed, in ms. Default 60,000. */
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
  /** How long a node that stops still serves while `/ready` says no, in ms. Default 0. */
  readonly drainDelay?: number;
}

/** A certificate and its key, both or none. Read again when the files change. */
export interface TlsConfig {
  /** A PEM file: the port's own certificate first, then those that signed it. */
  readonly certificate?: string;
  /** A PEM file: its private key in PKCS#8, not encrypted. */
  readonly key?: string;
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
  /** Clients at a time; then HTTP 503. Default 100,000. */
  readonly sessions?: number;
  /** Topics one client may subscribe to; then an error frame. Default 1,000. */
  readonly subscriptionsPerSession?: number;
  /** Events kept by `retainFor`; then the oldest goes. Default 10,000. */
  readonly retainedEvents?: number;
  /** Bytes kept by `retainFor`; then the oldest goes. Default 64 MiB. */
  readonly retainedBytes?: number;
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
