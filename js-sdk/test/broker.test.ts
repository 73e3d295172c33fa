import { beforeEach, describe, expect, test } from "vitest";
import {
  type AppHooks,
  action,
  type Context,
  DuplicateError,
  Node,
  PermissionError,
  UnsupportedValueError,
  ValidationError,
} from "../src/index.js";
import { host } from "./fake-host.js";

beforeEach(() => host.reset());

/** A node whose `$broker` remembers what it was asked, and answers with one thing. */
async function broker(answer: unknown): Promise<{ node: Node; asked: unknown[] }> {
  const node = new Node();
  const asked: unknown[] = [];
  const answers = (what: string) =>
    action({
      handler: (input: unknown) => {
        asked.push([what, input]);
        return answer;
      },
    });
  const names = ["publish", "presence", "history", "send", "disconnect", "page"];
  await node.addService({
    name: "broker",
    path: "$broker",
    actions: Object.fromEntries(names.map((name) => [name, answers(name)])),
  });
  await node.start();
  return { node, asked };
}

describe("a channel", () => {
  test("asks for pages of its history", async () => {
    const page = { publications: [{ offset: 4, data: "hi" }], offset: 4, epoch: "e" };
    const { node, asked } = await broker(page);
    const channel = node.broker.channel("chat/1");
    expect(await channel.history()).toEqual(page);
    await channel.history({ limit: 5, reverse: true, since: { offset: 9, epoch: "e" } });
    expect(asked).toEqual([
      ["page", { topic: "chat/1" }],
      ["page", { topic: "chat/1", limit: 5, reverse: true, since: { offset: 9, epoch: "e" } }],
    ]);
  });
});

describe("a channel of an app", () => {
  test("publishes data as its JSON text, and a text as it is", async () => {
    const { node, asked } = await broker(null);
    const channel = node.broker.app("chat").channel("news");
    expect(await channel.publish("said", { text: "hi" })).toBeUndefined();
    await channel.publish("said", "plain", { except: "1.2" });
    await channel.publish("said");
    const common = { app: "chat", channel: "news", name: "said" };
    expect(asked).toEqual([
      ["publish", { ...common, data: '{"text":"hi"}', socket_id: null }],
      ["publish", { ...common, data: "plain", socket_id: "1.2" }],
      ["publish", { ...common, data: "null", socket_id: null }],
    ]);
  });

  test("refuses what has no JSON text", async () => {
    const { node, asked } = await broker(null);
    const channel = node.broker.app("chat").channel("news");
    await expect(channel.publish("said", 1n)).rejects.toBeInstanceOf(UnsupportedValueError);
    await expect(channel.publish("said", () => 1)).rejects.toThrow("it is a function");
    expect(asked).toEqual([]);
  });

  test("tells who is there", async () => {
    const { node } = await broker([{ id: "7", info: { name: "Ann" } }]);
    expect(await node.broker.app("chat").channel("presence-a").presence()).toEqual([
      { id: "7", info: { name: "Ann" } },
    ]);
  });

  test("reads what is remembered as client libraries do", async () => {
    const past = { event: "said", userId: null, timestamp: 5 };
    const { node } = await broker([
      { ...past, data: '{"n":1}' },
      { ...past, data: "no JSON" },
      { ...past, data: { n: 2 }, event: "client-x", userId: "7" },
    ]);
    expect(await node.broker.app("chat").channel("cache-a").history()).toEqual([
      { ...past, data: { n: 1 } },
      { ...past, data: "no JSON" },
      { ...past, data: { n: 2 }, event: "client-x", userId: "7" },
    ]);
  });
});

test("a user of an app is reached and disconnected", async () => {
  const { node, asked } = await broker(2);
  const user = node.broker.app("chat").user("7");
  expect(await user.send("order", { ready: true })).toBeUndefined();
  expect(await user.disconnect()).toBe(2);
  expect(asked).toEqual([
    ["send", { app: "chat", user: "7", name: "order", data: '{"ready":true}' }],
    ["disconnect", { app: "chat", user: "7" }],
  ]);
});

test("what cannot be an app's id is refused at once", () => {
  const { broker: port } = new Node();
  for (const id of ["", "a/b", "x".repeat(101), 7 as never]) {
    expect(() => port.app(id)).toThrow(ValidationError);
  }
});

describe("hooks", () => {
  async function hooked(hooks: AppHooks): Promise<Node> {
    const node = new Node();
    await node.broker.app("chat").hooks(hooks);
    await node.start();
    return node;
  }

  test("are actions that say yes unless they say no", async () => {
    const node = await hooked({
      onConnect: () => {},
      onSubscribe: async ({ channel }) => channel === "news",
      onClientEvent: ({ userId }, ctx: Context) => {
        throw new PermissionError(`${userId} ${ctx.servicePath}`);
      },
      onDisconnect: () => "whatever",
    });
    expect(await node.request("$hooks-chat/connect", {})).toBe(true);
    expect(await node.request("$hooks-chat/subscribe", { channel: "news" })).toBe(true);
    expect(await node.request("$hooks-chat/subscribe", { channel: "other" })).toBe(false);
    await expect(node.request("$hooks-chat/client-event", { userId: "7" })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: "7 $hooks-chat",
    });
    expect(await node.request("$hooks-chat/disconnect", {})).toBe(true);
  });

  test("are internal, have a timeout, and are only there if they are given", async () => {
    await hooked({ onSubscribe: () => true, onConnect: undefined as never, timeout: 50 });
    expect(host.definition).toMatchObject({
      path: "$hooks-chat",
      actions: [{ name: "subscribe", visibility: "internal", timeout: 50 }],
    });
  });

  test("are checked", async () => {
    const app = new Node().broker.app("chat");
    await expect(app.hooks({ onSubscibe: () => true } as never)).rejects.toThrow(
      /the hooks of app chat: onSubscibe is not known; .*did you mean "onSubscribe"/,
    );
    await expect(app.hooks({ onConnect: 1 } as never)).rejects.toThrow(
      "onConnect is not a function",
    );
    await expect(app.hooks(null as never)).rejects.toThrow("are not an object");
    for (const timeout of [0, -1, 10_001, Number.NaN, "1" as never]) {
      await expect(app.hooks({ timeout })).rejects.toThrow("timeout must be 1 to 10000 ms");
    }
  });

  test("are said once for each app", async () => {
    const node = await hooked({ onConnect: () => true });
    await expect(node.broker.app("chat").hooks({})).rejects.toBeInstanceOf(DuplicateError);
    await node.broker.app("other").hooks({});
  });
});

describe("apps of a function", () => {
  test("are found by key and by id, and null is none", async () => {
    const node = new Node();
    await node.broker.apps(({ key, id }) =>
      key === "k" || id === "1" ? { id: "1", key: "k", secret: "s" } : undefined,
    );
    await node.start();
    const found = { id: "1", key: "k", secret: "s" };
    expect(await node.request("$apps/find", { key: "k" })).toEqual(found);
    expect(await node.request("$apps/find", { id: "1" })).toEqual(found);
    expect(await node.request("$apps/find", { id: "2" })).toBeNull();
    await expect(node.broker.apps(null as never)).rejects.toThrow("takes a function");
  });
});

describe("a topic", () => {
  test("takes packets of bytes, and says at once what became of them", () => {
    const topic = new Node().broker.topic("eeg_voltage");
    const view = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
    expect(topic.write(view)).toBe("ACCEPTED");
    expect(topic.write(new ArrayBuffer(4))).toBe("ACCEPTED");
    expect(topic.write(new Float32Array([1]))).toBe("DROPPED");
    expect(topic.dropped).toBe(1);
    expect(topic.topic).toBe("eeg_voltage");
    expect(host.written[0]).toEqual(["eeg_voltage", view]);
  });

  test("takes nothing else", () => {
    const topic = new Node().broker.topic("eeg_voltage");
    expect(() => topic.write("text" as never)).toThrow(UnsupportedValueError);
    expect(host.written).toEqual([]);
  });
});
