package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.TopicPath;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A topic that a service says it writes on. Immutable.
 *
 * @param topic as the node spells it
 * @param description one sentence, or empty
 * @param contentType of its packets, such as {@code application/json}
 * @param rate packets in a second; 0: not said
 */
public record DeclaredTopic(String topic, String description, String contentType, double rate) {
  /** What nobody has said anything about is bytes. */
  public static final String BYTES = "application/octet-stream";

  private static final Pattern CONTENT_TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(;[ -~]{1,100})?");

  /** As {@code $registry} shows it. */
  Map<String, Object> asMap() {
    return Map.of(
        "topic", topic, "description", description, "contentType", contentType, "rate", rate);
  }

  /**
   * What a service of a network says.
   *
   * @throws RunarException {@code INVALID_PATH} for what is no topic of a service, {@code
   *     INVALID_INPUT} for what is no content type
   */
  public static DeclaredTopic of(
      String text, String description, String contentType, double rate, String networkId) {
    TopicPath path = TopicPath.parse(text, networkId);
    if (path.service().startsWith("$")) {
      throw new RunarException(
          Code.INVALID_PATH, "topics: " + text + " is the node's own: it cannot be declared");
    }
    String topic = path.network().equals(networkId) ? path.text() : path.full();
    if (!CONTENT_TYPE.matcher(contentType).matches()) {
      throw new RunarException(
          Code.INVALID_INPUT, "topics: " + text + ": \"" + contentType + "\" is no content type");
    }
    return new DeclaredTopic(topic, description, contentType, rate);
  }
}
