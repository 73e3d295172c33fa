package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens on the channels of apps. Called by lane threads, often under the lock of the
 * channel, so that the calls of one channel come in order: nothing here blocks, throws, or calls
 * back into the app.
 */
public interface AppEvents {
  /**
   * What a client sent.
   *
   * @param data JSON
   * @param userId who sent it, on presence channels
   */
  record Sent(String event, Payload data, String socketId, @Nullable String userId) {}

  /** The channel has its first subscriber. */
  default void channelOccupied(App app, String channel) {}

  /** The channel has lost its last subscriber. */
  default void channelVacated(App app, String channel) {}

  /** The user's first connection has joined a presence channel. */
  default void memberAdded(App app, String channel, String userId) {}

  /** The user's last connection has left a presence channel. */
  default void memberRemoved(App app, String channel, String userId) {}

  /** A client event was published. */
  default void clientEvent(App app, String channel, Sent sent) {}

  /** Somebody subscribed to a cache channel that remembers nothing. */
  default void cacheMiss(App app, String channel) {}

  /** The subscribers were told how many they are. */
  default void subscriptionCount(App app, String channel, int count) {}
}
