package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientRights;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.History;
import dev.runar.internal.broker.HistoryRange;
import dev.runar.internal.broker.PresenceTable;
import dev.runar.internal.broker.Remembered;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Past;
import dev.runar.internal.protocol.centrifugal.StreamPosition;
import dev.runar.spi.Authorizer.Verb;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one client asks of channels: who is there, and what was published. It may ask where it
 * subscribes, or could. Lane's thread only.
 */
final class ChannelQuestions {
  /** Of one page. */
  static final int MOST_PUBLICATIONS = 1_000;

  private final Broker broker;
  private final Setting setting;
  private final ClientRights rights;
  private final Replies replies;
  private final Subscriptions subscriptions;

  ChannelQuestions(
      ClientSession session, Setting setting, Replies replies, Subscriptions subscriptions) {
    this.broker = session.broker();
    this.setting = setting;
    this.rights = new ClientRights(session);
    this.replies = replies;
    this.subscriptions = subscriptions;
  }

  void presence(CentrifugalCommand.Presence asked) {
    String channel = asked.channel();
    if (isPresenceOpen(asked.id(), channel)) {
      replies.addIfRoom(
          new CentrifugalReply.Presence(asked.id(), setting.clients().presence().clients(channel)));
    }
  }

  void presenceStats(CentrifugalCommand.PresenceStats asked) {
    String channel = asked.channel();
    if (isPresenceOpen(asked.id(), channel)) {
      PresenceTable.Counts counts = setting.clients().presence().counts(channel);
      replies.add(new CentrifugalReply.PresenceStats(asked.id(), counts.clients(), counts.users()));
    }
  }

  private boolean isPresenceOpen(long id, String channel) {
    if (!broker.rule(channel).presence()) {
      replies.refuse(
          id, CentrifugalError.NOT_AVAILABLE, "the rule of " + channel + " has no presence");
      return false;
    }
    return maySee(id, channel);
  }

  private boolean maySee(long id, String channel) {
    boolean may = subscriptions.has(channel) || rights.allow(Verb.SUBSCRIBE, channel);
    if (!may) {
      replies.refuse(
          id, CentrifugalError.PERMISSION_DENIED, "clients may not subscribe " + channel);
    }
    return may;
  }

  /** A page ends where an answer would be larger than what may still wait for a client. */
  void history(CentrifugalCommand.History asked) {
    String channel = asked.channel();
    if (broker.rule(channel).history() == 0) {
      replies.refuse(
          asked.id(), CentrifugalError.NOT_AVAILABLE, "the rule of " + channel + " has no history");
    } else if (maySee(asked.id(), channel)) {
      answer(asked);
    }
  }

  private void answer(CentrifugalCommand.History asked) {
    boolean isAll = asked.limit() < 0 || asked.limit() > MOST_PUBLICATIONS;
    Broker.Since since = since(asked);
    var range = new HistoryRange(since, isAll ? MOST_PUBLICATIONS : asked.limit(), asked.reverse());
    History page = broker.history(asked.channel(), range);
    if (since != null && isLost(since, range, page)) {
      replies.refuse(
          asked.id(),
          CentrifugalError.UNRECOVERABLE_POSITION,
          "what follows " + since.offset() + " of " + since.epoch() + " is not remembered");
      return;
    }
    var position = new StreamPosition(page.position().offset(), page.position().epoch());
    List<Past> fitting =
        replies.room().page(page.publications(), asked.channel()).stream()
            .map(each -> new Past(each.offset(), each.payload()))
            .toList();
    replies.add(new CentrifugalReply.History(asked.id(), fitting, position));
  }

  /** Who does not say an epoch means the one of now. */
  private Broker.@Nullable Since since(CentrifugalCommand.History asked) {
    StreamPosition given = asked.since();
    if (given == null) {
      return null;
    }
    String epoch =
        given.epoch().isEmpty()
            ? broker.history(asked.channel(), new HistoryRange(null, 0, false)).position().epoch()
            : given.epoch();
    return new Broker.Since(given.offset(), epoch);
  }

  private static boolean isLost(Broker.Since since, HistoryRange range, History page) {
    if (!page.isKnown()) {
      return true;
    }
    if (range.reverse() || range.limit() == 0) {
      return false;
    }
    List<Remembered> found = page.publications();
    return found.isEmpty()
        ? since.offset() != page.position().offset()
        : found.get(0).offset() != since.offset() + 1;
  }
}
