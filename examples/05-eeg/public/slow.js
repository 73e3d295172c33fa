// A viewer that takes its time with each packet, in a thread of its own: while it sleeps nobody reads
// its connection, so that what it does not read fills the buffers up to the node.
import { Feed, read } from "./feed.js";

/** Memory that may be waited on, also where a page may share none. */
const nap = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);

addEventListener("message", ({ data: { url, topic, pace } }) => {
  const feed = new Feed(url, {
    packet: (_, bytes, missed) => {
      const packet = read(bytes);
      postMessage({ ...packet, missed, behind: Date.now() - packet.at }, [
        packet.microvolts.buffer,
      ]);
      if (pace > 0) Atomics.wait(nap, 0, 0, 1_000 / pace);
    },
    gap: (_, packets) => postMessage({ gap: packets }),
  });
  feed.subscribe(topic);
});
