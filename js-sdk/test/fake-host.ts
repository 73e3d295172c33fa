import { codec } from "../src/codec.js";
import { errorOf, isErrorCode } from "../src/errors.js";
import type {
  Asking,
  Encoded,
  EventCallback,
  Host,
  HostCall,
  HostEvent,
  HostEventInfo,
  HostExchange,
  HostHandlers,
  HostInlet,
  HostOutlet,
  HostSession,
  HostTask,
  HostTopic,
  Kind,
  LogLevel,
  SdkCodec,
} from "../src/host.js";
import { exchange, FakeStreams, type Pipes } from "./fake-streams.js";

interface Action {
  readonly name: string;
  readonly params: readonly string[] | null;
}

interface Registered {
  readonly path: string;
  readonly actions: readonly Action[];
  readonly handlers: HostHandlers;
}

/** What a nested request takes over. */
interface Onward {
  readonly meta: object;
  readonly headers: object;
  readonly identity: string | null;
  readonly caller: string;
  readonly span: number;
}

const traceparent = (span: number): string =>
  `00-${"ab".repeat(16)}-${span.toString(16).padStart(16, "0")}-01`;

/** A node in memory: the seam's second implementation. Values cross it encoded, as in a real one. */
export class FakeHost implements Host {
  readonly runtime = "fake";
  readonly logged: [LogLevel, string, string][] = [];
  readonly finishing: (() => Promise<void>)[] = [];
  readonly lastOptions: Record<string, unknown> = {};
  readonly sessions = new Map<string, HostSession>();
  readonly written: [topic: string, data: ArrayBuffer | ArrayBufferView][] = [];
  readonly groups = new Map<string, Set<HostSession>>();
  /** Requests end when this is called. */
  cancel: () => void = () => {};
  remainingMs = 30_000;
  /** What is on its way beside requests. */
  readonly streams = new FakeStreams();
  codec: SdkCodec = codec;
  definition: Record<string, unknown> = {};
  handlers: HostHandlers = { actions: {}, events: {}, sockets: {} };
  readonly #services = new Map<string, Registered>();
  readonly #subscriptions = new Map<number, { pattern: string; handler: EventCallback }>();
  readonly #waiting: { pattern: string; resolve: (event: HostEvent) => void }[] = [];
  #nextId = 1;

  reset(): void {
    Object.assign(this, new FakeHost());
    this.#services.clear();
    this.#subscriptions.clear();
    this.#waiting.length = 0;
    this.#nextId = 1;
  }

  instance(): number {
    return -1;
  }

  configure(configJson: string): string {
    const config = JSON.parse(configJson) as { networkId?: string; [key: string]: unknown };
    if ("prot" in config) {
      throw errorOf("CONFIG", 'unknown key prot; did you mean "port"?');
    }
    return config.networkId ?? "default";
  }

  async addService(definitionJson: string, handlers: HostHandlers): Promise<void> {
    const definition = JSON.parse(definitionJson) as Registered;
    this.definition = definition as unknown as Record<string, unknown>;
    this.handlers = handlers;
    if (this.#services.has(definition.path)) {
      throw this.codec.makeError(
        "DUPLICATE",
        `${definition.path} is taken`,
        null,
        null,
        null,
        null,
      );
    }
    this.#services.set(definition.path, { ...definition, handlers });
    await handlers.init?.({ servicePath: () => definition.path });
    for (const [pattern, handler] of Object.entries(handlers.events)) {
      this.#subscriptions.set(this.#nextId++, { pattern, handler });
    }
  }

  async removeService(path: string): Promise<void> {
    this.#services.delete(path);
  }

  async start(): Promise<string> {
    for (const service of this.#services.values()) {
      await service.handlers.start?.({ servicePath: () => service.path });
    }
    return '["http://127.0.0.1:1/"]';
  }

  async stop(): Promise<void> {
    for (const service of [...this.#services.values()].reverse()) {
      await service.handlers.stop?.({ servicePath: () => service.path });
    }
  }

  request(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    { within, onMeta, sends }: Asking,
    answered: (kind: Kind, data: unknown) => void,
    failed: (error: Error) => void,
  ): HostExchange {
    const pipes = this.streams.pipes(null, sends);
    void this.#answer(path, kind, data, optionsJson, within, onMeta, pipes).then(
      (answer) => answered(...answer),
      failed,
    );
    return exchange(this.cancel, pipes);
  }

  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    { within, onMeta, sends }: Asking,
  ): HostExchange {
    const { readAhead = 64 } = (optionsJson === null ? {} : JSON.parse(optionsJson)) as {
      readAhead?: number;
    };
    const pipes = this.streams.pipes(readAhead, sends);
    this.#answer(path, kind, data, optionsJson, within, onMeta, pipes).then(
      () => pipes.output?.finish(undefined),
      (error: unknown) => pipes.output?.finish(error as Error),
    );
    return exchange(this.cancel, pipes);
  }

  output(call: HostCall): HostOutlet | null {
    return this.streams.of(call)?.output?.outlet ?? null;
  }

  input(call: HostCall): HostInlet | null {
    return this.streams.of(call)?.input?.inlet ?? null;
  }

  async #answer(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within: HostTask | null,
    onMeta: ((metaJson: string) => void) | null,
    pipes: Pipes,
  ): Promise<Encoded> {
    this.lastOptions["request"] = optionsJson === null ? null : JSON.parse(optionsJson);
    const [servicePath = "", name = ""] = path.split("/");
    const service = this.#services.get(servicePath);
    const action = service?.actions.find((one) => one.name === name);
    if (service === undefined || action === undefined) {
      throw this.codec.makeError(
        "NOT_FOUND",
        `No handler found for action ${path}`,
        null,
        null,
        null,
        null,
      );
    }
    const replyMeta: Record<string, string> = {};
    const call = this.#call(path, servicePath, this.#onward(optionsJson, within), replyMeta);
    this.streams.belong(call, pipes);
    const tellMeta = (): void => {
      if (Object.keys(replyMeta).length > 0) onMeta?.(JSON.stringify(replyMeta));
    };
    try {
      const args = mapped(action.params, this.codec.decode(kind, data));
      const result: unknown = await service.handlers.actions[name]?.(call, ...args);
      tellMeta();
      return this.codec.encode(result);
    } catch (error) {
      tellMeta();
      const it = JSON.parse(this.codec.describeError(error)) as Record<string, unknown>;
      const text = (key: string): string | null => (key in it ? String(it[key]) : null);
      const json = (key: string): string | null => (key in it ? JSON.stringify(it[key]) : null);
      const code = isErrorCode(it["code"]) ? it["code"] : "INTERNAL";
      throw this.codec.makeError(
        code,
        text("message") ?? "",
        text("name"),
        json("data"),
        text("stack"),
        json("cause"),
        null,
        { node: "default/1", path, ...it },
      );
    }
  }

  /** What a request within another takes over from it. */
  #onward(optionsJson: string | null, task: HostTask | null): Onward {
    const within = task !== null && "metaJson" in task ? task : null;
    const own = (optionsJson === null ? {} : JSON.parse(optionsJson)) as Partial<Onward>;
    return {
      meta: { ...(within === null ? {} : (JSON.parse(within.metaJson()) as object)), ...own.meta },
      headers: own.headers ?? {},
      identity: within !== null && "caller" in within ? within.identityText() : null,
      caller: within !== null && "path" in within ? within.path() : "script",
      span: within === null ? 1 : Number.parseInt(within.traceparent().slice(36, 52), 16) + 1,
    };
  }

  #call(
    path: string,
    servicePath: string,
    options: Onward,
    replyMeta: Record<string, string>,
  ): HostCall {
    const requestId = this.#nextId++;
    let cancelled = false;
    let identity = options.identity;
    return {
      requestId: () => requestId,
      headersJson: () => JSON.stringify(options.headers),
      traceparent: () => traceparent(options.span),
      tracestate: () => "",
      caller: () => options.caller,
      attempt: () => 1,
      failureJson: () => "null",
      identityKind: () => (identity === null ? null : "json"),
      identityText: () => identity,
      identify: (_, text) => {
        identity = String(text);
        return null;
      },
      replyMeta: (name, value) => {
        if (name.length + value.length > 16_384) {
          return '{"code":"TOO_LARGE","message":"meta has more than 16384 characters"}';
        }
        replyMeta[name] = value;
        return null;
      },
      path: () => `default:${path}`,
      paramsJson: () => "{}",
      metaJson: () => JSON.stringify(options.meta),
      http: () => null,
      remaining: () => this.remainingMs,
      servicePath: () => servicePath,
      isCancelled: () => cancelled,
      onCancel: (callback) => {
        this.cancel = () => {
          cancelled = true;
          callback();
        };
      },
    };
  }

  async publish(
    topic: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within: HostTask | null = null,
  ): Promise<string> {
    this.lastOptions["publish"] = optionsJson === null ? null : JSON.parse(optionsJson);
    const onward = this.#onward(optionsJson, within);
    const id = this.#nextId++;
    const matching = [...this.#subscriptions.values()].filter((one) => matches(one.pattern, topic));
    for (const { handler } of matching) {
      const info: HostEventInfo = {
        id: () => id,
        topic: () => topic,
        timestamp: () => 1_700_000_000_000,
        paramsJson: () => "{}",
        metaJson: () => JSON.stringify(onward.meta),
        traceparent: () => traceparent(onward.span),
        tracestate: () => "",
        servicePath: () => "",
        attempt: () => 1,
        isManual: () => false,
        ack: () => undefined,
        nack: () => undefined,
      };
      await handler(this.codec.decode(kind, data), info);
    }
    for (const waiting of this.#waiting.filter((one) => matches(one.pattern, topic))) {
      waiting.resolve({
        id: () => id,
        topic: () => topic,
        timestamp: () => 1_700_000_000_000,
        payload: () => [kind, data],
      });
    }
    const counts = { matched: matching.length, queued: matching.length, refused: 0, clients: 0 };
    return JSON.stringify({ id, ...counts, handled: 0, failed: 0, refusals: [] });
  }

  async subscribe(
    pattern: string,
    handler: EventCallback,
    optionsJson: string | null,
  ): Promise<number> {
    this.lastOptions["subscribe"] = optionsJson === null ? null : JSON.parse(optionsJson);
    const id = this.#nextId++;
    this.#subscriptions.set(id, { pattern, handler });
    return id;
  }

  async unsubscribe(id: number): Promise<boolean> {
    return this.#subscriptions.delete(id);
  }

  on(pattern: string, optionsJson: string | null): Promise<HostEvent> {
    this.lastOptions["on"] = optionsJson === null ? null : JSON.parse(optionsJson);
    return new Promise((resolve) => {
      this.#waiting.push({ pattern, resolve });
    });
  }

  async clearRetained(): Promise<number> {
    return 0;
  }

  log(level: LogLevel, logger: string, message: string): void {
    this.logged.push([level, logger, message]);
  }

  session(id: string): HostSession | null {
    return this.sessions.get(id) ?? null;
  }

  topic(name: string): HostTopic {
    const written = this.written;
    return {
      name: () => name,
      write(data) {
        written.push([name, data]);
        return written.length > 2 ? "DROPPED" : "ACCEPTED";
      },
      dropped: () => Math.max(0, written.length - 2),
    };
  }

  sendToGroup(group: string, kind: Kind, data: unknown): number {
    const members = [...(this.groups.get(group) ?? [])];
    return members.filter((session) => session.send(kind, data) === "QUEUED").length;
  }

  beforeLoaded(finish: () => Promise<void>): void {
    this.finishing.push(finish);
  }

  /** The top level of the script has run. */
  async finishLoading(): Promise<void> {
    for (const finish of this.finishing) await finish();
  }

  registerCodec(given: SdkCodec): void {
    this.codec = given;
  }

  /** A client of a raw path; `sent` is what it was sent. */
  connect(id: string): HostSession & { readonly sent: Encoded[] } {
    const sent: Encoded[] = [];
    const session: HostSession & { readonly sent: Encoded[] } = {
      sent,
      id: () => id,
      path: () => "/live",
      queryJson: () => '{"room":"a"}',
      remoteAddress: () => "127.0.0.1:1",
      identityKind: () => "json",
      identityText: () => '{"user":"ann"}',
      carriedOver: () => false,
      send: (kind, data) => {
        sent.push([kind, data]);
        return "QUEUED";
      },
      close: () => {
        this.sessions.delete(id);
      },
      join: (group) => {
        this.groups.set(group, (this.groups.get(group) ?? new Set()).add(session));
      },
      leave: (group) => {
        this.groups.get(group)?.delete(session);
      },
    };
    this.sessions.set(id, session);
    return session;
  }
}

/** As the node maps an input to parameter names: array by position, object by name, scalar alone. */
function mapped(params: readonly string[] | null, input: unknown): unknown[] {
  if (params === null) {
    return [input];
  }
  if (Array.isArray(input)) {
    return input;
  }
  return typeof input === "object" && input !== null
    ? params.map((name) => (input as Record<string, unknown>)[name])
    : params.length === 0
      ? []
      : [input];
}

function matches(pattern: string, topic: string): boolean {
  const wanted = pattern.split("/");
  const given = topic.split("/");
  const isRest = wanted.at(-1) === ">";
  return (
    (isRest ? given.length >= wanted.length : given.length === wanted.length) &&
    wanted.every((part, i) => part === "*" || part === ">" || part === given[i])
  );
}

export const host: FakeHost = new FakeHost();
Object.defineProperty(globalThis, Symbol.for("runar.host"), { value: host, configurable: true });
