package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import dev.runar.internal.protocol.Client;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the node says, but for the publications themselves. Immutable; any thread.
 *
 * <p>A {@code ttl} is in seconds; 0: it does not expire.
 */
public sealed interface CentrifugalReply {

  /** Answers the command with this id. */
  sealed interface Answer extends CentrifugalReply {
    long id();
  }

  /** The last word of a session, where its connection has no close code. */
  record Disconnected(int code, String reason) implements CentrifugalReply {}

  /** Comes by itself. */
  sealed interface Push extends CentrifugalReply {
    String channel();
  }

  /** One message of a channel, as it is remembered. */
  record Past(long offset, Payload data) {}

  /**
   * What a subscriber is told of its subscription.
   *
   * @param position where it begins; null: the channel has no history, so it has none
   * @param isRecovered {@code missed} is all that was published since the position that was asked
   * @param wasRecovering the client asked for what it had missed
   */
  record Granted(
      long ttl,
      @Nullable StreamPosition position,
      boolean wasRecovering,
      boolean isRecovered,
      List<Past> missed) {}

  record Failed(long id, int code, String message, boolean isTemporary) implements Answer {}

  /**
   * The session is open.
   *
   * @param subs what the server has subscribed it to
   * @param pingSeconds how often the server pings
   * @param session what the client names the session by in requests of its own; empty: it needs
   *     none
   * @param data for the client; null: none
   */
  record Connected(
      long id,
      String client,
      long ttl,
      Map<String, Granted> subs,
      int pingSeconds,
      String session,
      @Nullable Payload data)
      implements Answer {}

  record Subscribed(long id, Granted granted) implements Answer {}

  record Unsubscribed(long id) implements Answer {}

  record Published(long id) implements Answer {}

  /** Who is there, by the first session of each. */
  record Presence(long id, Map<String, Client> clients) implements Answer {}

  record PresenceStats(long id, int clients, int users) implements Answer {}

  record History(long id, List<Past> publications, StreamPosition position) implements Answer {}

  record Result(long id, Payload data) implements Answer {}

  record Refreshed(long id, String client, long ttl) implements Answer {}

  record SubRefreshed(long id, long ttl) implements Answer {}

  record Joined(String channel, Client who) implements Push {}

  record Left(String channel, Client who) implements Push {}

  /** The subscription has ended; at 2500 and above the client subscribes again. */
  record Ended(String channel, int code, String reason) implements Push {}
}
