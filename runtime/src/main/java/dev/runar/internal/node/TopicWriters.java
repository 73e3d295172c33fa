package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.TopicWriter;
import dev.runar.internal.topic.TopicPath;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** The writers of a node, one for each topic. Any thread. */
final class TopicWriters {
  /** Topics whose writers are remembered; those beyond count their drops each on its own. */
  private static final int MOST = 10_000;

  private final EventBus bus;
  private final String networkId;
  private final BooleanSupplier closed;
  private final ConcurrentHashMap<String, TopicWriter> writers = new ConcurrentHashMap<>();

  TopicWriters(EventBus bus, String networkId, BooleanSupplier closed) {
    this.bus = bus;
    this.networkId = networkId;
    this.closed = closed;
  }

  /**
   * The writer of a topic.
   *
   * @throws RunarException {@code INVALID_PATH} for what is no topic; {@code PERMISSION_DENIED} for
   *     a topic of the node itself
   */
  TopicWriter of(String text) {
    TopicPath path = TopicPath.parse(text, networkId);
    if (path.service().startsWith("$")) {
      throw new RunarException(
          Code.PERMISSION_DENIED,
          "the topic " + path.text() + " is the node's own: nobody else writes on it");
    }
    String topic = path.network().equals(networkId) ? path.text() : path.full();
    return writers.size() < MOST
        ? writers.computeIfAbsent(topic, name -> new BusWriter(bus, name, closed))
        : writers.getOrDefault(topic, new BusWriter(bus, topic, closed));
  }
}
