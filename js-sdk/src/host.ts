// The seam between this SDK and the node: everything a script does goes through one `Host`.
// What crosses is a string, number, boolean, null, undefined, function, ArrayBuffer, or an object
// with methods; values cross as a pair of kind and data.
import { NotRunningError } from "./errors.js";

/**
 * How the data of a crossing value is to be read: `value` a scalar as it is, `json` and `rich`
 * text (docs/protocol.md, "Values"), `bytes` an ArrayBuffer.
 */
export type Kind = "value" | "json" | "rich" | "bytes";

/** A crossing value: its kind and its data. */
export type Encoded = readonly [kind: Kind, data: unknown];

/** What became of one packet: see {@link TopicWriter.write}. */
export type WriteOutcome = "ACCEPTED" | "DROPPED" | "CLOSED";

/** Writes on one topic. */
export interface HostTopic {
  /** The topic, as the node spells it. */
  name(): string;
  /** Copies the bytes. */
  write(data: ArrayBuffer | ArrayBufferView): WriteOutcome;
  /** How many packets on this topic were dropped, whoever wrote them. */
  dropped(): number;
}

/** What became of one message: see {@link Session.send}. */
export type Delivery = "QUEUED" | "FULL" | "CLOSED";

/** The node as the SDK sees it. All calls come from, and all callbacks go to, the owner thread. */
export interface Host {
  /** What runs the script: `java`. */
  readonly runtime: string;
  /** Once for each `new Node(config)`. Returns the network id in effect. Throws a RunarError. */
  configure(configJson: string): string;
  /** How many nodes this program has begun: the last is the one that is asked. Absent: one. */
  nodeNumber?(): number;
  /** Which instance of a service this context is; negative: the script's own context. */
  instance(): number;
  addService(definitionJson: string, handlers: HostHandlers): Promise<void>;
  removeService(path: string): Promise<void>;
  /** Resolves when ready, to the JSON array of the node's URLs. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /**
   * One of the callbacks is called once, after this has returned. They are not the two ends of a
   * promise: the one that the script waits for is enough.
   */
  request(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
    answered: (kind: Kind, data: unknown) => void,
    failed: (error: Error) => void,
  ): HostExchange;
  /** Begins a request that answers with a stream. Throws a RunarError if it cannot even begin. */
  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
  ): HostExchange;
  /** Where the handler of a request writes its items; null: it was not asked for a stream. */
  output(call: HostCall): HostOutlet | null;
  /** Where the handler of a request reads what its caller sends; null: nothing. */
  input(call: HostCall): HostInlet | null;
  /** Resolves to the JSON of a PublishReceipt. `within` as for {@link request}. */
  publish(
    topic: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within?: HostTask | null,
  ): Promise<string>;
  /** Resolves, when active, to the id for {@link unsubscribe}. The handler asks as `within` does. */
  subscribe(
    pattern: string,
    handler: EventCallback,
    optionsJson: string | null,
    within?: HostTask | null,
  ): Promise<number>;
  /** Resolves to whether there was such a subscription. */
  unsubscribe(id: number): Promise<boolean>;
  /** Is subscribed when the call returns. */
  on(pattern: string, optionsJson: string | null): Promise<HostEvent>;
  clearRetained(pattern: string): Promise<number>;
  log(level: LogLevel, logger: string, message: string): void;
  /** A connected raw WebSocket session, or null. */
  session(id: string): HostSession | null;
  /** What writes on a topic. Throws a RunarError for what is no topic of the script's. */
  topic(name: string): HostTopic;
  /** Returns how many sessions of the group took the message. */
  sendToGroup(group: string, kind: Kind, data: unknown): number;
  /** Called once, when the SDK loads: how the host reads and writes values and errors. */
  registerCodec(codec: SdkCodec): void;
  /**
   * Called by each node as it is made: the host calls `finish` when the top level of the entry file
   * has run and waits for it. A rejection fails the load.
   */
  beforeLoaded(finish: () => Promise<void>): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** The handlers of one service, as the host calls them. */
export interface HostHandlers {
  readonly actions: Readonly<Record<string, ActionCallback>>;
  /** Of those actions that have one: called when the action has failed, with `failureJson`. */
  readonly fallbacks?: Readonly<Record<string, ActionCallback>>;
  readonly events: Readonly<Record<string, EventCallback>>;
  readonly sockets: Readonly<Record<string, SocketCallbacks>>;
  readonly init?: LifecycleCallback;
  readonly start?: LifecycleCallback;
  readonly stop?: LifecycleCallback;
  readonly pause?: LifecycleCallback;
  readonly resume?: LifecycleCallback;
  /** What it returns is shown by `$health`; false, `ready: false` or a throw: not ready. */
  readonly health?: LifecycleCallback;
  /** What the same service of a context that takes over is given to `restore`. */
  readonly save?: () => unknown;
  readonly restore?: (data: unknown) => unknown;
}

/**
 * Runs one action. The arguments are decoded: one for each parameter name of the definition, or
 * the whole payload when the definition has none. Returns the raw result or a Promise of it.
 */
export type ActionCallback = (call: HostCall, ...args: unknown[]) => unknown;

/** One step of a service's life; `life` is what it asks with. */
export type LifecycleCallback = (life: HostLifecycle) => unknown;

/** Handles one event. The payload is decoded. */
export type EventCallback = (payload: unknown, event: HostEventInfo) => unknown;

/** The clients of one raw WebSocket path: open once, messages in order, close once. */
export interface SocketCallbacks {
  /**
   * Who the client is that wants to connect; a throw refuses it. Absent: everybody may connect.
   * `requestJson` is a {@link SocketRequest}.
   */
  accept?(requestJson: string): unknown;
  open(session: HostSession): unknown;
  message(session: HostSession, kind: Kind, data: unknown): unknown;
  close(session: HostSession, code: number, reason: string): unknown;
}

/** Stands for one service of this script. Only the host makes it. */
export interface HostLifecycle {
  servicePath(): string;
}

/** What a handler works on: whose handler it is, the host knows by it. */
export type HostTask = HostCall | HostEventInfo | HostLifecycle;

/** Who makes a request. */
export interface Asking {
  /**
   * What the asking handler works on, which says whose handler it is: the host takes over meta,
   * trace, identity and what is left of the time, and cancels the request with that one.
   */
  readonly within: HostTask | null;
  /** Told the reply meta, just before the answer. */
  readonly onMeta: ((metaJson: string) => void) | null;
  /** The request has an outlet. */
  readonly sends: boolean;
}

/** A request under way, for who made it. */
export interface HostExchange {
  /** Gives it up; without effect once it is answered. */
  cancel(): void;
  /** Where its answer is read, if that is a stream. */
  inlet(): HostInlet | null;
  /** Where items are written, if it sends some. */
  outlet(): HostOutlet | null;
}

/** Where the items of a stream are read. */
export interface HostInlet {
  /**
   * Before the first read. `onItems` gets an array of items as `json` or `rich` text, or the bytes
   * of one; `onEnd` the failure, or undefined for the end of the items.
   */
  listen(
    onItems: (kind: Kind, data: unknown) => void,
    onEnd: (failure: Error | undefined) => void,
  ): void;
  /** Calls one of them, once, now or later. */
  read(): void;
  /** So many items were used: others may come. */
  taken(items: number): void;
  cancel(): void;
}

/** Where the items of a stream are written. */
export interface HostOutlet {
  /** How many items may be written now. */
  room(): number;
  /** Items that there is room for: their texts with commas between them, or the bytes of one. */
  write(kind: "json" | "rich" | "bytes", data: unknown, count: number): void;
  /** Calls back once, when there is room or it is closed. */
  whenRoom(callback: () => void): void;
  /** Calls back once, in a turn of its own after this one. */
  afterTurn(callback: () => void): void;
  /** Calls back once, when nothing can be written any more. */
  onClosed(callback: () => void): void;
  end(): void;
  fail(error: unknown): void;
}

/** One request that is being answered. */
export interface HostCall {
  requestId(): number;
  /** The full path that was requested. */
  path(): string;
  paramsJson(): string;
  metaJson(): string;
  headersJson(): string;
  /** W3C trace context. */
  traceparent(): string;
  tracestate(): string;
  /** Who asks; empty: not said. */
  caller(): string;
  /** From 1. */
  attempt(): number;
  /** What a fallback stands in for; for others `null` as JSON text. */
  failureJson(): string;
  /** `json` or `rich`; null: nobody has said for whom the request is. */
  identityKind(): "json" | "rich" | null;
  identityText(): string | null;
  /** Returns an error as JSON text, or null. */
  identify(kind: Kind, text: unknown): string | null;
  /** Returns an error as JSON text, or null. */
  replyMeta(name: string, value: string): string | null;
  /** The HTTP request that it answers, or null. */
  http(): HostHttp | null;
  /** Milliseconds until the deadline; never negative; infinite when there is none now. */
  remaining(): number;
  servicePath(): string;
  isCancelled(): boolean;
  /** Runs the callback once, when the request is cancelled; at once if it already is. */
  onCancel(callback: () => void): void;
}

/** The HTTP request of a call. What sets something answers null, or the JSON of an error. */
export interface HostHttp {
  /** Method, path and query. */
  requestJson(): string;
  /** Headers, cookies and address: who reads them gives an answer that is for one client alone. */
  clientJson(): string;
  status(status: number): string | null;
  header(name: string, value: string): string | null;
  cookie(cookieJson: string): string | null;
}

/** One event, besides its payload. */
export interface HostEventInfo {
  id(): number;
  /** The real topic. */
  topic(): string;
  /** Milliseconds since 1970. */
  timestamp(): number;
  paramsJson(): string;
  metaJson(): string;
  traceparent(): string;
  tracestate(): string;
  servicePath(): string;
  /** How often it has been tried, this time included. */
  attempt(): number;
  /** Whether it is handled only by {@link ack}. */
  isManual(): boolean;
  ack(): void;
  /** Takes what {@link SdkCodec.describeError} gives. */
  nack(errorJson: string): void;
}

/** One event with its payload, still encoded. */
export interface HostEvent {
  id(): number;
  topic(): string;
  timestamp(): number;
  payload(): Encoded;
}

/** One connected client of a raw WebSocket path. */
export interface HostSession {
  id(): string;
  path(): string;
  queryJson(): string;
  remoteAddress(): string;
  /** As text of `accept`'s result; null: it has said nothing. */
  identityKind(): "json" | "rich" | null;
  identityText(): string | null;
  /** Another context has had it before this one. */
  carriedOver(): boolean;
  send(kind: Kind, data: unknown): Delivery;
  close(code: number, reason: string): void;
  join(group: string): void;
  leave(group: string): void;
}

/** How the host reads and writes this context's values and errors. */
export interface SdkCodec {
  encode(value: unknown): Encoded;
  decode(kind: Kind, data: unknown): unknown;
  makeError(
    code: string,
    message: string,
    name: string | null,
    dataJson: string | null,
    stack: string | null,
    causeJson: string | null,
    errorsJson?: string | null,
    origin?: ErrorOrigin,
  ): Error;
  describeError(thrown: unknown): string;
}

/** Where an error came from; as it crosses, so of any type. */
export interface ErrorOrigin {
  readonly node?: unknown;
  readonly path?: unknown;
  /** Its name is one of `defineError`. */
  readonly defined?: unknown;
}

/**
 * The host of this process. The one place that knows where it comes from. Not a constant, since the
 * test kit puts itself between.
 */
export let host: Host = provided() ?? nobody();

/** For the test kit: everything goes to what `route` makes of the host before. */
export function routeHost(route: (before: Host) => Host): void {
  host = route(host);
}

/** Where the node that runs the script has put it. */
function provided(): Host | undefined {
  return (globalThis as { readonly [name: symbol]: Host | undefined })[Symbol.for("runar.host")];
}

/** Outside of a node the SDK can be imported, for its types and its errors, and not be used. */
function nobody(): Host {
  const outside = (): never => {
    throw new NotRunningError(
      "this program does not run in a Runar node: start it with `runar run`, or test it with TestNode of runar-ts/test",
    );
  };
  const known: Partial<Host> = { registerCodec: () => {}, nodeNumber: () => 0 };
  const all = { get: (_: object, name: keyof Host) => known[name] ?? outside };
  return new Proxy({}, all as ProxyHandler<object>) as Host;
}
