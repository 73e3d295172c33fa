import { Node } from "runar-ts";
import { QueueDirectory } from "./directory.ts";
import { HkdfKeys } from "./keys.ts";
import { messaging } from "./messaging.ts";
import { Tokens } from "./tokens.ts";

const node = new Node({
  // A client that is silent for 25 s is pinged, one that does not answer within 8 s is closed.
  server: { port: 3000, pingInterval: 25_000, idleTimeout: 33_000 },
  offline: { path: ".data/messages" },
});
const secret = process.env.MESSAGING_SECRET;
const tokens = new Tokens(secret);

// Who an HTTP client is; actions see it as ctx.identity.
node.identify(({ bearer }) => tokens.userOf(bearer ?? undefined) ?? null);

await node.addService(
  messaging({
    node,
    tokens,
    directory: new QueueDirectory(node),
    keys: new HkdfKeys(secret),
    // Gives a token to whoever asks for one: a real service has a sign-in in its place.
    hasLogin: process.env.MESSAGING_LOGIN === "development",
  }),
);
await node.start();
