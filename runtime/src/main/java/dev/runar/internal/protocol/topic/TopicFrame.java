package dev.runar.internal.protocol.topic;

import dev.runar.Payload;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.PublicError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a client and the node can say to each other on {@code /topics}, but for the
 * publications themselves. Immutable; any thread.
 *
 * <p>An {@code id} is the client's own mark, kept as the JSON text it came in and given back
 * unchanged; null when there was none.
 */
public sealed interface TopicFrame {

  /** What a client says. */
  sealed interface Inbound extends TopicFrame {
    /** The client's mark; null: it has none. */
    default @Nullable String id() {
      return null;
    }
  }

  /** What a client says of its offline messages. */
  sealed interface OfInbox extends Inbound {}

  /** What the node says. */
  sealed interface Outbound extends TopicFrame {}

  /** What a client has seen of a topic: everything up to an offset of one epoch. */
  record Since(long offset, String epoch) {}

  /**
   * Says who the client is, or shows a newer token.
   *
   * @param token empty: it shows none
   * @param client what the device is called; null: as before, or as the session
   */
  record Connect(String token, @Nullable String client, @Nullable String id) implements Inbound {}

  /**
   * Asks for events.
   *
   * @param since after which it wants what it missed; null: only what is new
   * @param members whether it wants to be told who comes and goes
   */
  record Subscribe(String pattern, @Nullable Since since, boolean members, @Nullable String id)
      implements Inbound {}

  record Unsubscribe(String pattern, @Nullable String id) implements Inbound {}

  record Publish(String topic, Payload data, @Nullable String id) implements Inbound {}

  /**
   * Calls an action.
   *
   * @param timeoutMs 0: the node's own
   */
  record Request(String path, Payload data, String id, long timeoutMs) implements Inbound {}

  /**
   * Asks for the topics that live.
   *
   * @param pattern null: all topics
   */
  record ListTopics(@Nullable String pattern, @Nullable String id) implements Inbound {}

  /**
   * Asks for a pong.
   *
   * @param echo any JSON value, given back in the pong
   */
  record Ping(Payload echo) implements Inbound {}

  /** Asks to be told of topics that services declare from now on, and do not any more. */
  record WatchTopics(@Nullable String id) implements Inbound {}

  /** Asks for a number under which the client may publish bytes on a topic. */
  record Produce(String topic, @Nullable String id) implements Inbound {}

  /**
   * Asks for a page of what a topic's channel remembers.
   *
   * @param since where the page begins; null: at the oldest, or reverse at the newest
   */
  record ReadHistory(String topic, @Nullable Since since, int limit, boolean reverse, String id)
      implements Inbound {}

  /**
   * Asks for the messages of a group that wait for the client.
   *
   * @param isLive whether it wants those that come later too
   */
  record ReadUnacked(String group, boolean isLive, @Nullable String id) implements OfInbox {}

  /** The client has messages for good. */
  record Ack(String group, List<Long> messages, @Nullable String id) implements OfInbox {}

  /** The client could not handle a message. */
  record Nack(String group, long message, String cause, @Nullable String id) implements OfInbox {}

  /** Asks who subscribes to a topic. */
  record ReadPresence(String topic, String id) implements Inbound {}

  /** A frame that is none: it is answered with an error, and the session lives on. */
  record Invalid(String problem, @Nullable String id) implements Inbound {}

  /**
   * Says who the client is known to be.
   *
   * @param user empty: nobody is known
   * @param ttl seconds until a newer token is to be shown; 0: never
   */
  record Connected(String session, String user, String client, long ttl, @Nullable String id)
      implements Outbound {}

  /**
   * Says from where on a subscriber gets publications.
   *
   * @param offset the newest publication before the first that this subscriber gets; -1 for a
   *     pattern, which has no order of its own
   * @param number what stands for the topic in front of packets; -1: nothing does
   * @param recovered whether all that was missed follows; null: nothing was asked for
   */
  record Subscribed(
      String pattern,
      long offset,
      String epoch,
      long number,
      @Nullable Boolean recovered,
      @Nullable String id)
      implements Outbound {}

  /** An event of a page of history. */
  record Past(long offset, Payload payload) {}

  /** A page of history, and where the channel stands. */
  record Page(List<Past> history, long offset, String epoch, String id) implements Outbound {}

  /** Events that will never come, from and to these offsets, both among them. */
  record Gap(String topic, long from, long to) implements Outbound {}

  /**
   * The client may publish bytes on the topic.
   *
   * @param number what it puts in front of them
   */
  record Producing(String topic, long number, @Nullable String id) implements Outbound {}

  /** So many messages of a group wait, and follow. */
  record Unacked(String group, int waiting, @Nullable String id) implements Outbound {}

  /** Nothing more comes of a group. */
  record Ended(String group, String why) implements Outbound {}

  /**
   * What has become of an acknowledgement.
   *
   * @param unknown those that do not wait, or were never given
   * @param level what holds for the others
   */
  record Acked(List<Long> acked, List<Long> unknown, String level, @Nullable String id)
      implements Outbound {}

  /**
   * A message will be given again, or is a dead letter.
   *
   * @param refusals how often the client said so
   */
  record Nacked(long message, int refusals, @Nullable String id) implements Outbound {}

  /** Events of a topic come as messages of the group of that name, from this offset on. */
  record Spilled(String topic, long from) implements Outbound {}

  /** Events of a topic come by themselves again, from this offset on. */
  record Live(String topic, long from) implements Outbound {}

  record Unsubscribed(String pattern, @Nullable String id) implements Outbound {}

  record Published(String topic, String id, int matched, int queued, int refused, int clients)
      implements Outbound {}

  record Result(String id, Payload result) implements Outbound {}

  record Failed(PublicError error, @Nullable String id) implements Outbound {
    public Failed(Code code, String message, @Nullable String id) {
      this(new PublicError(code, message), id);
    }
  }

  /** Who subscribes to a topic. */
  record Members(List<Client> members, String id) implements Outbound {}

  /** A client has come to a topic, or gone. */
  record MemberNews(boolean hasJoined, String topic, Client member) implements Outbound {}

  record Topics(List<String> topics, @Nullable String id) implements Outbound {}

  record Pong(Payload echo) implements Outbound {}
}
