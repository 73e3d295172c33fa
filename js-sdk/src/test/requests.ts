import { codec } from "../codec.js";
import { errorOf, OverloadError, type RunarError, ShutdownError, TimeoutError } from "../errors.js";
import type { Encoded, HostCall } from "../host.js";
import type { RequestOptions } from "../options.js";
import type { VirtualClock } from "./clock.js";
import { copied, crossed } from "./crossing.js";
import { argumentsOf } from "./mapping.js";
import type { RecordedCall } from "./records.js";
import type { Entry, RegisteredAction, Registry } from "./registry.js";
import type { Task } from "./scheduler.js";
import { issuesOf } from "./schema-check.js";
import type { Settings } from "./settings.js";

/** Who asks, and how the answer reaches them. */
export interface Asker {
  readonly sender: string;
  readonly task: string;
  /** Resolves the caller's promise in a turn of the caller. */
  readonly answer: (what: string, settle: () => void) => void;
}

/** What requests need of the node. */
export interface Script {
  /** Queues a callback of a service; false when its queue is full. */
  offer(task: Task): boolean;
  /** Runs a handler on behalf of a service. */
  enter(entry: Entry, task: string, run: () => unknown): unknown;
}

/** One request from its caller's view, a promise, and from its action's, a call. */
class Pending {
  readonly id: number;
  readonly entry: Entry;
  readonly generation: number;
  readonly deadline: number;
  isSettled = false;
  isCancelled = false;
  readonly onCancel: (() => void)[] = [];
  readonly settle: (outcome: Encoded | RunarError) => void;

  constructor(
    id: number,
    entry: Entry,
    deadline: number,
    settle: (outcome: Encoded | RunarError) => void,
  ) {
    this.id = id;
    this.entry = entry;
    this.generation = entry.generation;
    this.deadline = deadline;
    this.settle = settle;
  }
}

/** Takes requests to actions, with their deadlines, as the node does. */
export class Requests {
  readonly #pending = new Map<number, Pending>(); // at most settings.requestsInFlight
  #lastId = 0;
  #closed = false;
  readonly #settings: Settings;
  readonly #clock: VirtualClock;
  readonly #registry: Registry;
  readonly #script: Script;

  constructor(settings: Settings, clock: VirtualClock, registry: Registry, script: Script) {
    this.#settings = settings;
    this.#clock = clock;
    this.#registry = registry;
    this.#script = script;
  }

  request(
    path: string,
    payload: Encoded,
    options: RequestOptions,
    asker: Asker,
    record: { -readonly [K in keyof RecordedCall]: RecordedCall[K] },
  ): Promise<Encoded> {
    const kept = copied(payload);
    return new Promise((resolve, reject) => {
      const answer = (outcome: Encoded | RunarError): void => {
        record.took = this.#clock.now - record.at;
        if (outcome instanceof Error) {
          record.error = { code: outcome.code, message: outcome.message };
        } else {
          record.result = codec.decode(...copied(outcome));
        }
        asker.answer(`answer of ${path}`, () => {
          if (outcome instanceof Error) {
            reject(outcome);
          } else {
            resolve(copied(outcome));
          }
        });
      };
      try {
        this.#dispatch(path, kept, options, asker, answer);
      } catch (error) {
        answer(error as RunarError);
      }
    });
  }

  /** Fails what waits for a service whose script has ended. */
  endOf(entry: Entry, reason: RunarError): void {
    for (const pending of [...this.#pending.values()]) {
      if (pending.entry === entry) {
        pending.settle(reason);
      }
    }
  }

  /** Nobody looks at deadlines any more, so who still waits is told now. */
  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending.values()]) {
      pending.settle(new ShutdownError("the node has stopped"));
    }
  }

  #dispatch(
    path: string,
    payload: Encoded,
    options: RequestOptions,
    asker: Asker,
    answer: (outcome: Encoded | RunarError) => void,
  ): void {
    if (this.#closed) {
      throw new ShutdownError("the node has stopped");
    }
    const { entry, action, params } = this.#registry.route(path);
    if (this.#pending.size >= this.#settings.requestsInFlight) {
      throw new OverloadError(
        `more than ${this.#settings.requestsInFlight} requests are unanswered`,
      );
    }
    const timeout = timeoutOf(options.timeout, action.timeout, this.#settings.requestTimeout);
    const id = ++this.#lastId;
    const timer = this.#clock.after(timeout, () =>
      this.#end(
        pending,
        new TimeoutError(`request ${path} timed out after ${Math.floor(timeout)} ms`),
      ),
    );
    const pending = new Pending(id, entry, this.#clock.now + timeout, (outcome) => {
      if (!pending.isSettled) {
        pending.isSettled = true;
        this.#pending.delete(id);
        this.#clock.cancel(timer);
        answer(outcome);
      }
    });
    this.#pending.set(id, pending);
    const wasTaken = this.#script.offer({
      what: `request ${path}`,
      sender: asker.sender,
      receiver: entry.definition.path,
      isReserved: false,
      run: () => this.#run(pending, path, action, params, payload, options.meta ?? {}),
      abandon: pending.settle,
    });
    if (!wasTaken) {
      pending.settle(new OverloadError(`the queue of ${path} is full; try again later`));
    }
  }

  #end(pending: Pending, reason: RunarError): void {
    if (!pending.isSettled) {
      pending.isCancelled = true;
      pending.settle(reason);
      for (const callback of pending.onCancel) {
        this.#script.offer({
          what: `cancellation of request ${pending.id}`,
          sender: "",
          receiver: pending.entry.definition.path,
          isReserved: true,
          run: () => this.#script.enter(pending.entry, "cancellation", callback),
          abandon: () => {},
        });
      }
    }
  }

  #run(
    pending: Pending,
    path: string,
    action: RegisteredAction,
    params: Readonly<Record<string, string>>,
    payload: Encoded,
    meta: object,
  ): void {
    if (pending.isSettled) {
      return; // timed out while it waited: its sender has been told
    }
    const fail = (error: unknown): void => {
      if (pending.generation === pending.entry.generation) {
        pending.settle(crossed(error));
      }
    };
    const succeed = (result: unknown): void => {
      try {
        checked(
          action.output,
          result,
          "HANDLER_FAILED",
          `the result of action ${path} does not fit`,
        );
        const encoded = codec.encode(result);
        if (pending.generation === pending.entry.generation) {
          pending.settle(copied(encoded));
        }
      } catch (error) {
        fail(error);
      }
    };
    try {
      const input = codec.decode(...copied(payload));
      checked(action.input, input, "INVALID_INPUT", `the input of action ${path} does not fit`);
      const values = action.params === null ? [input] : argumentsOf(path, action.params, input);
      const handler = pending.entry.handlers.actions[action.name];
      const call = this.#call(pending, path, params, meta);
      const result = this.#script.enter(pending.entry, path, () => handler?.(call, ...values));
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
        Promise.resolve(result).then(succeed, fail);
      } else {
        succeed(result);
      }
    } catch (error) {
      fail(error);
    }
  }

  #call(
    pending: Pending,
    path: string,
    params: Readonly<Record<string, string>>,
    meta: object,
  ): HostCall {
    return {
      requestId: () => pending.id,
      path: () => path,
      paramsJson: () => JSON.stringify(params),
      metaJson: () => JSON.stringify(meta),
      remaining: () => Math.max(0, pending.deadline - this.#clock.now),
      servicePath: () => pending.entry.definition.path,
      isCancelled: () => pending.isSettled,
      onCancel: (callback) => {
        if (pending.isCancelled) {
          callback();
        } else {
          pending.onCancel.push(callback);
        }
      },
    };
  }
}

/** The caller's wish, no longer than the action may take. */
function timeoutOf(
  wanted: number | undefined,
  most: number | undefined,
  otherwise: number,
): number {
  return Math.min(wanted ?? most ?? otherwise, most ?? Number.MAX_SAFE_INTEGER);
}

function checked(
  schema: object | undefined,
  value: unknown,
  code: "INVALID_INPUT" | "HANDLER_FAILED",
  what: string,
): void {
  const issues = schema === undefined ? [] : issuesOf(schema, value);
  if (issues.length > 0) {
    const words = issues.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
    throw errorOf(code, `${what}: ${words.join("; ")}`, { data: { issues } });
  }
}
