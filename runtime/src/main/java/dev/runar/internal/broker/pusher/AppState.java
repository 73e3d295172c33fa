package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Patience;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.PusherError;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One app while it has sessions: its connections and its channels. Any thread. */
public final class AppState {
  private static final String PING = "{\"event\":\"pusher:ping\",\"data\":\"{}\"}";

  private final Apps apps;
  private final String id;
  private volatile App app;
  private volatile Patience patience;
  private final AtomicInteger connections = new AtomicInteger();

  /** Those with subscribers: as many as the subscriptions of the sessions. */
  private final ConcurrentHashMap<String, LiveChannel> channels = new ConcurrentHashMap<>();

  AppState(Apps apps, App app) {
    this.apps = apps;
    this.id = app.id();
    this.app = app;
    this.patience = patience(app);
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

  /** The topic that a channel's events are published on. */
  public static String topic(String appId, String channel) {
    return Broker.APPS + appId + "/" + channel;
  }

  /** For {@link Apps}, within its table. */
  void admit(App newest) {
    connections.incrementAndGet();
    if (!newest.equals(app)) {
      app = newest;
      patience = patience(newest);
    }
  }

  /** For {@link Apps}, within its table; returns the connections that are left. */
  int release() {
    return connections.decrementAndGet();
  }

  Patience patience() {
    return patience;
  }

  Apps apps() {
    return apps;
  }

  /** Subscribes a session. Lane's thread. */
  LiveChannel.Joined join(ClientSession session, ChannelName name) {
    while (true) {
      LiveChannel channel =
          channels.computeIfAbsent(
              name.text(), text -> new LiveChannel(this, name, session.broker()));
      Optional<LiveChannel.Joined> joined = channel.join(session);
      if (joined.isPresent()) {
        return joined.get();
      }
    }
  }

  /** The channel has ended: the next subscriber begins another. */
  void ended(LiveChannel channel) {
    channels.remove(channel.name().text(), channel);
  }
}
