package dev.runar.internal.broker;

import dev.runar.internal.topic.TopicPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How sessions come into channels and patterns, and leave them. Lane's thread of the session. */
final class Subscribing {
  /** What the answer itself may take of a session's room. */
  private static final int ANSWER_BYTES = 2_048;

  private final ChannelTable channels;
  private final BrokerStats stats;

  Subscribing(ChannelTable channels, BrokerStats stats) {
    this.channels = channels;
    this.stats = stats;
  }

  /** A second subscription to the same pattern is without effect. */
  Broker.Subscribed subscribe(
      ClientSession session, TopicPattern pattern, Broker.@Nullable Since since) {
    String spelling = channels.spelling(pattern);
    Membership present = session.memberships().find(spelling);
    if (present != null) {
      return new Broker.Subscribed(position(present), List.of(), false);
    }
    Broker.Subscribed subscribed =
        pattern.isLiteral()
            ? joinChannel(session, pattern, spelling, since)
            : joinPattern(session, pattern, spelling);
    stats.subscriptions.increment();
    return subscribed;
  }

  private Broker.Subscribed joinChannel(
      ClientSession session, TopicPattern literal, String spelling, Broker.@Nullable Since since) {
    long room = session.output().room() - ANSWER_BYTES;
    ChannelTable.Joined joined = channels.join(literal, session.lane(), since, room);
    Channel.Place at = joined.at();
    var membership = new Membership(session, joined.channel(), at.sequence(), at.offset());
    joined.channel().on(session.lane()).add(membership);
    session.memberships().add(spelling, membership);
    List<Remembered> missed = at.missed();
    return missed == null
        ? new Broker.Subscribed(position(membership), List.of(), false)
        : new Broker.Subscribed(position(membership), missed, true);
  }

  private Broker.Subscribed joinPattern(
      ClientSession session, TopicPattern pattern, String spelling) {
    PatternGroup group = channels.join(pattern, spelling, session.lane());
    var membership = new Membership(session, group, -1, -1);
    group.on(session.lane()).add(membership);
    session.memberships().add(spelling, membership);
    return new Broker.Subscribed(position(membership), List.of(), false);
  }

  private static Broker.Position position(Membership membership) {
    return switch (membership.place) {
      case Channel channel -> new Broker.Position(membership.offset, channel.epoch());
      case PatternGroup group -> new Broker.Position(-1, "");
    };
  }

  void unsubscribe(ClientSession session, TopicPattern pattern) {
    String spelling = channels.spelling(pattern);
    Membership membership = session.memberships().find(spelling);
    if (membership != null) {
      session.lane().writeOutFor(session);
      leave(membership);
      session.memberships().remove(spelling);
    }
  }

  void leave(Membership membership) {
    Lane lane = membership.session.lane();
    switch (membership.place) {
      case Channel channel -> {
        channel.on(lane).remove(membership);
        channels.leave(channel, lane);
      }
      case PatternGroup group -> {
        group.on(lane).remove(membership);
        channels.leave(group, lane);
      }
    }
    stats.subscriptions.decrement();
  }
}
