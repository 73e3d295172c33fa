// Tries to start a node, and prints why it could not and what listens in its place.
import { Node } from "runar-ts";

const node = new Node({ server: { port: 0 } });
node.addService({ name: "app", path: "app", actions: { a: () => 1 } }).catch(() => {});
const error = await node.start().catch((error) => error);
const handles = process.getActiveResourcesInfo?.() ?? [];
const open = handles.filter((handle) => /Server/.test(handle));
console.log(JSON.stringify({ code: error?.code, message: error?.message, open }));
