package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a client says, however it was spelled. Immutable; any thread.
 *
 * <p>An {@code id} is the client's own mark, above 0, by which it knows the reply.
 */
public sealed interface CentrifugalCommand {

  /** A command that is replied to. */
  sealed interface Asked extends CentrifugalCommand {
    long id();
  }

  /**
   * The first command of a session.
   *
   * @param token empty: none
   * @param data of the client's own, JSON; null: none
   * @param subs where it was in the channels that the server had subscribed it to
   */
  record Connect(
      long id,
      String token,
      @Nullable Payload data,
      String name,
      String version,
      Map<String, StreamPosition> subs)
      implements Asked {}

  /**
   * Wants what is published on a channel.
   *
   * @param token empty: none
   * @param since what came after it is wanted, too; null: nothing of the past is
   */
  record Subscribe(long id, String channel, String token, @Nullable StreamPosition since)
      implements Asked {}

  record Unsubscribe(long id, String channel) implements Asked {}

  record Publish(long id, String channel, Payload data) implements Asked {}

  record Presence(long id, String channel) implements Asked {}

  record PresenceStats(long id, String channel) implements Asked {}

  /**
   * Asks for what was published.
   *
   * @param limit 0: only where the channel stands; below 0: as much as may be
   */
  record History(
      long id, String channel, int limit, @Nullable StreamPosition since, boolean reverse)
      implements Asked {}

  record Ping(long id) implements Asked {}

  record Rpc(long id, String method, Payload data) implements Asked {}

  record Refresh(long id, String token) implements Asked {}

  record SubRefresh(long id, String channel, String token) implements Asked {}

  /** What the protocol has and the node has not. */
  record Unsupported(long id, String what) implements Asked {}

  /** A message that is not replied to. */
  record Send(Payload data) implements CentrifugalCommand {}

  /** The answer to a ping of the server. */
  record Pong() implements CentrifugalCommand {}

  /** A command that is none: its client is disconnected. */
  record Invalid(String problem) implements CentrifugalCommand {}
}
