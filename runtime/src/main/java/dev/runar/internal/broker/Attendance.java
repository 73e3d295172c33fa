package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.Spelling;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicWriter;

/**
 * One session's presence in a channel: who asks finds it there, and subscribers of every dialect
 * are told when it comes and goes, as the channel's rule says. Lane's thread only.
 */
public final class Attendance {
  private final ClientSession session;
  private final ClientSetting clients;
  private final String channel;
  private final ChannelRule rule;
  private final Client who;
  private boolean isNews;

  private Attendance(
      ClientSession session, ClientSetting clients, String channel, ChannelRule rule, Client who) {
    this.session = session;
    this.clients = clients;
    this.channel = channel;
    this.rule = rule;
    this.who = who;
  }

  /**
   * Of a session that is about to subscribe; {@link #enter} is to follow.
   *
   * @param channel as the node spells it
   */
  public static Attendance of(
      ClientSession session, ClientSetting clients, String channel, Client who) {
    return new Attendance(session, clients, channel, session.broker().rule(channel), who);
  }

  /** What the channel promises. */
  public ChannelRule rule() {
    return rule;
  }

  /** It comes; false: there is no room for it. */
  public boolean enter() {
    PresenceTable.Entered entered =
        rule.presence()
            ? clients.presence().enter(channel, session.id(), who)
            : PresenceTable.Entered.FIRST;
    isNews = entered == PresenceTable.Entered.FIRST;
    return entered != PresenceTable.Entered.REFUSED;
  }

  /** The others are told once that it has come, behind what it has been told itself. */
  public void tellJoined() {
    if (rule.joinLeave() && isNews) {
      isNews = false;
      tell(
          new CentrifugalReply.Joined(channel, who), new TopicFrame.MemberNews(true, channel, who));
      session.broker().slowDown(session);
    }
  }

  /** It goes before anybody has been told that it came. */
  public void withdraw() {
    boolean _ = isLast();
  }

  private boolean isLast() {
    return !rule.presence() || clients.presence().leave(channel, session.id(), who);
  }

  /** It goes, and the others are told. */
  public void leave() {
    boolean isLast = isLast();
    if (rule.joinLeave() && isLast) {
      tell(new CentrifugalReply.Left(channel, who), new TopicFrame.MemberNews(false, channel, who));
    }
  }

  /** Each spelling is made once for all. */
  private void tell(CentrifugalReply.Push push, TopicFrame.MemberNews news) {
    tell(Kind.JSON, Spelling.JSON.write(push), Dialect.CENTRIFUGAL_JSON);
    tell(Kind.BYTES, Spelling.PROTOBUF.write(push), Dialect.CENTRIFUGAL_PROTOBUF);
    tell(Kind.JSON, TopicWriter.write(news), Dialect.TOPICS);
  }

  private void tell(Kind kind, byte[] written, Dialect dialect) {
    session.broker().announce(channel, Payload.encoded(kind, written), dialect, null);
  }
}
