// Clients of the node's port that do not behave, with handlers in this program: they read slowly, or
// leave before they have an answer.
import { request } from "node:http";
import { action, type Context, Node, type Session, stream } from "runar-ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RawSocket } from "./socket.js";

const node = new Node({ server: { port: 0 }, requestTimeout: 20_000 });
const heard: unknown[] = [];
let url: string;

beforeAll(async () => {
  node.addService({
    name: "live",
    path: "live",
    actions: {
      lines: stream({
        http: "GET /lines",
        async *handler(_: unknown, ctx: Context) {
          ctx.http?.status(202).header("x-kind", "lines");
          try {
            for (let n = 1; ; n++) {
              yield { n };
            }
          } finally {
            heard.push("lines ended");
          }
        },
      }),
      waits: action({
        http: "GET /waits",
        handler: (_: unknown, ctx: Context) =>
          new Promise((_, reject) => {
            heard.push("waits");
            ctx.signal.addEventListener("abort", () => {
              heard.push("waits aborted");
              reject(new Error("nobody waits"));
            });
          }),
      }),
      refuses: action({
        http: "GET /refuses",
        handler: (_: unknown, ctx: Context) => {
          ctx.http?.status(418).header("x-kind", "teapot");
          ctx.fail("INVALID_INPUT", "tea only", { tea: true });
        },
      }),
    },
    sockets: {
      "/flood": {
        message: async (session: Session) => {
          const piece = "x".repeat(256 << 10);
          let sent = session.send(piece);
          while (sent === "QUEUED") {
            await new Promise(setImmediate); // so that it hears what the node says of its client
            sent = session.send(piece);
          }
          heard.push(sent);
        },
        close: (_: Session, code: number) => heard.push(`closed ${code}`),
      },
    },
  });
  await node.start();
  url = node.urls[0] as string;
});
afterAll(() => node.stop());

test("a client that does not read is full, and then gone, for its handler", async () => {
  const client = (await RawSocket.open(new URL("/flood", url).href)) as RawSocket;
  client.pause();
  client.send("begin");
  await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(2);
  // That it is full and that it is closed may come in one turn, before the handler sends again.
  expect([...heard].sort()).toEqual([expect.stringMatching(/^(CLOSED|FULL)$/), "closed 4008"]);
  client.destroy();
});

test("an answer has the status and the headers that its handler gave before it failed", async () => {
  const response = await fetch(new URL("/refuses", url));
  expect([response.status, response.headers.get("x-kind")]).toEqual([418, "teapot"]);
  expect(await response.json()).toMatchObject({ code: "INVALID_INPUT", detail: "tea only" });
});

test("a stream goes to an HTTP client as far as it reads, and ends when it leaves", async () => {
  const answer = await begun("/lines", "application/x-ndjson");
  expect([answer.statusCode, answer.headers["x-kind"]]).toEqual([202, "lines"]);
  let text = "";
  for await (const piece of answer) {
    text += piece;
    if (text.length > 100_000) {
      break; // which destroys it
    }
  }
  expect(text.split("\n").slice(0, 3)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  await expect.poll(() => heard).toContain("lines ended");
});

test("the signal of a handler aborts when its HTTP client leaves", async () => {
  const asking = request(new URL("/waits", url));
  asking.on("error", () => {});
  asking.end();
  await expect.poll(() => heard).toContain("waits");
  expect(heard).not.toContain("waits aborted");
  asking.destroy();
  await expect.poll(() => heard).toContain("waits aborted");
});

function begun(path: string, accept: string): Promise<import("node:http").IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, url), { headers: { accept } });
    asking.on("response", resolve);
    asking.on("error", reject);
    asking.end();
  });
}
