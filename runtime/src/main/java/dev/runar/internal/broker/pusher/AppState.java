package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.apps.App;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Patience;
import dev.runar.internal.node.Roles;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.MemberText;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One app while it has sessions: its connections and its channels. Any thread. */
public final class AppState {
  private static final String PING = "{\"event\":\"pusher:ping\",\"data\":\"{}\"}";

  private static final String TERMINATION = "the app has ended the connections of this user";
  private static final Payload TERMINATED =
      Payload.encoded(
          Payload.Kind.JSON, PusherWriter.error(PusherError.UNAUTHORIZED.code(), TERMINATION));

  private final Apps apps;
  private final String id;
  private final String hooksPath;
  private volatile App app;
  private volatile Patience patience;
  private final AtomicInteger connections = new AtomicInteger();
  private final Users users = new Users();
  private final AppCounts counts;

  /** Those with subscribers: as many as the subscriptions of the sessions. */
  private final ConcurrentHashMap<String, LiveChannel> channels = new ConcurrentHashMap<>();

  AppState(Apps apps, App app) {
    this.apps = apps;
    this.id = app.id();
    this.hooksPath = Roles.HOOKS + id;
    this.app = app;
    this.patience = patience(app);
    this.counts = apps.countsOf(app);
  }

  private static Patience patience(App app) {
    return Patience.asking(
        PING,
        app.activityTimeout(),
        app.pingTimeout(),
        PusherError.NO_PONG.code(),
        PusherError.NO_PONG.text());
  }

  String id() {
    return id;
  }

  /** The path of the service that has its hooks, if there is one. */
  String hooksPath() {
    return hooksPath;
  }

  /** As the store last described it. */
  public App app() {
    return app;
  }

  /** The sessions that are open. */
  public int connections() {
    return connections.get();
  }

  /** The channel, while it has subscribers. */
  public Optional<LiveChannel> channel(String name) {
    return Optional.ofNullable(channels.get(name));
  }

  /** The channels that have subscribers, in no order. */
  public Collection<LiveChannel> channels() {
    return Collections.unmodifiableCollection(channels.values());
  }

  AppCounts counts() {
    return counts;
  }

  /** The users who are signed in or watched. */
  Users users() {
    return users;
  }

  /**
   * Ends every connection that is signed in as a user; they may come again.
   *
   * @return how many
   */
  public int terminate(String userId) {
    List<Session> sessions = users.sessions(userId);
    for (Session session : sessions) {
      apps.stats().refused(PusherError.UNAUTHORIZED);
      var _ = session.send(TERMINATED); // one that has gone already is closed already
      session.close(PusherError.UNAUTHORIZED.code(), TERMINATION);
    }
    return sessions.size();
  }

  /** The topic that a channel's events are published on. */
  public static String topic(String appId, String channel) {
    return Broker.APPS + appId + "/" + new ChannelName(channel).segment();
  }

  /** For {@link Apps}, within its table: one more connection, if there is room. */
  boolean admit(App newest) {
    if (!newest.equals(app)) {
      app = newest;
      patience = patience(newest);
    }
    int bound = newest.limits().connections();
    if (bound > 0 && connections.get() >= bound) {
      return false;
    }
    connections.incrementAndGet();
    counts.connected();
    return true;
  }

  /** For {@link Apps}, within its table; returns the connections that are left. */
  int release() {
    counts.disconnected();
    return connections.decrementAndGet();
  }

  Patience patience() {
    return patience;
  }

  Apps apps() {
    return apps;
  }

  /**
   * Subscribes a session; empty: a presence channel has as many members as it may have. Lane's
   * thread.
   *
   * @param who joins a presence channel; null: it is none
   */
  Optional<LiveChannel.Entry.Joined> join(
      ClientSession session, ChannelName name, @Nullable MemberText who) {
    while (true) {
      LiveChannel channel =
          channels.computeIfAbsent(
              name.text(), text -> new LiveChannel(this, name, session.broker()));
      switch (channel.join(session, who)) {
        case LiveChannel.Entry.Joined joined -> {
          return Optional.of(joined);
        }
        case LiveChannel.Entry.Full() -> {
          return Optional.empty();
        }
        case LiveChannel.Entry.Ended() -> {} // another thread takes it out
      }
    }
  }

  /** The channel has ended: the next subscriber begins another. */
  void ended(LiveChannel channel) {
    channels.remove(channel.name().text(), channel);
  }
}
