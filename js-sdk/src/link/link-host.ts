import { configOf } from "../config-keys.js";
import { ConfigError, type RunarError } from "../errors.js";
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
import type { Frame } from "./codec.js";
import { type AtExit, atExit } from "./exit.js";
import { FRAME, type OutgoingPayload, PAYLOAD } from "./frames.js";
import { Joined, type JoinedOwner } from "./joined.js";
import { writeLine } from "./lines.js";
import { LinkCall } from "./link-call.js";
import { encodedOf, payloadOf } from "./payload.js";
import { program, runtime } from "./program.js";
import { ServiceNumbers } from "./registrations.js";
import { request, stream } from "./requests.js";
import { Subscriptions } from "./subscriptions.js";
import type { LinkEnd, Transport } from "./transport.js";

/**
 * The node of a program in Node.js or Bun: it runs elsewhere, and all that the SDK asks of it goes
 * over a link. It begins with the first configuration.
 */
export class LinkHost implements Host, JoinedOwner {
  readonly runtime: string = runtime;
  readonly #connect: (choice: string | undefined) => Transport;
  /** What every `new Node()` still has to tell. */
  readonly #finishing: (() => Promise<void>)[] = [];
  readonly #subscriptions = new Subscriptions();
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
      this.#watchExit?.((code) => {
        this.#isExiting = true;
        this.#joined?.exits(code);
      });
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
    const joined = this.#node();
    const { link, callbacks, network, services } = joined;
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
      await joined.asked({ kind: FRAME.ADD_SERVICE, head, payload }, () => undefined);
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
    const node = (): Joined => this.#node();
    return request(node, path, kind, data, optionsJson, asking, answered, failed);
  }

  stream(
    path: string,
    kind: Kind,
    data: unknown,
    optionsJson: string | null,
    asking: Asking,
  ): HostExchange {
    return stream(this.#node(), path, kind, data, optionsJson, asking);
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
    const node = this.#node();
    return await this.#subscriptions.add(node, pattern, callback, optionsJson, within ?? null);
  }

  async unsubscribe(id: number): Promise<boolean> {
    return await this.#subscriptions.remove(this.#node(), id);
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

  onEnd(joined: Joined, reason: RunarError, end: LinkEnd): void {
    if (joined.isStarted) {
      program.stderr.write(`runar: ${reason.message}\n`);
    }
    this.#subscriptions.end(joined);
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

  #asked<T>(kind: number, head: string | undefined, read: (answer: Frame) => T): Promise<T> {
    return this.#node().asked({ kind, head }, read);
  }
}

interface EventFacts {
  readonly id: number;
  readonly topic: string;
  readonly timestamp: number;
}
