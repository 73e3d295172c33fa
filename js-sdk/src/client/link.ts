import type { Listeners } from "./listeners.js";
import type { ClientState, ConnectOptions } from "./options.js";
import { platform, type SocketClass, type SocketLike } from "./platform.js";

/** How long the node may take to answer when it is asked whether it is there, in ms. */
const PATIENCE = 8_000;

/** A connection that has lasted so long, in ms, ends a row of failures. */
const STEADY = 5_000;

/** Timers take no longer pause, in ms. */
export const LONGEST_PAUSE = 2_147_483_647;

/** What a client does with its connection. */
export interface LinkSide {
  /** There is a connection: {@link Link.settle} is to follow. */
  opened(): void;
  frame(frame: Frame): void;
  packet(bytes: Uint8Array): void;
  /** The connection is gone, or could not be had. */
  lost(why: string): void;
}

/** What the node says, as it was parsed. */
export type Frame = Readonly<Record<string, unknown>>;

/** What a client is told of itself. */
export type ClientEvents = {
  /** The state has changed; `why` says what led to `offline`. */
  state: [state: ClientState, why: string];
  /** Something failed that nobody waits for, such as the fetching of a token. */
  error: [error: unknown];
};

/** One connection after the other: when it is lost, another is made after a random pause. */
export class Link {
  state: ClientState = "offline";
  readonly #url: string;
  readonly #options: ConnectOptions;
  readonly #listeners: Listeners<ClientEvents>;
  readonly #side: LinkSide;
  #socket: SocketLike | undefined;
  #failures = 0;
  #settledAt = 0;
  #heardAt = 0;
  /** Of the attempt, of the silence or of the pause: there is one at a time. */
  #timer: unknown;
  #isClosed = false;

  constructor(
    url: string,
    options: ConnectOptions,
    listeners: Listeners<ClientEvents>,
    side: LinkSide,
  ) {
    const full = new platform.URL(url);
    full.protocol = full.protocol.replace("http", "ws");
    full.searchParams.set("bytes", "framed");
    this.#url = String(full);
    this.#options = options;
    this.#listeners = listeners;
    this.#side = side;
  }

  /** Which connection it is: another object for each. */
  get socket(): SocketLike | undefined {
    return this.#socket;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  begin(): void {
    const Socket = this.#options.WebSocket ?? platform.WebSocket;
    if (Socket === undefined) {
      throw new TypeError("there is no WebSocket here; pass one as the option WebSocket");
    }
    this.#open(Socket);
    this.#after(this.#options.timeout ?? 10_000, () =>
      this.drop("the node did not answer in time"),
    );
    this.#to("connecting", "");
  }

  #open(Socket: SocketClass): void {
    const socket = new Socket(this.#url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#side.opened();
    socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => {
      this.#heardAt = Date.now();
      if (typeof data === "string") {
        this.#side.frame(JSON.parse(data) as Frame);
      } else {
        this.#side.packet(new Uint8Array(data));
      }
    };
    socket.onerror = () => {}; // a close follows
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) =>
      this.#gone(`${code} ${reason}`.trim());
  }

  /** Everything is as it was before. */
  settle(state: "live" | "resumed" | "gapped"): void {
    this.#settledAt = Date.now();
    this.#heardAt = this.#settledAt;
    this.#watch();
    this.#to(state, "");
  }

  send(frame: object | Uint8Array): void {
    this.#socket?.send(frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  /** Gives the connection up. */
  drop(why: string): void {
    const socket = this.#socket;
    this.#gone(why);
    socket?.close();
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    const socket = this.#socket;
    this.#gone("closed");
    socket?.close(1000);
  }

  #gone(why: string): void {
    const socket = this.#socket;
    if (socket !== undefined) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      this.#socket = undefined;
    }
    platform.clearTimeout(this.#timer);
    if (this.#settledAt > 0 && Date.now() - this.#settledAt >= STEADY) {
      this.#failures = 0;
    }
    this.#settledAt = 0;
    this.#side.lost(why);
    this.#to("offline", why);
    if (!this.#isClosed) {
      this.#after(this.#pause(), () => this.begin());
    }
  }

  /** Anything from nothing to the whole, so that many clients do not come at once. */
  #pause(): number {
    const { base = 100, cap = 20_000 } = this.#options.reconnect ?? {};
    return Math.random() * Math.min(cap, base * 2 ** this.#failures++);
  }

  #watch(): void {
    const silence = this.#options.heartbeat ?? 25_000;
    this.#after(silence - (Date.now() - this.#heardAt), () => {
      const since = this.#heardAt;
      if (Date.now() - since < silence) {
        this.#watch();
        return;
      }
      this.send({ ping: 0 });
      this.#after(PATIENCE, () => {
        if (this.#heardAt === since) {
          this.drop("the node is silent");
        } else {
          this.#watch();
        }
      });
    });
  }

  #after(ms: number, task: () => void): void {
    platform.clearTimeout(this.#timer);
    this.#timer = platform.setTimeout(task, Math.min(ms, LONGEST_PAUSE));
  }

  #to(state: ClientState, why: string): void {
    if (this.state !== state) {
      this.state = state;
      this.#listeners.tell("state", state, why);
    }
  }
}
