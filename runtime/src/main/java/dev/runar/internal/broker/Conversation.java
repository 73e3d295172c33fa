package dev.runar.internal.broker;

import dev.runar.internal.node.SocketEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * One session's side of a protocol: what becomes of the messages that its client sends. Lane's
 * thread only. The arrays belong to the caller and are only valid during the call.
 */
public interface Conversation {
  /** The client sent text, checked to be UTF-8. */
  void text(byte[] utf8, int from, int length);

  /** The client sent bytes. */
  void binary(byte[] bytes, int from, int length);

  /** An endpoint is gone, perhaps the one behind this session. */
  void endpointGone(SocketEndpoint endpoint);

  /** Another endpoint has taken the place of one, perhaps of the one behind this session. */
  void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor);

  /**
   * Publications of a channel that the session subscribes to will never come, as its lane could not
   * keep up; those before {@code from} have come, those after {@code to} follow.
   *
   * @param from the first offset that is missing
   * @param to the last offset that is missing
   */
  default void gap(String topic, long from, long to) {}

  /** The offline messages of its client; null: the client has not said who it is. */
  default @Nullable Inbox inbox() {
    return null;
  }

  /** The session has ended; called exactly once, last. */
  void closed(int code, String reason);
}
