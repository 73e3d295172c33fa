import { connect, type RunarClient, type TopicEvent } from "runar-ts/client";
import { expectTypeOf, test } from "vitest";

interface Said {
  readonly text: string;
}

interface Api {
  topics: {
    "chat/*": Said;
    "math/result": number;
    "rooms/{room}/said": string;
    "eeg/>": Uint8Array;
  };
  actions: {
    "math/add": (input: { a: number; b: number }) => number;
    "time/now": () => Promise<string>;
    "users/find": (input?: { name: string }) => readonly string[];
  };
}

declare const client: RunarClient<Api>;

test("events have the type of their topic or pattern", () => {
  client.subscribe("chat/1", (event) => expectTypeOf(event).toEqualTypeOf<TopicEvent<Said>>());
  client.subscribe("chat/*", ({ data }) => expectTypeOf(data).toEqualTypeOf<Said>());
  client.subscribe("math/result", ({ data }) => expectTypeOf(data).toEqualTypeOf<number>());
  client.subscribe("rooms/kitchen/said", ({ data }) => expectTypeOf(data).toEqualTypeOf<string>());
  client.subscribe("eeg/left/1", ({ data }) => expectTypeOf(data).toEqualTypeOf<Uint8Array>());
  // @ts-expect-error no such topic
  client.subscribe("chats/1", () => {});
  // @ts-expect-error the data is a number
  client.subscribe("math/result", ({ data }: TopicEvent<string>) => data);
});

test("what is published fits the topic", () => {
  client.publish("chat/1", { text: "hi" }, { queue: true });
  // @ts-expect-error the text is missing
  client.publish("chat/1", {});
  // @ts-expect-error no such topic
  client.publish("nothing/1", 1);
});

test("calls take and answer what the action does", () => {
  expectTypeOf(client.call("math/add", { a: 1, b: 2 })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(client.call("time/now")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(client.call("users/find")).toEqualTypeOf<Promise<readonly string[]>>();
  client.call("users/find", { name: "ada" }, { timeout: 100 });
  // @ts-expect-error an input is needed
  client.call("math/add");
  // @ts-expect-error b is missing
  client.call("math/add", { a: 1 });
  // @ts-expect-error no such action
  client.call("math/subtract", { a: 1, b: 2 });
  // @ts-expect-error no such option
  client.call("math/add", { a: 1, b: 2 }, { timout: 1 });
});

test("history has the type of its topic", () => {
  expectTypeOf(client.history("chat/1")).resolves.toHaveProperty("events");
  client.history("chat/1").then(({ events }) => {
    expectTypeOf(events).toEqualTypeOf<readonly TopicEvent<Said>[]>();
  });
});

test("without an Api everything is allowed and nothing is known", () => {
  const any = connect("ws://127.0.0.1:3000/topics");
  any.subscribe("what/ever", ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>());
  expectTypeOf(any.call("what/ever", 1)).toEqualTypeOf<Promise<unknown>>();
  any.publish("what/ever", { a: 1 });
});

test("options are checked", () => {
  connect("ws://x", { token: async () => "t", client: "phone", reconnect: { base: 1, cap: 2 } });
  // @ts-expect-error a token is a text, or gives one
  connect("ws://x", { token: 1 });
  // @ts-expect-error no such state
  expectTypeOf(client.state).toEqualTypeOf<"open">();
});
