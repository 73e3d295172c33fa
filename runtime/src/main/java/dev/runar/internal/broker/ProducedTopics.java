package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.topic.BytesFrame;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * The topics that one client publishes bytes on, and their numbers, which are the session's own: 1,
 * 2 and so on. Lane's thread only.
 */
final class ProducedTopics {
  private final int bound;
  private final List<String> topics = new ArrayList<>(2);

  ProducedTopics(int bound) {
    this.bound = bound;
  }

  /**
   * The number of a topic; the same when it is asked for again.
   *
   * @throws RunarException {@code OVERLOADED} when there are too many
   */
  long number(String topic) {
    int known = topics.indexOf(topic);
    if (known >= 0) {
      return known + 1L;
    }
    if (topics.size() >= bound) {
      throw new RunarException(
          Code.OVERLOADED, "the session publishes bytes on " + bound + " topics already");
    }
    topics.add(topic);
    return topics.size();
  }

  /** What a binary message of the client says. */
  TopicFrame.Inbound read(byte[] bytes, int from, int length) {
    BytesFrame.Publish publish = BytesFrame.publish(bytes, from, length);
    if (publish == null) {
      return new TopicFrame.Invalid(
          "a binary message is 0x02, the number of a topic, then the packet", null);
    }
    if (publish.number() < 1 || publish.number() > topics.size()) {
      return new TopicFrame.Invalid(
          publish.number() + " is not the number of a topic that you asked for", null);
    }
    String topic = topics.get((int) publish.number() - 1);
    return new TopicFrame.Publish(topic, Payload.encoded(Kind.BYTES, publish.packet()), null);
  }
}
