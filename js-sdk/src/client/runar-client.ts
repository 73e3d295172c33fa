import { errorOf } from "../errors.js";
import type { ActionOf, AnyApi, DataOf, InputOf, ResultOf, TopicOf } from "./api.js";
import { packetOf } from "./frames.js";
import { Inbox } from "./inbox.js";
import { type ClientEvents, type Frame, Link, LONGEST_PAUSE } from "./link.js";
import { Listeners, type Off } from "./listeners.js";
import type {
  CallOptions,
  ClientState,
  ConnectOptions,
  Gap,
  HistoryOptions,
  HistoryPage,
  Member,
  QueueOptions,
  Receipt,
  SubscribeOptions,
  TopicEvent,
} from "./options.js";
import { bytesOf, platform } from "./platform.js";
import { Requests } from "./requests.js";
import { type Subscription, Subscriptions } from "./subscription.js";
import { TopicWriter } from "./topic-writer.js";

/** How long before its end a token is replaced, in ms. */
const AHEAD = 10_000;

type Given<Input> = undefined extends Input
  ? [input?: Input, options?: CallOptions]
  : [input: Input, options?: CallOptions];

/**
 * A client of a node: one connection that comes back by itself, and all that goes over it.
 *
 * @typeParam Api - what the node offers, see {@link AnyApi}
 */
export class RunarClient<Api = AnyApi> {
  readonly #options: ConnectOptions;
  readonly #listeners = new Listeners<ClientEvents>();
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #subscriptions: Subscriptions;
  readonly #writers = new Map<string, TopicWriter>();
  readonly #inboxes = new Map<string, Inbox>();
  /** Groups of messages that nobody takes, which was told. */
  readonly #untaken = new Set<string>();
  /** What stands for topics in front of packets, on this connection. */
  readonly #topics = new Map<number, string>();
  /** The node knows who this is, so that it can be asked. */
  #isOpen = false;
  #wasLive = false;
  #refresh: unknown;

  /** @internal */
  constructor(url: string, options: ConnectOptions) {
    this.#options = options;
    this.#link = new Link(url, options, this.#listeners, {
      opened: () => void this.#greet(),
      frame: (frame) => this.#heard(frame),
      packet: (bytes) => this.#packet(bytes),
      lost: (why) => this.#lost(why),
    });
    this.#requests = new Requests(this.#link, options.waiting ?? 1_000);
    this.#subscriptions = new Subscriptions(this.#requests, () => this.#isOpen);
    this.#link.begin();
  }

  /** How it stands with the connection. */
  get state(): ClientState {
    return this.#link.state;
  }

  /** Is told of changes of the state, and of errors that nobody waits for. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (...given: ClientEvents[Name]) => void,
  ): Off {
    return this.#listeners.on(name, listener);
  }

  /**
   * Subscribes to a topic or pattern. On a new connection a subscription to a topic gets exactly
   * what it has missed, or its `gap` event tells that it cannot; each event comes once. What was
   * missed does not come to subscriptions to patterns.
   */
  subscribe<Topic extends TopicOf<Api>>(
    topic: Topic,
    listener: (event: TopicEvent<DataOf<Api, Topic>>) => void,
    options: SubscribeOptions = {},
  ): Subscription<DataOf<Api, Topic>> {
    return this.#subscriptions.add(topic, listener, options);
  }

  /** Calls an action. Rejects with a `RunarError`; with a {@link ConnectionError} if it broke. */
  call<Path extends ActionOf<Api>>(
    path: Path,
    ...[input, options = {}]: Given<InputOf<Api, Path>>
  ): Promise<ResultOf<Api, Path>> {
    const { timeout } = options;
    return this.#requests.ask(
      { request: path, data: input, timeout },
      ({ bytes, result }) =>
        (typeof bytes === "string" ? bytesOf(bytes) : result) as ResultOf<Api, Path>,
      options,
    );
  }

  /** Publishes JSON on a topic; bytes go by {@link topic}. */
  publish<Topic extends TopicOf<Api>>(
    topic: Topic,
    data: DataOf<Api, Topic>,
    options: QueueOptions = {},
  ): Promise<Receipt> {
    return this.#requests.ask(
      { publish: topic, data },
      ({ matched, queued, refused, clients }) => ({ matched, queued, refused, clients }) as Receipt,
      options,
    );
  }

  /** Writes packets of bytes on a topic. */
  topic(topic: string): TopicWriter {
    let writer = this.#writers.get(topic);
    if (writer === undefined) {
      const bound = this.#options.buffer ?? 1 << 20;
      writer = new TopicWriter(topic, this.#link, this.#requests, bound);
      this.#writers.set(topic, writer);
      if (this.#isOpen) {
        writer.resume();
      }
    }
    return writer;
  }

  /** Who subscribes to a topic whose rule has `presence`. */
  presence(topic: string): Promise<readonly Member[]> {
    return this.#requests.ask({ presence: topic }, (frame) => frame["presence"] as Member[]);
  }

  /** A page of what a topic remembers. */
  history<Topic extends TopicOf<Api>>(
    topic: Topic,
    { limit, since, reverse }: HistoryOptions = {},
  ): Promise<HistoryPage<DataOf<Api, Topic>>> {
    type Data = DataOf<Api, Topic>;
    return this.#requests.ask({ history: topic, limit, since, reverse }, (frame) => ({
      events: (frame["history"] as Frame[]).map((past) => eventOf(topic, past) as TopicEvent<Data>),
      offset: Number(frame["offset"]),
      epoch: String(frame["epoch"]),
    }));
  }

  /**
   * What waits for this client in a group, to be acknowledged; see {@link Inbox}. One that has ended
   * or was refused is begun anew; messages that nobody has taken come again.
   */
  offline<Data = unknown>(group: string): Inbox<Data> {
    let inbox = this.#inboxes.get(group);
    let isWanted = this.#untaken.delete(group);
    if (inbox === undefined || inbox.isEnded) {
      inbox = new Inbox(group, this.#link, this.#requests);
      this.#inboxes.set(group, inbox);
      isWanted = true;
    }
    if (isWanted && this.#isOpen) {
      inbox.resume();
    }
    return inbox as Inbox<Data>;
  }

  /** Ends the connection for good; what is unanswered fails. Repeatable. */
  close(): void {
    if (!this.#link.isClosed) {
      this.#link.close();
    }
  }

  /** Says who this is, if there is something to say, before anything else. */
  async #greet(): Promise<void> {
    const socket = this.#link.socket;
    const { token, client } = this.#options;
    try {
      const shown = typeof token === "function" ? await token() : token;
      if (socket !== this.#link.socket) {
        return; // it took so long that the connection is another
      }
      if (shown === undefined && client === undefined) {
        this.#open();
        return;
      }
      this.#requests.send(
        { connect: { token: shown, client } },
        {
          answered: (frame) => {
            this.#expires(frame);
            this.#open();
          },
          failed: (error) => this.#refused(socket, error),
        },
      );
    } catch (error) {
      this.#refused(socket, error);
    }
  }

  #refused(socket: unknown, error: unknown): void {
    if (socket === this.#link.socket && !this.#link.isClosed) {
      this.#listeners.tell("error", error);
      this.#link.drop(`the client could not say who it is: ${String(error)}`);
    }
  }

  /** A newer token is shown before this one ends; if there is none, the node closes in time. */
  #expires({ connected }: Frame): void {
    const { expires } = connected as { readonly expires?: number };
    const { token, client } = this.#options;
    if (expires === undefined || typeof token !== "function") {
      return;
    }
    const ms = Math.max(expires * 1_000 - AHEAD, expires * 500);
    this.#refresh = platform.setTimeout(
      async () => {
        const socket = this.#link.socket;
        try {
          const newer = await token();
          if (socket === this.#link.socket) {
            this.#requests.send(
              { connect: { token: newer, client } },
              {
                answered: (frame) => this.#expires(frame),
                failed: (error) => this.#listeners.tell("error", error),
              },
            );
          }
        } catch (error) {
          this.#listeners.tell("error", error);
        }
      },
      Math.min(ms, LONGEST_PAUSE),
    );
  }

  #open(): void {
    this.#isOpen = true;
    for (const writer of this.#writers.values()) {
      writer.resume();
    }
    this.#subscriptions.resume((isWhole) => {
      this.#link.settle(!this.#wasLive ? "live" : isWhole ? "resumed" : "gapped");
      this.#wasLive = true;
      this.#requests.flush();
    });
    for (const inbox of this.#inboxes.values()) {
      inbox.resume();
    }
  }

  #lost(why: string): void {
    this.#isOpen = false;
    this.#topics.clear();
    platform.clearTimeout(this.#refresh);
    this.#subscriptions.lost();
    for (const writer of this.#writers.values()) {
      writer.lost();
    }
    this.#requests.lost(why, this.#link.isClosed);
  }

  #packet(bytes: Uint8Array): void {
    const packet = packetOf(bytes);
    const topic = packet && this.#topics.get(packet.number);
    if (packet !== undefined && topic !== undefined) {
      this.#subscriptions.event({ topic, data: packet.data, offset: packet.offset });
    }
  }

  #message(message: Frame): void {
    const group = String(message["group"]);
    if (this.#inboxes.get(group)?.message(message)) {
      if (typeof message["offset"] === "number") {
        this.#subscriptions.passed(group, message["offset"]);
      }
    } else if (!this.#untaken.has(group)) {
      this.#untaken.add(group);
      const name = JSON.stringify(group);
      const problem = `nobody takes the messages of the group ${name}, which wait at the node`;
      this.#listeners.tell(
        "error",
        errorOf("NOT_FOUND", `${problem}: client.offline(${name}).on("message", …)`),
      );
    }
  }

  /** What a frame is, its first key that is known says. */
  #heard(frame: Frame): void {
    const { topic, subscribed, number, gap, joined, left, message, unacked, ended } = frame;
    const { spilled, live } = frame;
    if (typeof number === "number" && frame["producing"] === undefined) {
      this.#topics.set(number, String(topic ?? subscribed));
    }
    if (typeof topic === "string") {
      if (number === undefined) {
        this.#subscriptions.event(eventOf(topic, frame));
      }
    } else if (gap !== undefined) {
      this.#subscriptions.gap(gap as Gap);
    } else if (joined !== undefined || left !== undefined) {
      const what = joined === undefined ? "left" : "joined";
      this.#subscriptions.member(what, frame["member"] as Member, String(frame[what]));
    } else if (spilled !== undefined || live !== undefined) {
      const at = (spilled ?? live) as { readonly topic: string; readonly from: number };
      this.#subscriptions.spill(spilled === undefined ? "live" : "spilled", at.topic, at.from);
    } else if (message !== undefined) {
      this.#message(message as Frame);
    } else if (unacked !== undefined && ended !== undefined) {
      this.#inboxes.get(String(unacked))?.ended(String(ended));
    } else if (frame["error"] !== undefined && frame["id"] === undefined) {
      this.#listeners.tell("error", frame["error"]);
    } else {
      this.#requests.answer(frame);
    }
  }
}

function eventOf(topic: string, { bytes, data, offset }: Frame): TopicEvent {
  return {
    topic,
    data: typeof bytes === "string" ? bytesOf(bytes) : data,
    offset: Number(offset),
  };
}
