package dev.runar.internal.broker;

import dev.runar.channels.SlowPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publications that a burst is made of, one by one, for a client that cannot take it as a
 * whole. Only channels that may drop what a slow client gets have one. Lane's thread only.
 */
final class Recent {
  private final Channel channel;
  private final List<Publication> publications = new ArrayList<>(2);

  private Recent(Channel channel) {
    this.channel = channel;
  }

  /** Null for a channel that drops nothing. */
  static @Nullable Recent of(Channel channel) {
    return channel.slow() == SlowPolicy.DISCONNECT ? null : new Recent(channel);
  }

  Channel channel() {
    return channel;
  }

  boolean isLatestOnly() {
    return channel.slow() == SlowPolicy.LATEST;
  }

  /** A client that is behind gets them through an offline queue. */
  boolean isSpilled() {
    return channel.slow() == SlowPolicy.SPILL;
  }

  List<Publication> publications() {
    return publications;
  }

  void add(Publication publication) {
    publications.add(publication);
  }

  void clear() {
    publications.clear();
  }
}
