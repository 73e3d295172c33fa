// The shop with the messaging service of 04-messaging beside it, in one process of Node.js or Bun:
// its page shows how many are connected, and for which clients messages are kept.
import { Node } from "runar-ts";
import { Shop } from "./shop.js";

const node = new Node({ server: { publicFolder: "../04-messaging/public" } });
await import("../04-messaging/app.ts"); // as `runar run` takes it
await node.start(); // it has: there is one node in a program

const shop = new Shop();
shop.about = async () => {
  const { sessions, messages = 0 } = await node.request<Counts>("messaging/counts");
  const clients = await node.broker.offline("demo").members();
  const queues = clients.map(({ user, client }) => `${user}'s ${client}`);
  return { connected: sessions, messages, queues };
};
// For whoever listens: a service, a Java program, `runar tail shop/*`.
shop.on("placed", (order) => {
  node.publish("shop/placed", order).catch((error: Error) => shop.remark("shop", error.message));
});

interface Counts {
  readonly sessions: number;
  readonly messages?: number;
}

console.log(`shop at ${await shop.open(Number(process.env.SHOP_PORT ?? 3001))}`);
console.log(`messaging at ${node.urls[0]}`);
