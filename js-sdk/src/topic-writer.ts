import { UnsupportedValueError } from "./errors.js";
import type { HostTopic, WriteOutcome } from "./host.js";

/**
 * Writes packets of bytes on one topic. Clients that subscribe to it get each packet as one binary
 * message, handlers of services each as an event whose payload is a `Uint8Array`.
 */
export class TopicWriter {
  readonly #topic: HostTopic;

  /** @internal */
  constructor(topic: HostTopic) {
    this.#topic = topic;
  }

  /** The topic, as the node spells it. */
  get topic(): string {
    return this.#topic.name();
  }

  /** How many packets on this topic were dropped since the node began, whoever wrote them. */
  get dropped(): number {
    return this.#topic.dropped();
  }

  /**
   * Writes one packet: its bytes are copied. Answers at once and never waits.
   *
   * @returns `ACCEPTED`: it is on its way to everybody who is there, which may be nobody;
   *   `DROPPED`: somebody does not get it, since a handler's queue is full or an event loop has
   *   more to deliver than it can; `CLOSED`: the node has stopped
   * @throws UnsupportedValueError for what is no bytes
   */
  write(packet: ArrayBuffer | ArrayBufferView): WriteOutcome {
    if (!ArrayBuffer.isView(packet) && !(packet instanceof ArrayBuffer)) {
      throw new UnsupportedValueError(
        "a packet is bytes: a Uint8Array, another view, or an ArrayBuffer",
      );
    }
    return this.#topic.write(packet);
  }
}
