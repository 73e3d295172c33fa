package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import org.jspecify.annotations.Nullable;

/** What a client can say. Immutable; any thread. */
public sealed interface PusherFrame {
  /**
   * {@code pusher:subscribe}.
   *
   * @param auth the signature as {@code key:hex}; null or empty on public channels
   * @param channelData who joins a presence channel, the very text that was signed
   */
  record Subscribe(String channel, @Nullable String auth, @Nullable String channelData)
      implements PusherFrame {}

  /** {@code pusher:unsubscribe}. */
  record Unsubscribe(String channel) implements PusherFrame {}

  /**
   * {@code client-…}.
   *
   * @param data as JSON, the very text that came; other keys of the frame are dropped
   */
  record ClientEvent(String event, String channel, Payload data) implements PusherFrame {}

  /** {@code pusher:signin}. */
  record Signin(String auth, String userData) implements PusherFrame {}

  /** {@code pusher:ping}. */
  record Ping() implements PusherFrame {}

  /** {@code pusher:pong}. */
  record Pong() implements PusherFrame {}

  /** Anything else. The session lives on. */
  record Invalid(String problem) implements PusherFrame {}
}
