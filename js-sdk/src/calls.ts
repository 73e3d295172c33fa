import { askedHere, awaited, fail } from "./asked-here.js";
import type { Event, EventHandler } from "./context.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { RunarError, ValidationError } from "./errors.js";
import { type SubscribeOptions, subscriptionOf } from "./event.js";
import {
  type EventCallback,
  type HostExchange,
  type HostInlet,
  type HostTask,
  host,
} from "./host.js";
import type { OneNode } from "./one-node.js";
import {
  optionsJson,
  type PublishOptions,
  type PublishReceipt,
  type RequestOptions,
  type StreamOptions,
  type Texts,
  type WaitOptions,
} from "./options.js";
import { parse, stringify } from "./primordials.js";
import type { CancelSignal } from "./signal.js";
import { abortedBy, ItemReader, send } from "./stream.js";

/** As the node has it. */
const READ_AHEAD = 64;

// What nodes and contexts have in common: each operation of the host, with real values.

export function request<Result>(
  path: string,
  payload: unknown,
  options: RequestOptions | undefined,
  within?: HostTask,
): Promise<Result> {
  if (options?.signal !== undefined || options?.input !== undefined) {
    return steered<Result>(path, payload, options, within);
  }
  const answer = answerOf<Result>(path, payload, options, within);
  return host.runtime === "bun" ? awaited(answer) : answer;
}

/** The only promise there is, without an async function: most of what a script asks is this. */
function answerOf<Result>(
  path: string,
  payload: unknown,
  options: RequestOptions | undefined,
  within: HostTask | undefined,
  begun?: (exchange: HostExchange) => void,
): Promise<Result> {
  const answer = new Promise<Result>((resolve, reject) => {
    const encoded = encode(payload);
    const exchange = host.request(
      path,
      encoded[0],
      encoded[1],
      optionsJson("request", options),
      { within: within ?? null, onMeta: told(options), sends: options?.input !== undefined },
      (kind, data) => {
        if (kind === "value") {
          resolve(data as Result);
          return;
        }
        try {
          resolve(decode(kind, data) as Result);
        } catch (error) {
          reject(error);
        }
      },
      (error) => fail(() => answer, { resolve, reject }, error),
    );
    begun?.(exchange);
  });
  return answer;
}

/** One that its signal ends, or that sends items, or both. */
async function steered<Result>(
  path: string,
  payload: unknown,
  options: RequestOptions,
  within: HostTask | undefined,
): Promise<Result> {
  const signal = options.signal as CancelSignal | undefined;
  const input = options.input;
  let cancel: (() => void) | undefined;
  const begun = (exchange: HostExchange): void => {
    cancel = () => exchange.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    if (input !== undefined) {
      send(input, exchange);
    }
  };
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) {
    encode(payload); // what cannot cross is said first
    optionsJson("request", options);
    throw abortedBy(signal as CancelSignal, path);
  }
  try {
    return await answerOf<Result>(path, payload, options, within, begun);
  } catch (error) {
    throw isAborted() && isCancelled(error)
      ? abortedBy(signal as CancelSignal, path)
      : askedHere(error);
  } finally {
    if (cancel !== undefined) {
      signal?.removeEventListener("abort", cancel);
    }
  }
}

/** Nothing happens before the first item is asked for; what is wrong here is thrown at once. */
export function stream<Item>(
  path: string,
  payload: unknown,
  options: StreamOptions | undefined,
  within?: HostTask,
  node?: OneNode,
): AsyncIterableIterator<Item> {
  const encoded = encode(payload);
  const json = optionsJson("stream", options);
  const signal = options?.signal as CancelSignal | undefined;
  const input = options?.input;
  const asking = { within: within ?? null, onMeta: told(options), sends: input !== undefined };
  const reader = new ItemReader<Item>(() => {
    if (signal?.aborted === true) {
      throw abortedBy(signal, path);
    }
    node?.check(); // another may have followed since
    const exchange = host.stream(path, encoded[0], encoded[1], json, asking);
    if (signal !== undefined) {
      const cancel = (): void => reader.fail(abortedBy(signal, path));
      signal.addEventListener("abort", cancel, { once: true });
      reader.whenOver(() => signal.removeEventListener("abort", cancel));
    }
    if (input !== undefined) {
      send(input, exchange);
    }
    return exchange.inlet() as HostInlet; // the host has one, or has thrown
  }, options?.readAhead ?? READ_AHEAD);
  return reader;
}

function told(options: RequestOptions | undefined): ((metaJson: string) => void) | null {
  const onMeta = options?.onMeta;
  return onMeta === undefined ? null : (text) => onMeta(Object.freeze(parse(text)) as Texts);
}

function isCancelled(error: unknown): boolean {
  return error instanceof RunarError && error.code === "CANCELLED";
}

export async function publish(
  topic: string,
  payload: unknown,
  options: PublishOptions | undefined,
  within?: HostTask,
): Promise<PublishReceipt> {
  const encoded = encode(payload ?? null); // a handler's payload is never undefined
  let receipt: string;
  try {
    const json = optionsJson("publish", options);
    receipt = await host.publish(topic, encoded[0], encoded[1], json, within);
  } catch (error) {
    throw askedHere(error);
  }
  return parse(receipt) as PublishReceipt;
}

export async function subscribe(
  pattern: string,
  handler: EventCallback,
  options: SubscribeOptions | undefined,
  within?: HostTask,
): Promise<number> {
  return await host.subscribe(pattern, handler, subscriptionJson(options), within);
}

function subscriptionJson(options: SubscribeOptions | undefined): string | null {
  if (options === undefined) {
    return null;
  }
  if (typeof options !== "object" || options === null) {
    throw new ValidationError("the options of subscribe are not an object");
  }
  return stringify(subscriptionOf(options, "subscribe"));
}

export async function on<Payload>(
  pattern: string,
  options: WaitOptions | undefined,
): Promise<Event<Payload>> {
  const event = await host.on(pattern, optionsJson("on", options));
  const encoded = event.payload();
  return {
    id: event.id(),
    topic: event.topic(),
    payload: decode(encoded[0], encoded[1]) as Payload,
    timestamp: event.timestamp(),
  };
}

/** Refuses what is no function, at registration and not at the first event. */
export function mustBeHandler(handler: unknown, what: string): asserts handler is EventHandler {
  if (typeof handler !== "function") {
    throw new ValidationError(
      `${what} is not a function but ${handler === null ? "null" : typeof handler}`,
    );
  }
}
