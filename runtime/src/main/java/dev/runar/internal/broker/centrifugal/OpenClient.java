package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.CommandQueue;
import dev.runar.internal.broker.Expiry;
import dev.runar.internal.broker.Inbox;
import dev.runar.internal.broker.Introduction;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Granted;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.StreamPosition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that has connected: what becomes of each of its commands. Lane's thread only. */
final class OpenClient {
  private final ClientSession session;
  private final Setting setting;
  private final Replies replies;
  private final CommandQueue<CentrifugalCommand> queue;
  private final Client who;
  private final Subscriptions subscriptions;
  private final ChannelQuestions questions;
  private final Calls calls;
  private final OfflineCalls offline;
  private final Expiry expiry;

  OpenClient(
      ClientSession session,
      Setting setting,
      Replies replies,
      CommandQueue<CentrifugalCommand> queue,
      Client who) {
    this.session = session;
    this.setting = setting;
    this.replies = replies;
    this.queue = queue;
    this.who = who;
    this.subscriptions = new Subscriptions(session, setting, replies, queue, who);
    this.questions = new ChannelQuestions(session, setting, replies, subscriptions);
    this.calls = new Calls(session, setting, replies, who);
    this.offline = new OfflineCalls(session, replies, who);
    this.expiry = new Expiry(session, setting.clients());
  }

  /**
   * Subscribes to what the server wants it to; {@link #announce} is to follow.
   *
   * @throws dev.runar.RunarException for what the client cannot be subscribed to
   */
  Map<String, Granted> begin(List<String> channels, Map<String, StreamPosition> seen) {
    return subscriptions.beginOfServer(channels, seen);
  }

  /** Tells others that it is there. */
  void announce() {
    subscriptions.announceOfServer();
  }

  /**
   * By when it has to show a newer token.
   *
   * @param epochSecond 0: never
   */
  void expiresAt(long epochSecond) {
    expiry.at(epochSecond, () -> replies.disconnect(Disconnect.EXPIRED, ""));
  }

  void take(CentrifugalCommand.Asked command) {
    switch (command) {
      case CentrifugalCommand.Subscribe subscribe -> subscriptions.subscribe(subscribe);
      case CentrifugalCommand.Unsubscribe unsubscribe -> subscriptions.unsubscribe(unsubscribe);
      case CentrifugalCommand.SubRefresh refresh -> subscriptions.refresh(refresh);
      case CentrifugalCommand.Presence presence -> questions.presence(presence);
      case CentrifugalCommand.PresenceStats stats -> questions.presenceStats(stats);
      case CentrifugalCommand.History history -> questions.history(history);
      case CentrifugalCommand.Publish publish -> calls.publish(publish);
      case CentrifugalCommand.Rpc rpc when OfflineCalls.isFor(rpc.method()) -> offline.take(rpc);
      case CentrifugalCommand.Rpc rpc -> calls.rpc(rpc);
      case CentrifugalCommand.Refresh refresh -> refresh(refresh);
      case CentrifugalCommand.Connect again ->
          replies.disconnect(Disconnect.BAD_REQUEST, "the session is connected already");
      case CentrifugalCommand.Ping(var id) ->
          replies.refuse(id, CentrifugalError.NOT_AVAILABLE, "it is the server that pings");
      case CentrifugalCommand.Unsupported(var id, var what) ->
          replies.refuse(id, CentrifugalError.NOT_AVAILABLE, what);
    }
  }

  void take(CentrifugalCommand.Send message) {
    calls.send(message);
  }

  /** There is no other command for now. */
  void caughtUp() {
    calls.answerPublished();
  }

  private void refresh(CentrifugalCommand.Refresh wanted) {
    if (!expiry.isSet()) {
      replies.refuse(wanted.id(), CentrifugalError.BAD_REQUEST, "the connection does not expire");
      return;
    }
    queue.ask(
        setting
            .clients()
            .tokens()
            .connect(Introduction.of(session, wanted.token(), null, Map.of())),
        verdict -> refreshed(wanted, verdict),
        failure -> replies.uncheckedToken(wanted.id(), failure));
  }

  /** Who it is does not change while it is connected. */
  private void refreshed(CentrifugalCommand.Refresh wanted, ClientTokens.Connecting verdict) {
    switch (verdict) {
      case ClientTokens.Connecting.Refused(var code, var reason) ->
          replies.refuse(wanted.id(), code, reason);
      case ClientTokens.Connecting.Allowed allowed -> {
        if (!allowed.user().equals(who.user())) {
          replies.disconnect(Disconnect.INVALID_TOKEN, "the new token is of another user");
        } else if (setting.clients().isOver(allowed.expiresAt())) {
          replies.refuse(wanted.id(), CentrifugalError.EXPIRED, "the new token");
        } else {
          expiresAt(allowed.expiresAt());
          long ttl = setting.clients().secondsUntil(allowed.expiresAt());
          replies.add(new CentrifugalReply.Refreshed(wanted.id(), who.client(), ttl));
        }
      }
    }
  }

  @Nullable Inbox inbox() {
    return offline.inbox();
  }

  void gap(String channel) {
    subscriptions.gap(channel);
  }

  void closed() {
    expiry.end();
    offline.close();
    try {
      subscriptions.leaveAll();
    } finally {
      calls.cancelAll();
    }
  }
}
