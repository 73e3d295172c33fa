import { Node } from "runar-ts";
import { makeGuestbook } from "./guestbook.ts";

const node = new Node({ server: { port: 3000 } });
node.addService(makeGuestbook());
await node.start();
