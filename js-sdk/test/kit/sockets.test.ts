import { expect, test } from "vitest";
import { defineError, defineService, type Node, PermissionError, socket } from "../../src/index.js";
import { SocketRefusedError, TestNode } from "../../src/test/index.js";

const Full = defineError("RoomFull", { description: "the room is full" });

function rooms(node: Node) {
  return defineService({
    name: "rooms",
    path: "rooms",
    sockets: {
      "/ws": socket({
        accept: async ({ query, headers }) => {
          switch (query["token"]) {
            case undefined:
              throw new PermissionError("no token", { data: { status: 401 } });
            case "wrong":
              throw new PermissionError("wrong token");
            case "full":
              throw new Full();
            case "fault":
              throw new TypeError("a fault");
          }
          return { user: query["token"] as string, agent: headers["user-agent"], at: new Date(0) };
        },
        open: (session) => session.join("room"),
        message: (session, data) => {
          if (data === "fail") throw new TypeError("failed");
          const { user, agent, at } = session.identity;
          node.broker.group("room").send({ user, agent, isDate: at instanceof Date, said: data });
        },
        close: (session) => node.broker.group("room").send(`${session.identity.user} has left`),
      }),
    },
  });
}

async function started(): Promise<TestNode> {
  const node = new TestNode();
  node.addService(rooms(node));
  await node.start();
  return node;
}

test("a client has the identity that accept has returned, and hears its group", async () => {
  const node = await started();
  const ann = await node.connect("/ws", {
    query: { token: "ann" },
    headers: { "user-agent": "x" },
  });
  const bob = await node.connect("/ws", { query: { token: "bob" } });
  ann.send("hello");
  await node.settled();
  const heard = { user: "ann", agent: "x", isDate: true, said: "hello" };
  expect(ann.json).toEqual([heard]);
  expect(bob.json).toEqual([heard]);
  bob.close(4000, "bye");
  await node.settled();
  expect(bob.closed).toEqual({ code: 4000, reason: "bye" });
  expect(ann.received.at(-1)).toBe("bob has left");
});

test("who is not let in gets the status of a real handshake", async () => {
  const node = await started();
  const refused = async (path: string, token?: string): Promise<string> => {
    const query = token === undefined ? {} : { token };
    const error: unknown = await node.connect(path, { query }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SocketRefusedError);
    return (error as SocketRefusedError).message;
  };
  expect(await refused("/ws")).toBe("401 no token");
  expect(await refused("/ws", "wrong")).toBe("403 wrong token");
  expect(await refused("/ws", "full")).toBe("403 the room is full");
  expect(await refused("/ws", "fault")).toBe("500 a fault");
  expect(await refused("/other", "ann")).toBe("404 no WebSocket here");
});

test("a message that fails is logged, and the client stays", async () => {
  const node = await started();
  const ann = await node.connect("/ws", { query: { token: "ann" } });
  ann.send("fail");
  ann.send("again");
  await node.settled();
  expect(node.logs.map(({ message }) => message)).toEqual([
    "socket /ws message failed: TypeError: failed",
  ]);
  expect(ann.json).toMatchObject([{ said: "again" }]);
});
