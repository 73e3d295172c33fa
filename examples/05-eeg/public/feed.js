const RETRY_AFTER = 1_000;

/**
 * A connection to `/topics` whose packets say their topic. It comes back by itself, and then
 * subscribes again. `on` is told what happens: state, packet, event, gap, topics.
 */
export class Feed {
  #url;
  #on;
  #socket;
  #topics = new Set();
  /** By the number of a topic, in this connection: its name and the offset that came last. */
  #numbers = new Map();
  #closed = false;

  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    this.#connect();
  }

  subscribe(topic) {
    this.#topics.add(topic);
    this.#say({ subscribe: topic });
  }

  unsubscribe(topic) {
    this.#topics.delete(topic);
    this.#say({ unsubscribe: topic });
  }

  close() {
    this.#closed = true;
    this.#socket.close();
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#numbers.clear();
    socket.onopen = () => {
      for (const topic of this.#topics) this.#say({ subscribe: topic });
      this.#say({ watch: "topics" });
      this.#on.state?.("live");
    };
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? this.#read(JSON.parse(data)) : this.#packet(new Uint8Array(data));
    socket.onclose = () => {
      if (this.#closed) return;
      this.#on.state?.("lost");
      setTimeout(() => this.#connect(), RETRY_AFTER);
    };
  }

  #say(frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #read(frame) {
    if (frame.number !== undefined) {
      const topic = frame.topic ?? frame.subscribed;
      this.#numbers.set(frame.number, { topic, offset: frame.offset });
    } else if (frame.gap !== undefined) {
      this.#gap(frame.gap);
    } else if (frame.topic !== undefined) {
      this.#on.event?.(frame.topic, frame.data);
    } else if (frame.topics !== undefined) {
      this.#on.topics?.(frame.topics);
    } else if (frame.appeared !== undefined) {
      this.#on.appeared?.(frame.appeared);
    } else if (frame.disappeared !== undefined) {
      this.#on.disappeared?.(frame.disappeared);
    } else if (frame.error !== undefined) {
      console.error(`${frame.error.code}: ${frame.error.message}`);
    }
  }

  #gap({ topic, from, to }) {
    for (const known of this.#numbers.values()) if (known.topic === topic) known.offset = to;
    this.#on.gap?.(topic, to - from + 1);
  }

  /** A byte that is 1, the number of the topic, the offset, and the packet. */
  #packet(bytes) {
    let at = 1;
    const varint = () => {
      for (let value = 0, factor = 1; ; factor *= 128) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) return value;
      }
    };
    const known = this.#numbers.get(varint());
    const offset = varint();
    const { topic, offset: before } = known;
    known.offset = offset;
    this.#on.packet(topic, bytes.subarray(at), before === undefined ? 0 : offset - before - 1);
  }
}

/** What is in a packet: see packet.ts. */
export function read(bytes) {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    first: head.getUint32(0, true),
    electrodes: head.getUint16(4, true),
    samples: head.getUint16(6, true),
    at: head.getFloat64(8, true),
    microvolts: new Float32Array(bytes.slice(16).buffer),
  };
}
