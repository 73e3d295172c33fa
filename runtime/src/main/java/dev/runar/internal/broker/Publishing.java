package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.topic.TopicPath;
import org.jspecify.annotations.Nullable;

/** How publications come into their channels, and pages of them out again. Any thread. */
final class Publishing {
  private final ChannelTable channels;
  private final Histories histories;
  private final Congestion congestion;

  Publishing(ChannelTable channels, Histories histories, Congestion congestion) {
    this.channels = channels;
    this.histories = histories;
    this.congestion = congestion;
  }

  /**
   * Hands a publication to the subscribers of its topic, and to its channel's memory.
   *
   * @param except the session that does not get it; null: all do
   * @return the subscriptions it was handed to
   */
  int publish(String topic, Payload payload, @Nullable String except) {
    Channel channel = channels.forPublish(topic);
    while (channel != null) {
      int clients = channel.publish(payload, except);
      if (clients != Channel.RETIRED) {
        if (channel.remembers()) {
          histories.keepBound();
        }
        return clients;
      }
      channel = channels.forPublish(topic);
    }
    return 0;
  }

  /** The channel of a topic, if anybody would get what is published on it. */
  @Nullable Channel channel(String topic) {
    return channels.forPublish(topic);
  }

  /** What is remembered stays within its bound. */
  void keepBound() {
    histories.keepBound();
  }

  /** See {@link Channel#announce}. */
  void announce(String topic, Payload payload, Dialect dialect, @Nullable String except) {
    Channel channel = channels.find(topic);
    if (channel != null) {
      channel.announce(payload, dialect, except);
    }
  }

  /** A lane with subscribers of the topic cannot keep up. */
  boolean isCongested(String topic) {
    Channel channel = congestion.isPresent() ? channels.forPublish(topic) : null;
    return channel != null && channel.isCongested();
  }

  /** A page of what a channel remembers; its channel is made if its rule remembers. */
  History history(TopicPath topic, HistoryRange range) {
    Channel channel = channels.remembering(topic);
    return channel == null ? History.none(range) : channel.history(range);
  }
}
