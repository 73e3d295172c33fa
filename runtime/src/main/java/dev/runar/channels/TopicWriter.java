package dev.runar.channels;

import java.nio.ByteBuffer;

/**
 * Writes packets of bytes on one topic, as fast as they come: the topic is looked up once, the
 * answer is there at once, and nothing waits for anybody. Any thread; packets of one thread stay in
 * order.
 *
 * <p>Handlers of services that match the topic get each packet as an event, clients that subscribe
 * to it get it as one. Middleware of publishing is not around it, and an event that no handler
 * takes leaves no trace.
 */
public interface TopicWriter {

  /** What became of one packet. */
  enum Outcome {
    /** It is on its way to everybody who is there; that may be nobody. */
    ACCEPTED,
    /**
     * Somebody does not get it: a handler's queue is full, or an event loop has more to deliver to
     * its clients than it can. A single client that reads too slowly is no reason; see {@link
     * SlowPolicy}.
     */
    DROPPED,
    /** Nobody gets it: the node has stopped. */
    CLOSED
  }

  /** The topic, as the node spells it. */
  String topic();

  /** Writes the array itself: the caller must not change it any more. */
  Outcome offer(byte[] packet);

  /** Writes a copy of what remains in the buffer, whose position stays. */
  default Outcome offer(ByteBuffer packet) {
    byte[] copy = new byte[packet.remaining()];
    packet.get(packet.position(), copy);
    return offer(copy);
  }

  /** How many packets on this topic were dropped since the node began, whoever wrote them. */
  long dropped();
}
