import { configOf } from "../config-keys.js";
import { CancelledError, ConfigError, type RunarError } from "../errors.js";
import type {
  Asking,
  EventCallback,
  Host,
  HostCall,
  HostEvent,
  HostExchange,
  HostHandlers,
  HostInlet,
  HostOutlet,
  HostSession,
  HostTask,
  HostTopic,
  Kind,
  LogLevel,
} from "../host.js";
import { parse, stringify } from "../primordials.js";
import { askText } from "./asking.js";
import { Callbacks } from "./callbacks.js";
import type { Frame } from "./codec.js";
import { type AtExit, atExit } from "./exit.js";
import { FLAG, FRAME, type OutgoingFrame, type OutgoingPayload, PAYLOAD } from "./frames.js";
import { LogLines, writeLine } from "./lines.js";
import { Link } from "./link.js";
import { LinkCall } from "./link-call.js";
import { encodedOf, payloadOf } from "./payload.js";
import { program, queueMicrotask, runtime } from "./program.js";
import { ServiceNumbers } from "./registrations.js";
import { failureOf, LinkInlet, LinkOutlet, READ_AHEAD } from "./streams.js";
import { LinkTopics } from "./topics.js";
import type { LinkEnd, Transport } from "./transport.js";

/** A node that this program is joined to, from its first configuration to its end. */
class Joined {
  readonly link: Link;
  readonly callbacks: Callbacks;
  readonly topics: LinkTopics;
  readonly services: Map<string, ServiceNumbers> = new Map();
  readonly lines: LogLines;
  readonly network: string;
  /** What is wrong with the configuration, once the node has said so. */
  failure: RunarError | undefined;
  isStarted = false;
  isStopped = false;

  constructor(transport: Transport, network: string, level: string | undefined, host: LinkHost) {
    this.network = network;
    this.link = new Link(transport, {
      onFrame: (frame) => host.onFrame(this, frame),
      onLast: (frame) => host.onLast(this, frame),
      onEnd: (reason, end) => host.onEnd(this, reason, end),
    });
    this.callbacks = new Callbacks(this.link, (level, logger, message) =>
      host.log(level, logger, message),
    );
    this.topics = new LinkTopics(this.link, network);
    this.lines = new LogLines(this.link, level);
  }
}

/** A subscription as its node knows it, and the number of its handler. */
interface Subscribed {
  readonly joined: Joined;
  readonly subscription: number;
  readonly target: number;
}

/**
 * The node of a program in Node.js or Bun: it runs elsewhere, and all that the SDK asks of it goes
 * over a link. It begins with the first configuration.
 */
export class LinkHost implements Host {
  readonly runtime: string = runtime;
  readonly #connect: (choice: string | undefined) => Transport;
  /** What every `new Node()` still has to tell. */
  readonly #finishing: (() => Promise<void>)[] = [];
  /** By numbers that no other node gives: one that is gone has had its own. */
  readonly #subscriptions = new Map<number, Subscribed>();
  #nextSubscription = 1;
  #joined: Joined | undefined;
  #nodes = 0;
  #hasToldOfState = false;
  #isExiting = false;
  #watchExit: AtExit | undefined; // until it has been called

  /**
   * @param connect makes the transport that the configuration names; it may throw a RunarError
   * @param watchExit is given what is to be done when the program ends
   */
  constructor(connect: (choice: string | undefined) => Transport, watchExit: AtExit = atExit) {
    this.#connect = connect;
    this.#watchExit = watchExit;
  }

  configure(configJson: string): string {
    const { transport, ...config } = configOf(configJson);
    const network = program.env["RUNAR_NETWORK_ID"] || config.networkId || "default";
    if (this.#joined?.isStopped === true) {
      this.#joined.link.close("the node was stopped");
    }
    if (this.#joined === undefined || this.#joined.link.end !== undefined) {
      this.#joined = new Joined(this.#connect(transport), network, config.logging?.level, this);
      this.#nodes++;
      this.#watchExit?.((code) => this.#exits(code));
      this.#watchExit = undefined;
    }
    const joined = this.#joined;
    const refused = (error: RunarError): void => {
      joined.failure ??= error;
    };
    joined.link.ask(
      { kind: FRAME.CONFIGURE, head: stringify(config) },
      {
        answered: (answer) => {
          const { networkId } = parse(answer.head) as { readonly networkId: string };
          if (networkId !== network) {
            refused(
              new ConfigError(
                `the node is of network "${networkId}", and this program took "${network}" for ` +
                  "it: say it by RUNAR_NETWORK_ID or in new Node({ networkId })",
              ),
            );
          }
        },
        failed: refused,
      },
    );
    return network;
  }

  nodeNumber(): number {
    return this.#nodes;
  }

  instance(): number {
    return -1;
  }

  registerCodec(): void {} // it is this SDK's own

  /** Nobody knows when a program has loaded; but what nobody looked at is told before it ends. */
  beforeLoaded(finish: () => Promise<void>): void {
    if (this.#finishing.push(finish) === 1) {
      program.once("beforeExit", () => {
        for (const each of this.#finishing.splice(0)) {
          void each();
        }
      });
    }
  }

  // --- services

  async addService(definitionJson: string, handlers: HostHandlers): Promise<void> {
    const { link, callbacks, network, services } = this.#node();
    const numbers = new ServiceNumbers(callbacks, definitionJson, handlers, network);
    if (handlers.save !== undefined && !this.#hasToldOfState) {
      this.#hasToldOfState = true;
      this.log(
        "warn",
        numbers.path,
        `state of service "${numbers.path}" is neither saved nor restored: in Node.js and Bun ` +
          "nothing is loaded anew while the program runs; `runar run --watch` does that",
      );
    }
    try {
      const { head } = numbers;
      const payload: OutgoingPayload = [PAYLOAD.JSON, definitionJson]; // its schemas may be large
      await this.#answer({ kind: FRAME.ADD_SERVICE, head, payload }, () => undefined);
    } catch (error) {
      numbers.remove();
      throw error;
    }
    if (link.end === undefined) {
      services.set(numbers.path, numbers);
    }
  }

  async removeService(path: string): Promise<void> {
    const { services } = this.#node();
    await this.#asked(FRAME.REMOVE_SERVICE, stringify({ path }), () => undefined);
    services.get(path)?.remove();
    services.delete(path);
  }

  async start(): Promise<string> {
    const joined = this.#node();
    const urls = await this.#asked(FRAME.START, undefined, (answer) =>
      stringify((parse(answer.head) as { readonly urls: readonly string[] }).urls),
    );
    if (!joined.isStarted) {
      joined.isStarted = true;
      joined.link.hold();
    }
    return urls;
  }

  async stop(): Promise<void> {
    const joined = this.#node();
    await this.#asked(FRAME.STOP, undefined, () => undefined);
    joined.isStopped = true;
    if (joined.isStarted) {
      joined.isStarted = false;
      joined.link.letGo();
    }
  }

  // --- requests

  request(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
    answered: (kind: Kind, data: unknown) => void,
    failed: (error: Error) => void,
  ): HostExchange {
    let id = -1;
    let outlet: LinkOutlet | null = null;
    const fail = (error: Error): void => queueMicrotask(() => failed(error));
    let cancel = (): void => {};
    try {
      const { link, callbacks } = this.#node();
      id = link.ask(
        {
          kind: FRAME.REQUEST,
          head: askText({ path, optionsJson, asking }),
          payload: payloadOf(kind, data),
        },
        {
          answered: (answer) => {
            callbacks.streams.over(id, undefined);
            this.#tellMeta(asking, answer);
            answered(...encodedOf(answer));
          },
          failed: (error, answer) => {
            callbacks.streams.over(id, undefined);
            this.#tellMeta(asking, answer);
            failed(error);
          },
        },
      );
      cancel = () => {
        if (link.cancel(id)) {
          callbacks.streams.over(id, undefined);
          fail(new CancelledError("the request was cancelled"));
        }
      };
      if (asking.sends) {
        outlet = new LinkOutlet(link, id, FLAG.INPUT);
        callbacks.streams.writes(id, FLAG.INPUT, outlet);
      }
    } catch (error) {
      fail(error as Error);
    }
    return { cancel: () => cancel(), inlet: () => null, outlet: () => outlet };
  }

  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
  ): HostExchange {
    const { link, callbacks } = this.#node();
    const { streams } = callbacks;
    const over = (failure: RunarError | undefined, answer: Frame | undefined): void => {
      this.#tellMeta(asking, answer);
      streams.over(id, failure);
    };
    const id = link.ask(
      {
        kind: FRAME.STREAM,
        head: askText({ path, optionsJson, asking }),
        payload: payloadOf(kind, data),
      },
      {
        answered: (answer) =>
          over(answer.kind === FRAME.END ? failureOf(answer) : undefined, answer),
        failed: over,
      },
    );
    const inlet = new LinkInlet(link, id, 0, readAheadOf(optionsJson));
    inlet.onCancel = () => {
      link.forget(id);
      streams.over(id, undefined);
    };
    streams.reads(id, 0, inlet);
    let outlet: LinkOutlet | null = null;
    if (asking.sends) {
      outlet = new LinkOutlet(link, id, FLAG.INPUT);
      streams.writes(id, FLAG.INPUT, outlet);
    }
    return { cancel: () => inlet.cancel(), inlet: () => inlet, outlet: () => outlet };
  }

  output(call: HostCall): HostOutlet | null {
    return call instanceof LinkCall ? call.outlet : null;
  }

  input(call: HostCall): HostInlet | null {
    return call instanceof LinkCall ? call.input : null;
  }

  // --- events

  async publish(
    topic: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    within?: HostTask | null,
  ): Promise<string> {
    const frame = {
      kind: FRAME.PUBLISH,
      head: askText({ topic, optionsJson, asking: { within: within ?? null } }),
      payload: payloadOf(kind, data),
    };
    return await this.#node().link.asked(frame, (answer) => answer.payloadText);
  }

  async subscribe(
    pattern: string,
    callback: EventCallback,
    optionsJson: string | null,
    within?: HostTask | null,
  ): Promise<number> {
    const joined = this.#node();
    const { link, callbacks } = joined;
    const servicePath = within?.servicePath() ?? "";
    const target = callbacks.add({ kind: "event", callback, servicePath });
    const head = askText({ pattern, optionsJson, asking: { within: within ?? null } });
    try {
      const subscription = await link.asked(
        { kind: FRAME.SUBSCRIBE, target, head },
        (answer) => (parse(answer.head) as { readonly subscription: number }).subscription,
      );
      const number = this.#nextSubscription++;
      this.#subscriptions.set(number, { joined, subscription, target });
      return number;
    } catch (error) {
      callbacks.remove(target);
      throw error;
    }
  }

  async unsubscribe(id: number): Promise<boolean> {
    const subscribed = this.#subscriptions.get(id);
    if (subscribed === undefined || subscribed.joined !== this.#node()) {
      return false;
    }
    const had = await this.#asked(
      FRAME.UNSUBSCRIBE,
      stringify({ subscription: subscribed.subscription }),
      (answer) => (parse(answer.head) as { readonly had: boolean }).had,
    );
    if (this.#subscriptions.delete(id)) {
      subscribed.joined.callbacks.ended(subscribed.target);
    }
    return had;
  }

  /** Is on its way when the call returns, before anything that is asked after it. */
  on(pattern: string, optionsJson: string | null): Promise<HostEvent> {
    return this.#asked(FRAME.ON, askText({ pattern, optionsJson }), (answer) => {
      const head = parse(answer.head) as EventFacts;
      const payload = encodedOf(answer);
      return {
        id: () => head.id,
        topic: () => head.topic,
        timestamp: () => head.timestamp,
        payload: () => payload,
      };
    });
  }

  clearRetained(pattern: string): Promise<number> {
    return this.#asked(
      FRAME.CLEAR_RETAINED,
      stringify({ pattern }),
      (answer) => (parse(answer.head) as { readonly count: number }).count,
    );
  }

  // --- the rest

  log(level: LogLevel, logger: string, message: string): void {
    if (this.#joined === undefined || this.#isExiting) {
      writeLine(level, logger, message);
    } else {
      this.#joined.lines.add(level, logger, message);
    }
  }

  session(id: string): HostSession | null {
    return this.#node().callbacks.sessions.find(id);
  }

  topic(name: string): HostTopic {
    return this.#node().topics.open(name, (error) =>
      this.log("error", "script", `topic ${name}: ${error.message}`),
    );
  }

  sendToGroup(group: string, kind: Kind, data: unknown): number {
    return this.#node().callbacks.sessions.sendToGroup(group, kind, data);
  }

  // --- what the link tells

  /** The program ends, and nothing can be done any more but to print. */
  #exits(code: number): void {
    this.#isExiting = true;
    const joined = this.#joined;
    if (joined === undefined || joined.link.end !== undefined) {
      return;
    }
    const { link, lines } = joined;
    link.last();
    if (link.leave()) {
      lines.sent();
    }
    lines.end(); // before Java ends: its hooks may keep it
    const { callbacks, messages } = link.shutdown(code);
    if (callbacks + messages > 0) {
      program.stderr.write(
        `runar: the program has ended with ${callbacks} callbacks that had not begun, and ` +
          `${messages} messages that had not got to the node\n`,
      );
    }
  }

  /** As {@link onFrame}, while the program ends. */
  onLast(joined: Joined, frame: Frame): void {
    if (frame.kind === FRAME.LOG) {
      print(frame);
    } else if (frame.kind === FRAME.RESULT) {
      joined.lines.answered(frame.id);
    }
  }

  /** Whether the frame was one for this side. */
  onFrame(joined: Joined, frame: Frame): boolean {
    switch (frame.kind) {
      case FRAME.LOG:
        print(frame);
        return true;
      case FRAME.TOPIC_DROPPED:
        joined.topics.dropped(frame);
        return true;
      case FRAME.END:
        return (
          ((frame.flags & FLAG.INPUT) === 0 && joined.link.answered(frame)) ||
          joined.callbacks.onFrame(frame)
        );
      default:
        return joined.callbacks.onFrame(frame);
    }
  }

  onEnd(joined: Joined, reason: RunarError, end: LinkEnd): void {
    if (joined.isStarted) {
      program.stderr.write(`runar: ${reason.message}\n`);
    }
    for (const [number, subscribed] of this.#subscriptions) {
      if (subscribed.joined === joined) {
        this.#subscriptions.delete(number);
      }
    }
    joined.lines.end();
    joined.callbacks.onEnd(reason);
    if (end.exitCode !== undefined) {
      program.exit(end.exitCode);
    }
  }

  /** @throws ConfigError before `new Node()`, which the SDK's own ways do not do */
  #node(): Joined {
    if (this.#joined === undefined) {
      throw new ConfigError("there is no node yet: make one with new Node()");
    }
    return this.#joined;
  }

  /** What it throws is for the log: the answer itself is there. */
  #tellMeta({ onMeta }: Asking, answer: Frame | undefined): void {
    if (onMeta !== null && answer?.hasHead === true) {
      const { meta } = parse(answer.head) as { readonly meta?: object };
      if (meta !== undefined) {
        try {
          onMeta(stringify(meta));
        } catch (error) {
          this.log("error", "script", `onMeta failed: ${(error as Error)?.stack ?? error}`);
        }
      }
    }
  }

  #asked<T>(kind: number, head: string | undefined, read: (answer: Frame) => T): Promise<T> {
    return this.#answer({ kind, head }, read);
  }

  /** What is wrong with the configuration is said by all that depends on it. */
  async #answer<T>(frame: OutgoingFrame, read: (answer: Frame) => T): Promise<T> {
    const joined = this.#node();
    const outcome = await joined.link.asked(frame, read).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (joined.failure !== undefined) {
      throw joined.failure;
    }
    if ("error" in outcome) {
      throw outcome.error;
    }
    return outcome.value;
  }
}

interface EventFacts {
  readonly id: number;
  readonly topic: string;
  readonly timestamp: number;
}

function readAheadOf(optionsJson: string | null): number {
  const options = optionsJson === null ? {} : (parse(optionsJson) as { readAhead?: number });
  return options.readAhead ?? READ_AHEAD;
}

/** What the node's program has written, and its log. */
function print(frame: Frame): void {
  const { logger, message } = parse(frame.head) as {
    readonly logger: string;
    readonly message: string;
  };
  const out = logger === "System.out" ? program.stdout : program.stderr;
  out.write(`${message}\n`);
}
