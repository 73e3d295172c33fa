// The shop with the chat of 03-chat beside it, in one process of Node.js or Bun: the workshop reads
// of each order in its room, and says there what is ready.
import { randomUUID } from "node:crypto";
import { Node } from "runar-ts";
import { Shop } from "./shop.js";

const node = new Node({ server: { publicFolder: "../03-chat/public" } });
await import("../03-chat/app.ts"); // as `runar run` takes it
await node.start(); // it has: there is one node in a program

const shop = new Shop();
const workshop = node.broker.app("chat").channel("presence-room-workshop");

shop.on("placed", ({ id, customer, item }) => {
  const message = {
    id: randomUUID(),
    from: { id: "shop", name: "The shop" },
    text: `#${id} is new: ${item}, for ${customer}`,
    at: Date.now(),
  };
  workshop.publish("message", message).catch((error: Error) => shop.remark("shop", error.message));
});

// Whatever is published in the room, the shop's own words too.
await node.subscribe<Said>("$app/chat/presence-room-workshop", ({ event, data }) => {
  if (event !== "message") return;
  const { from, text } = JSON.parse(data) as { from: { id: string; name: string }; text: string };
  if (from.id === "shop") return;
  shop.remark(from.name, text);
  const named = /^#(\d+) is ready\b/i.exec(text)?.[1];
  if (named !== undefined) shop.ready(Number(named));
});

shop.about = async () => ({
  people: (await workshop.presence()).map(({ info }) => (info as { name: string }).name),
});

interface Said {
  readonly event: string;
  readonly data: string;
}

console.log(`shop at ${await shop.open(Number(process.env.SHOP_PORT ?? 3001))}`);
console.log(`chat at ${node.urls[0]}`);
