package dev.runar.internal.broker.centrifugal;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.TopicPattern;

/** The channels of the protocol, which are topics. Stateless. */
final class ChannelName {
  private ChannelName() {}

  /**
   * The topic of a channel.
   *
   * @throws RunarException {@code INVALID_PATH} for a name that is no topic, is a pattern, or names
   *     a topic in another way than the publications on it will
   */
  static TopicPattern topic(String channel, String networkId) {
    TopicPattern topic = TopicPattern.parse(channel, networkId);
    if (!topic.isLiteral()) {
      throw new RunarException(
          Code.INVALID_PATH, "a channel is one topic, so \"" + channel + "\" is none");
    }
    String spelling = topic.network().equals(networkId) ? topic.text() : topic.full();
    if (!spelling.equals(channel)) {
      throw new RunarException(
          Code.INVALID_PATH, "the channel \"" + channel + "\" is called \"" + spelling + "\" here");
    }
    return topic;
  }
}
