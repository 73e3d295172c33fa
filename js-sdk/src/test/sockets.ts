import { codec } from "../codec.js";
import { errorOf, NotFoundError, RunarError } from "../errors.js";
import type { Delivery, HostSession, Kind, SocketCallbacks } from "../host.js";
import { bytesOf } from "../writer.js";
import { copied, crossed } from "./crossing.js";
import type { Ground } from "./ground.js";
import type { Entry } from "./registry.js";

/** What a client of a raw WebSocket path says as it connects. */
export interface SocketOptions {
  /** The parameters of the URL. */
  readonly query?: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The subprotocols that it offers. */
  readonly protocols?: readonly string[];
  /** Default `127.0.0.1:1`. */
  readonly remoteAddress?: string;
}

/** How a connection has ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** The client of a raw WebSocket path was not let in: `accept` has thrown. */
export class SocketRefusedError extends RunarError {
  /** What a real client is answered with. */
  readonly status: number;

  constructor(status: number, cause: RunarError) {
    super("PERMISSION_DENIED", `${status} ${cause.message}`, { cause });
    this.status = status;
  }
}

const MAX_RECEIVED = 10_000;

/** One client of a raw WebSocket path, as a test holds it. */
export class TestSocket {
  /** What the service has sent to it, oldest first; the last 10,000. */
  readonly received: (string | Uint8Array)[] = [];
  /** The id of its session. */
  readonly id: string;
  /** @internal */
  end: SocketEnd | undefined;
  readonly #line: Line;

  /** @internal */
  constructor(id: string, line: Line) {
    this.id = id;
    this.#line = line;
  }

  /** How it has ended; undefined while it is connected. */
  get closed(): SocketEnd | undefined {
    return this.end;
  }

  /** What the service has sent, as values of its JSON texts. */
  get json(): unknown[] {
    return this.received.map((each) => JSON.parse(String(each)) as unknown);
  }

  /** Sends a message: bytes as a binary one, a string as it is, anything else as its JSON text. */
  send(data: unknown): void {
    if (this.end === undefined) {
      this.#line.message(data);
    }
  }

  /** Closes; 1006 for a connection that is lost. */
  close(code = 1000, reason = ""): void {
    this.#line.close(code, reason);
  }
}

interface Line {
  message(data: unknown): void;
  close(code: number, reason: string): void;
}

/** The clients of raw WebSocket paths: they connect, talk and go in the turns of their services. */
export class Sockets {
  readonly #ground: Ground;
  readonly #sessions = new Map<string, HostSession>();
  readonly #groups = new Map<string, Set<string>>();
  #made = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  session(id: string): HostSession | null {
    return this.#sessions.get(id) ?? null;
  }

  sendToGroup(group: string, kind: Kind, data: unknown): number {
    let count = 0;
    for (const id of this.#groups.get(group) ?? []) {
      count += this.#sessions.get(id)?.send(kind, data) === "QUEUED" ? 1 : 0;
    }
    return count;
  }

  /** Asks `accept`, then opens; rejects with a {@link SocketRefusedError}. */
  async connect(path: string, options: SocketOptions): Promise<TestSocket> {
    const entry = this.#ground.registry.all.find(
      ({ handlers, state }) => state === "RUNNING" && Object.hasOwn(handlers.sockets, path),
    );
    if (entry === undefined) {
      throw new SocketRefusedError(404, new NotFoundError("no WebSocket here"));
    }
    const { query = {}, headers = {}, protocols = [], remoteAddress = "127.0.0.1:1" } = options;
    const request = JSON.stringify({ path, query, headers, remoteAddress, protocols });
    const identity = await this.#accept(entry, path, request);
    return this.#open(entry, path, { query, remoteAddress, identity });
  }

  #accept(entry: Entry, path: string, request: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const refuse = (thrown: unknown): void => reject(refused(thrown));
      const isTaken = this.#offer(entry, path, "accept", "node", async ({ accept }) => {
        try {
          const identity = await accept?.(request);
          resolve(identity === undefined || identity === null ? null : textOf(identity));
        } catch (thrown) {
          refuse(thrown);
        }
      });
      if (!isTaken) {
        refuse(errorOf("OVERLOADED", "the script has too much to do"));
      }
    });
  }

  #open(
    entry: Entry,
    path: string,
    said: {
      readonly query: Readonly<Record<string, string>>;
      readonly remoteAddress: string;
      readonly identity: string | null;
    },
  ): TestSocket {
    const id = `test-${++this.#made}`;
    const tell = (what: string, run: (callbacks: SocketCallbacks) => unknown): void => {
      this.#offer(entry, path, what, id, async (callbacks) => {
        try {
          await run(callbacks);
        } catch (thrown) {
          this.#ground.log(
            "error",
            entry.definition.path,
            `socket ${path} ${what} failed: ${thrown}`,
          );
        }
      });
    };
    const close = (code: number, reason: string): void => {
      if (socket.end === undefined) {
        socket.end = { code, reason };
        this.#forget(id);
        tell("close", (callbacks) => callbacks.close(session, code, reason));
      }
    };
    const socket = new TestSocket(id, {
      message: (data) => {
        const [kind, sent] = messageOf(data);
        tell("message", (callbacks) => callbacks.message(session, kind, sent));
      },
      close,
    });
    const session: HostSession = {
      id: () => id,
      path: () => path,
      queryJson: () => JSON.stringify(said.query),
      remoteAddress: () => said.remoteAddress,
      identityKind: () => (said.identity === null ? null : "rich"),
      identityText: () => said.identity,
      carriedOver: () => false,
      send: (kind, data) => sent(socket, kind, data),
      close,
      join: (group) => {
        this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(id));
      },
      leave: (group) => {
        this.#groups.get(group)?.delete(id);
      },
    };
    this.#sessions.set(id, session);
    tell("open", (callbacks) => callbacks.open(session));
    return socket;
  }

  /** One turn of the service; false: it has too much to do. */
  #offer(
    entry: Entry,
    path: string,
    what: string,
    sender: string,
    run: (callbacks: SocketCallbacks) => unknown,
  ): boolean {
    const name = `socket ${path} ${what}`;
    return this.#ground.scheduler.offer({
      what: name,
      sender,
      receiver: entry.id,
      isReserved: what !== "accept", // a client that is connected is not read instead
      run: () => {
        const callbacks = entry.handlers.sockets[path];
        if (callbacks !== undefined) {
          this.#ground.enter(entry, name, () => run(callbacks));
        }
      },
      abandon: () => {},
    });
  }

  #forget(id: string): void {
    this.#sessions.delete(id);
    for (const members of this.#groups.values()) {
      members.delete(id);
    }
  }
}

/** As the node tells it; a fault of the service is not told to its clients, but to its tests. */
function refused(thrown: unknown): SocketRefusedError {
  const error = crossed(thrown);
  const own = (error.data as { readonly status?: unknown } | undefined)?.status;
  const isOwn = typeof own === "number" && Number.isInteger(own) && own >= 400 && own < 500;
  return new SocketRefusedError(isOwn ? own : statusOf(error), error);
}

function statusOf({ code, constructor }: RunarError): number {
  switch (code) {
    case "PERMISSION_DENIED":
      return 403;
    case "INVALID_INPUT":
      return 400;
    case "CANCELLED":
    case "CONTEXT_GONE":
    case "NOT_RUNNING":
    case "OVERLOADED":
    case "SHUTDOWN":
    case "TIMEOUT":
      return 503;
    default:
      return "errorName" in constructor ? 403 : 500;
  }
}

function textOf(identity: unknown): string {
  const [kind, text] = codec.encode(identity);
  if (kind === "bytes") {
    throw errorOf("UNSUPPORTED_VALUE", "accept must return a value, and no bytes");
  }
  return kind === "value" ? JSON.stringify(text) : String(text);
}

function messageOf(data: unknown): [Kind, unknown] {
  if (ArrayBuffer.isView(data)) {
    return ["bytes", bytesOf(data).slice(0)];
  }
  return ["value", typeof data === "string" ? data : JSON.stringify(data)];
}

/** What arrives of it: bytes, a text as it is, the JSON text of anything else. */
function sent(socket: TestSocket, kind: Kind, data: unknown): Delivery {
  if (socket.end !== undefined) {
    return "CLOSED";
  }
  const value: unknown = codec.decode(...copied([kind, data]));
  socket.received.push(
    value instanceof Uint8Array || typeof value === "string" ? value : JSON.stringify(value),
  );
  if (socket.received.length > MAX_RECEIVED) {
    socket.received.shift();
  }
  return "QUEUED";
}
