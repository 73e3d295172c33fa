package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.TopicPath;
import java.util.Map;

/**
 * A topic that a service says it writes on. Immutable.
 *
 * @param topic as the node spells it
 * @param description one sentence, or empty
 * @param rate packets in a second; 0: not said
 */
public record DeclaredTopic(String topic, String description, double rate) {
  /** As {@code $registry} shows it. */
  Map<String, Object> asMap() {
    return Map.of("topic", topic, "description", description, "rate", rate);
  }

  /**
   * What a service of a network says.
   *
   * @throws RunarException {@code INVALID_PATH} for what is no topic of a service
   */
  public static DeclaredTopic of(String text, String description, double rate, String networkId) {
    TopicPath path = TopicPath.parse(text, networkId);
    if (path.service().startsWith("$")) {
      throw new RunarException(
          Code.INVALID_PATH, "topics: " + text + " is the node's own: it cannot be declared");
    }
    String topic = path.network().equals(networkId) ? path.text() : path.full();
    return new DeclaredTopic(topic, description, rate);
  }
}
