import type { Event, EventHandler } from "./context.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { RunarError, ValidationError } from "./errors.js";
import { type SubscribeOptions, subscriptionOf } from "./event.js";
import { type EventCallback, host } from "./host.js";
import {
  optionsJson,
  type PublishOptions,
  type PublishReceipt,
  type RequestOptions,
  type WaitOptions,
} from "./options.js";
import { captureStackTrace, parse, stringify } from "./primordials.js";

// What nodes and contexts have in common: each operation of the host, with real values.

export async function request<Result>(
  path: string,
  payload: unknown,
  options: RequestOptions | undefined,
): Promise<Result> {
  const encoded = encode(payload);
  let result: Awaited<ReturnType<typeof host.request>>;
  try {
    result = await host.request(path, encoded[0], encoded[1], optionsJson("request", options));
  } catch (error) {
    throw askedHere(error);
  }
  return decode(result[0], result[1]) as Result;
}

export async function publish(
  topic: string,
  payload: unknown,
  options: PublishOptions | undefined,
): Promise<PublishReceipt> {
  const encoded = encode(payload ?? null); // a handler's payload is never undefined
  let receipt: string;
  try {
    receipt = await host.publish(topic, encoded[0], encoded[1], optionsJson("publish", options));
  } catch (error) {
    throw askedHere(error);
  }
  return parse(receipt) as PublishReceipt;
}

export async function subscribe(
  pattern: string,
  handler: EventCallback,
  options: SubscribeOptions | undefined,
): Promise<number> {
  return await host.subscribe(pattern, handler, subscriptionJson(options));
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

/**
 * The host makes its errors where nothing of the script runs. Here, in what goes on after an await,
 * the engine knows who awaits; the stack of where it was thrown is `remoteStack`.
 */
function askedHere(error: unknown): unknown {
  if (error instanceof RunarError) {
    captureStackTrace?.(error);
  }
  return error;
}

/** Refuses what is no function, at registration and not at the first event. */
export function mustBeHandler(handler: unknown, what: string): asserts handler is EventHandler {
  if (typeof handler !== "function") {
    throw new ValidationError(
      `${what} is not a function but ${handler === null ? "null" : typeof handler}`,
    );
  }
}
