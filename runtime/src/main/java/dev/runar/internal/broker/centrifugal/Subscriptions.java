package dev.runar.internal.broker.centrifugal;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.Attendance;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientRights;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.CommandQueue;
import dev.runar.internal.broker.Expiry;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Granted;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Past;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.StreamPosition;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Authorizer.Verb;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one client subscribes to, and who lets it. Lane's thread only. */
final class Subscriptions {
  static final int INSUFFICIENT_STATE = 2500;
  static final int EXPIRED = 2501;

  private final ClientSession session;
  private final Broker broker;
  private final Setting setting;
  private final ClientRights rights;
  private final Replies replies;
  private final CommandQueue<CentrifugalCommand> queue;
  private final Client who;
  private final Map<String, Held> held = new HashMap<>(4);

  /** One subscription. */
  private record Held(Attendance attendance, boolean isOfServer, Expiry expiry) {
    ChannelRule rule() {
      return attendance.rule();
    }
  }

  Subscriptions(
      ClientSession session,
      Setting setting,
      Replies replies,
      CommandQueue<CentrifugalCommand> queue,
      Client who) {
    this.session = session;
    this.broker = session.broker();
    this.setting = setting;
    this.rights = new ClientRights(session);
    this.replies = replies;
    this.queue = queue;
    this.who = who;
  }

  boolean has(String channel) {
    return held.containsKey(channel);
  }

  /** A token stands for the authorizer, but not where the topics are the node's own. */
  void subscribe(CentrifugalCommand.Subscribe wanted) {
    String channel = wanted.channel();
    TopicPattern topic = ChannelName.topic(channel, broker.options().networkId());
    boolean isByToken = !wanted.token().isEmpty();
    boolean mustAsk = !isByToken || topic.text().startsWith("$");
    int bound = broker.options().subscriptionsPerSession();
    if (has(channel)) {
      refuse(wanted, CentrifugalError.ALREADY_SUBSCRIBED, channel);
    } else if (held.size() >= bound) {
      refuse(
          wanted,
          CentrifugalError.LIMIT_EXCEEDED,
          "the session has " + bound + " subscriptions, as many as it may have");
    } else if (mustAsk && !rights.allow(Verb.SUBSCRIBE, channel)) {
      refuse(
          wanted,
          CentrifugalError.PERMISSION_DENIED,
          "clients may not subscribe " + channel + " by themselves");
    } else if (isByToken) {
      queue.ask(
          setting.clients().tokens().subscribe(who.user(), who.client(), channel, wanted.token()),
          verdict -> decided(wanted, topic, verdict),
          failure -> replies.uncheckedToken(wanted.id(), failure));
    } else {
      join(wanted, topic, null, 0);
    }
  }

  private void decided(
      CentrifugalCommand.Subscribe wanted, TopicPattern topic, ClientTokens.Subscribing verdict) {
    switch (verdict) {
      case ClientTokens.Subscribing.Refused(var code, var reason) ->
          replies.refuse(wanted.id(), code, reason);
      case ClientTokens.Subscribing.Allowed(var info, var expiresAt) -> {
        if (setting.clients().isOver(expiresAt)) {
          refuse(wanted, CentrifugalError.EXPIRED, "the token of " + wanted.channel());
        } else {
          join(wanted, topic, info, expiresAt);
        }
      }
    }
  }

  private void join(
      CentrifugalCommand.Subscribe wanted,
      TopicPattern topic,
      @Nullable Payload info,
      long expiresAt) {
    String channel = wanted.channel();
    var member = new Client(who.user(), who.client(), who.info(), info);
    Held joining = held(channel, member, false);
    if (!joining.attendance().enter()) {
      refuse(wanted, CentrifugalError.LIMIT_EXCEEDED, channel + " has no room for one more client");
      return;
    }
    held.put(channel, joining);
    joining.expiry().at(expiresAt, () -> expired(channel));
    Granted granted =
        begin(topic, joining, wanted.since(), setting.clients().secondsUntil(expiresAt));
    replies.add(new CentrifugalReply.Subscribed(wanted.id(), granted));
    announceJoin(joining);
  }

  private Held held(String channel, Client member, boolean isOfServer) {
    return new Held(
        Attendance.of(session, setting.clients(), channel, member),
        isOfServer,
        new Expiry(session, setting.clients()));
  }

  private Granted begin(TopicPattern topic, Held joining, @Nullable StreamPosition seen, long ttl) {
    var since = seen == null ? null : new Broker.Since(seen.offset(), seen.epoch());
    Broker.Subscribed subscribed = broker.subscribe(session, topic, since);
    if (seen != null) {
      setting.stats().recovering(subscribed.recovered());
    }
    if (joining.rule().history() == 0) {
      return new Granted(ttl, null, seen != null, false, List.of());
    }
    Broker.Position position = subscribed.position();
    boolean isRecovered = seen != null && subscribed.recovered();
    // What is missed follows what was seen.
    long offset = seen != null && isRecovered ? seen.offset() : position.offset();
    return new Granted(
        ttl,
        new StreamPosition(offset, position.epoch()),
        seen != null,
        isRecovered,
        subscribed.missed().stream().map(past -> new Past(past.offset(), past.payload())).toList());
  }

  /** The others are told behind the reply, and so is the client itself. */
  private void announceJoin(Held joined) {
    if (joined.rule().joinLeave()) {
      replies.flush();
      joined.attendance().tellJoined();
    }
  }

  /**
   * Subscribes to what the server wants it to; {@link #announceOfServer} is to follow.
   *
   * @param seen where the client was in them
   * @throws dev.runar.RunarException {@code INVALID_PATH} for a channel that is none
   */
  Map<String, Granted> beginOfServer(List<String> channels, Map<String, StreamPosition> seen) {
    var granted = new LinkedHashMap<String, Granted>();
    for (String channel : channels) {
      TopicPattern topic = ChannelName.topic(channel, broker.options().networkId());
      Held joining = held(channel, who, true);
      boolean isThere = has(channel) || held.size() >= broker.options().subscriptionsPerSession();
      if (!isThere && joining.attendance().enter()) {
        held.put(channel, joining);
        granted.put(channel, begin(topic, joining, seen.get(channel), 0));
      }
    }
    return granted;
  }

  /** Tells the others. */
  void announceOfServer() {
    List.copyOf(held.values()).forEach(this::announceJoin);
  }

  void unsubscribe(CentrifugalCommand.Unsubscribe wanted) {
    end(wanted.channel());
    replies.add(new CentrifugalReply.Unsubscribed(wanted.id()));
  }

  private void end(String channel) {
    Held left = held.remove(channel);
    if (left != null) {
      broker.unsubscribe(session, channel);
      left(left);
      broker.slowDown(session);
    }
  }

  private void left(Held left) {
    left.expiry().end();
    left.attendance().leave();
  }

  /** Publications will never come: the client finds out by subscribing again what it can have. */
  void gap(String channel) {
    Held torn = held.get(channel);
    if (torn == null) {
      return;
    }
    setting.stats().gap();
    if (torn.isOfServer()) {
      replies.disconnect(Disconnect.INSUFFICIENT_STATE, channel);
    } else {
      end(channel);
      replies.now(new CentrifugalReply.Ended(channel, INSUFFICIENT_STATE, "insufficient state"));
    }
  }

  private void expired(String channel) {
    end(channel);
    replies.now(new CentrifugalReply.Ended(channel, EXPIRED, "subscription expired"));
  }

  void refresh(CentrifugalCommand.SubRefresh wanted) {
    Held current = held.get(wanted.channel());
    if (current == null) {
      replies.refuse(
          wanted.id(), CentrifugalError.PERMISSION_DENIED, "not subscribed to " + wanted.channel());
    } else if (!current.expiry().isSet()) {
      replies.refuse(wanted.id(), CentrifugalError.BAD_REQUEST, "the subscription does not expire");
    } else {
      queue.ask(
          setting
              .clients()
              .tokens()
              .subscribe(who.user(), who.client(), wanted.channel(), wanted.token()),
          verdict -> refreshed(wanted, current, verdict),
          failure -> replies.uncheckedToken(wanted.id(), failure));
    }
  }

  private void refreshed(
      CentrifugalCommand.SubRefresh wanted, Held current, ClientTokens.Subscribing verdict) {
    switch (verdict) {
      case ClientTokens.Subscribing.Refused(var code, var reason) ->
          replies.refuse(wanted.id(), code, reason);
      case ClientTokens.Subscribing.Allowed(var info, var expiresAt) -> {
        if (setting.clients().isOver(expiresAt)) {
          replies.refuse(wanted.id(), CentrifugalError.EXPIRED, "the new token");
          return;
        }
        current.expiry().at(expiresAt, () -> expired(wanted.channel()));
        long ttl = setting.clients().secondsUntil(expiresAt);
        replies.add(new CentrifugalReply.SubRefreshed(wanted.id(), ttl));
      }
    }
  }

  private void refuse(CentrifugalCommand.Subscribe wanted, CentrifugalError error, String detail) {
    replies.refuse(wanted.id(), error, detail);
  }

  /** The session has ended; it is out of its channels already. */
  void leaveAll() {
    held.values().forEach(this::left);
    held.clear();
  }
}
