// Much that goes through a node with little room.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Node } from "runar-ts";
import { expect, test } from "vitest";

// All that goes through has no room at a time in the heap of the Java machine either.
const HEAP = 256 << 20;
process.env["RUNAR_JAVA_OPTS"] = `-Xmx${HEAP}`;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What `$runtime/status` says. */
interface Status {
  readonly memory: { readonly heapMax: number };
  readonly contexts: readonly { readonly waitingBytes: number }[];
}

/** What is in use, without garbage; also where the Java machine is in this process. */
function ofJavaScript(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("256 MiB of events go through a bound of 1 MiB, and memory holds", async () => {
  const count = 1_024;
  const size = 256 << 10;
  const bound = 1 << 20;
  const node = new Node({ server: { port: 0 }, limits: { queuedBytes: bound } });
  await node.start();
  let handled = 0;
  await node.subscribe("big/x", (payload) => {
    handled += (payload as Uint8Array).length === size ? 1 : 0;
  });
  const before = ofJavaScript();
  let left = count;
  let refused = 0;
  const publisher = async (): Promise<void> => {
    const payload = new Uint8Array(size);
    while (left-- > 0) {
      while ((await node.publish("big/x", payload)).refused > 0) {
        refused++;
      }
    }
  };
  const publishers = Array.from({ length: 4 }, publisher);
  let most = 0;
  const watcher = async (): Promise<void> => {
    while (left > 0) {
      const { contexts } = await node.request<Status>("$runtime/status");
      most = Math.max(most, contexts[0]?.waitingBytes ?? 0);
    }
  };
  await Promise.all([...publishers, watcher()]);
  await expect.poll(() => handled).toBe(count);
  const grown = ofJavaScript() - before;
  const { memory } = await node.request<Status>("$runtime/status");
  await node.stop();
  expect(refused).toBeGreaterThan(0);
  expect(most).toBeGreaterThan(size);
  expect(most).toBeLessThanOrEqual(bound + 1_024);
  expect(grown).toBeLessThan(128 << 20);
  expect(memory.heapMax).toBeLessThanOrEqual(HEAP);
}, 120_000);
