package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.node.Inlet;
import org.jspecify.annotations.Nullable;

/**
 * The way of what is written on one topic to its channel, which is kept as long as it lives. Any
 * thread.
 */
final class ChannelInlet implements Inlet {
  private final Publishing publishing;
  private final String topic;
  private volatile @Nullable Channel channel;

  ChannelInlet(Publishing publishing, String topic) {
    this.publishing = publishing;
    this.topic = topic;
  }

  @Override
  public boolean write(Payload payload) {
    Channel known = channel;
    Channel.Offer answer = known == null ? Channel.Offer.RETIRED : known.offer(payload);
    while (known == null || answer == Channel.Offer.RETIRED) {
      known = publishing.channel(topic);
      channel = known;
      if (known == null) {
        return true; // nobody is there
      }
      answer = known.offer(payload);
    }
    if (known.remembers()) {
      publishing.keepBound();
    }
    return answer == Channel.Offer.TAKEN;
  }
}
