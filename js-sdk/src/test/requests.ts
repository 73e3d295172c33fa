import { codec } from "../codec.js";
import {
  CancelledError,
  OverloadError,
  PermissionError,
  type RunarError,
  ShutdownError,
  TimeoutError,
  ValidationError,
} from "../errors.js";
import type { Encoded, HostCall } from "../host.js";
import type { RequestOptions } from "../options.js";
import type { Actions, Script } from "./actions.js";
import { Pending } from "./call.js";
import type { VirtualClock } from "./clock.js";
import { copied } from "./crossing.js";
import { Pipe, type Post } from "./pipe.js";
import type { RecordedCall } from "./records.js";
import {
  type Entry,
  pathOf,
  type RegisteredAction,
  type Registry,
  type Routed,
} from "./registry.js";
import { checkFits } from "./schema-value.js";
import type { Settings } from "./settings.js";

/** As the node has it. */
const READ_AHEAD = 64;

const READ_BEFORE =
  "the handler has begun to read the items that its caller sends, and they come once: " +
  "a fallback can read them only if it has not";

/** Who asks, and how the answer reaches them. */
export interface Asker {
  readonly sender: string;
  readonly task: string;
  /** The service that asks; empty: the test. */
  readonly service: string;
  /** Resolves the caller's promise in a turn of the caller. */
  readonly answer: (what: string, settle: () => void) => void;
}

/** What a handler answers, when it asks for more: the node takes its meta and its time over. */
export interface Within {
  servicePath?(): string;
  metaJson?(): string;
  remaining?(): number;
  traceparent?(): string;
  identityText?(): string | null;
}

/** How the answer comes, besides its result. */
export interface Wishes {
  readonly within: Within | null;
  readonly onMeta: ((metaJson: string) => void) | null;
  /** The caller reads items. */
  readonly streams: boolean;
  /** The caller sends items. */
  readonly sends: boolean;
}

/** A request under way, for who made it: what the SDK calls an exchange. */
export interface Exchange {
  cancel(): void;
  inlet(): Pipe["inlet"] | null;
  outlet(): Pipe["outlet"] | null;
}

/** Takes requests to actions, with their deadlines, as the node does. */
export class Requests {
  readonly #pending = new Map<number, Pending>(); // at most settings.requestsInFlight
  #lastId = 0;
  #lastSpan = 0;
  #closed = false;
  readonly #settings: Settings;
  readonly #clock: VirtualClock;
  readonly #registry: Registry;
  readonly #script: Script;
  readonly #actions: Actions;

  constructor(
    settings: Settings,
    clock: VirtualClock,
    registry: Registry,
    script: Script,
    actions: Actions,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#registry = registry;
    this.#script = script;
    this.#actions = actions;
  }

  /** @param begun called before this returns, unless the request fails at once */
  request(
    path: string,
    payload: Encoded,
    options: RequestOptions,
    asker: Asker,
    record: { -readonly [K in keyof RecordedCall]: RecordedCall[K] },
    wishes: Wishes,
    begun: (exchange: Exchange) => void,
  ): Promise<Encoded> {
    const kept = copied(payload);
    return new Promise((resolve, reject) => {
      const answer = (outcome: Encoded | RunarError): void => {
        record.took = this.#clock.now - record.at;
        if (outcome instanceof Error) {
          this.#place(outcome, path);
          record.error = { code: outcome.code, message: outcome.message };
        } else {
          record.result = codec.decode(...copied(outcome));
        }
        asker.answer(`answer of ${path}`, () => {
          if (pending !== undefined && Object.keys(pending.replyMeta).length > 0) {
            wishes.onMeta?.(JSON.stringify(pending.replyMeta));
          }
          if (outcome instanceof Error) {
            reject(outcome);
          } else {
            resolve(copied(outcome));
          }
        });
      };
      let pending: Pending | undefined;
      try {
        pending = this.#dispatch(path, kept, options, asker, wishes, answer);
        begun(this.#exchange(path, pending));
      } catch (error) {
        answer(error as RunarError);
      }
    });
  }

  /** The failure says which request of which node it was; the innermost counts. */
  #place(failure: RunarError, path: string): void {
    if (failure.node === undefined && failure.path === undefined) {
      Object.assign(failure, { node: `${this.#settings.networkId}/test`, path });
    }
  }

  /** Fails what waits for a service whose script has ended. */
  endOf(entry: Entry, reason: RunarError): void {
    for (const pending of [...this.#pending.values()]) {
      if (pending.entry === entry) {
        for (const fail of [...pending.running]) {
          fail(reason);
        }
      }
    }
  }

  /** Nobody looks at deadlines any more, so who still waits is told now. */
  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending.values()]) {
      pending.settle(new ShutdownError("the node has stopped"));
      pending.cancelled();
    }
  }

  /** Where the handler of a call writes its items. */
  outputOf(call: object): Pipe["outlet"] | null {
    return this.#actions.pendingOf(call)?.output?.outlet ?? null;
  }

  /** Where the handler of a call reads what its caller sends. */
  inputOf(call: object): Pipe["inlet"] | null {
    const input = this.#actions.pendingOf(call)?.input;
    const isFallback = (call as HostCall).failureJson() !== null;
    return input === undefined || input === null
      ? null
      : isFallback && input.isRead
        ? readBefore()
        : input.inlet;
  }

  #exchange(path: string, pending: Pending): Exchange {
    return {
      cancel: () =>
        this.#end(pending, new CancelledError(`request ${path} was cancelled by its caller`)),
      inlet: () => pending.output?.inlet ?? null,
      outlet: () => pending.input?.outlet ?? null,
    };
  }

  #dispatch(
    given: string,
    payload: Encoded,
    options: RequestOptions,
    asker: Asker,
    wishes: Wishes,
    answer: (outcome: Encoded | RunarError) => void,
  ): Pending {
    if (this.#closed) {
      throw new ShutdownError("the node has stopped");
    }
    const route = this.#registry.route(given);
    const { entry, action, params, path } = route;
    if (this.#pending.size >= this.#settings.requestsInFlight) {
      throw new OverloadError(
        `more than ${this.#settings.requestsInFlight} requests are unanswered`,
      );
    }
    refuseOtherForm(path, action, wishes);
    const { within } = wishes;
    const most = Math.min(
      action.timeout ?? Number.MAX_SAFE_INTEGER,
      within?.remaining?.() ?? Number.MAX_SAFE_INTEGER,
    );
    const timeout = Math.min(
      options.timeout ?? action.timeout ?? this.#settings.requestTimeout,
      most,
    );
    checkVisibility(route, asker.service);
    const id = ++this.#lastId;
    let timer = -1;
    const patience = {
      begin: () => {
        pending.deadline = this.#clock.now + timeout;
        timer = this.#clock.after(timeout, () =>
          this.#end(
            pending,
            new TimeoutError(`request ${path} timed out after ${Math.floor(timeout)} ms`),
          ),
        );
      },
      end: () => {
        this.#clock.cancel(timer);
        pending.deadline = Number.POSITIVE_INFINITY; // a slow reader has all the time it wants
      },
    };
    const pending = new Pending(id, entry, this.#clock.now + timeout, (outcome) => {
      if (!pending.isSettled) {
        pending.isSettled = true;
        this.#pending.delete(id);
        this.#clock.cancel(timer);
        pending.output?.finish(outcome instanceof Error ? outcome : undefined);
        pending.input?.inlet.cancel();
        answer(outcome);
      }
    });
    if (wishes.streams) {
      const { readAhead = READ_AHEAD } = options as { readonly readAhead?: number };
      pending.output = new Pipe(readAhead, asker.answer, this.#toHandler(pending), patience);
      const { output: itemSchema } = action;
      if (itemSchema !== undefined) {
        pending.output.look = (item, index) => {
          const what = `item ${index} of action ${entry.definition.path}/${action.name}`;
          checkFits(itemSchema, item, "HANDLER_FAILED", what, { index });
        };
        pending.output.onMisfit = (failure) => this.#end(pending, failure);
      }
      pending.output.onLost = () =>
        this.#end(pending, new CancelledError(`the reader of ${path} has gone`));
    } else {
      patience.begin();
    }
    if (wishes.sends) {
      const noPatience = { begin: () => {}, end: () => {} };
      pending.input = new Pipe(READ_AHEAD, this.#toHandler(pending), asker.answer, noPatience);
    }
    pending.identity = within?.identityText?.() ?? null;
    const meta = { ...parsed(within?.metaJson?.()), ...options.meta };
    const { headers = {} } = options as { readonly headers?: object };
    const about = { meta, headers, caller: asker.task, traceparent: this.#trace(within) };
    this.#pending.set(id, pending);
    const job = { pending, path, sender: asker.sender, action, params, about };
    this.#actions.begin(job, payload);
    return pending;
  }

  #toHandler(pending: Pending): Post {
    return (what, run) => {
      this.#script.offer({
        what,
        sender: "node",
        receiver: pending.entry.id,
        isReserved: true,
        run: () => {
          if (pending.generation === pending.entry.generation) {
            this.#script.enter(pending.entry, what, run);
          }
        },
        abandon: () => {},
      });
    };
  }

  /** W3C: the trace goes on, each request is a span of its own. */
  #trace(within: Within | null | undefined): string {
    const span = (++this.#lastSpan).toString(16).padStart(16, "0");
    const trace = within?.traceparent?.().split("-")[1] ?? span.padStart(32, "0");
    return `00-${trace}-${span}-01`;
  }

  #end(pending: Pending, reason: RunarError): void {
    if (!pending.isSettled) {
      pending.isCancelled = true;
      pending.settle(reason);
      pending.cancelled();
      for (const callback of pending.onCancel) {
        this.#script.offer({
          what: `cancellation of request ${pending.id}`,
          sender: "",
          receiver: pending.entry.id,
          isReserved: true,
          run: () => this.#script.enter(pending.entry, "cancellation", callback),
          abandon: () => {},
        });
      }
    }
  }
}

function parsed(json: string | undefined): object {
  return json === undefined ? {} : (JSON.parse(json) as object);
}

/** Who runs in the test may call what any service may. */
function checkVisibility({ entry, action, path }: Routed, askerId: string): void {
  const service = entry.definition.path;
  const asker = pathOf(askerId);
  if (action.visibility === "private" && asker !== service) {
    const who = asker === "" ? "the program" : `service "${asker}"`;
    throw new PermissionError(
      `action ${path} is private to service "${service}", and ${who} asks; give it the visibility internal or public`,
    );
  }
}

function refuseOtherForm(path: string, action: RegisteredAction, wishes: Wishes): void {
  const isStream = action.stream === true;
  if (isStream && !wishes.streams) {
    throw new ValidationError(
      `${path} answers with a stream of items, not with one result: use stream("${path}")`,
    );
  }
  if (!isStream && wishes.streams) {
    throw new ValidationError(
      `${path} answers with one result, not with a stream of items: use request("${path}")`,
    );
  }
}

/** What a fallback reads when the handler has begun to read the items. */
function readBefore(): Pipe["inlet"] {
  const now: Post = (_, run) => run();
  const pipe = new Pipe(1, now, now, { begin: () => {}, end: () => {} });
  pipe.finish(new ValidationError(READ_BEFORE));
  return pipe.inlet;
}
