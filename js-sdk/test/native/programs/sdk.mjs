// What the programs here share: the SDK that their test has built, and a way to tell the Java of
// this process what to do.
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const dist = process.env.TEST_DIST;
export const { Node } = await import(`${dist}/node-entry.js`);

/** To be called before the first node. Resolves to what tells it, and waits until it is done. */
export async function agent() {
  let connected;
  const socket = new Promise((resolve) => {
    connected = resolve;
  });
  const server = createServer((each) => connected(each));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  process.env.RUNAR_JAVA_OPTS = `-javaagent:${process.env.TEST_AGENT}=${server.address().port}`;
  const waiting = [];
  let isRead = false;
  return async (line) => {
    const each = await socket;
    each.ref();
    if (!isRead) {
      isRead = true;
      createInterface({ input: each }).on("line", () => waiting.shift()?.());
    }
    await new Promise((resolve) => {
      waiting.push(resolve);
      each.write(`${line}\n`);
    });
    each.unref();
  };
}

/** The last line that a program writes: what its test looks at. */
export function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
