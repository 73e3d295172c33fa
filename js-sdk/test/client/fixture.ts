import { type ConnectOptions, connect } from "runar-ts/client";
import { afterEach, beforeEach, vi } from "vitest";
import { type FakeSocket, sockets } from "./fake-socket.js";

export const URL_OF_NODE = "ws://node/topics";

/** In each test of the file time passes when it says so, and pauses are half as long as they may. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** A client, what it has told of itself, and its connections, the newest last. */
export function begin(options: ConnectOptions = {}) {
  const { Socket, all } = sockets();
  const client = connect(URL_OF_NODE, { WebSocket: Socket, ...options });
  const states: string[] = [];
  const errors: unknown[] = [];
  client.on("state", (state, why) => states.push(why === "" ? state : `${state}: ${why}`));
  client.on("error", (error) => errors.push(error));
  const socket = (): FakeSocket => all.at(-1) as FakeSocket;
  return { client, states, errors, all, socket };
}

/** Lets promises go on. */
export const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

export async function live(options: ConnectOptions = {}) {
  const all = begin(options);
  all.socket().open();
  await settle();
  return all;
}

export const subscribed = (
  topic: string,
  offset: number,
  id: number,
  more: object = {},
): object => ({
  subscribed: topic,
  offset,
  epoch: "e",
  id,
  ...more,
});
