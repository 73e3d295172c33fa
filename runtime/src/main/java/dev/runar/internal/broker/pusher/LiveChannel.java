package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One channel of an app while it has subscribers. Any thread.
 *
 * <p>Its own lock gives joining, leaving and what is told of them one order. Lock order: this, then
 * the cache, then the channel core.
 */
public final class LiveChannel {
  /** With more subscribers than this they are not told of each one. */
  static final int MANY = 100;

  /** How often many subscribers are told how many they are. */
  static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * A session has joined.
   *
   * @param cached what a cache channel remembers; empty also for other channels
   */
  record Joined(LiveChannel channel, Optional<Payload> cached) {}

  private final AppState app;
  private final ChannelName name;
  private final String topic;
  private final Broker broker;

  // Under this lock.
  private int subscribers;
  private boolean ended;
  private int told;
  private long toldNanos;
  private boolean isTellingLater;

  LiveChannel(AppState app, ChannelName name, Broker broker) {
    this.app = app;
    this.name = name;
    this.topic = AppState.topic(app.id(), name.text());
    this.broker = broker;
  }

  /** Its name. */
  public ChannelName name() {
    return name;
  }

  /** The topic that its events are published on. */
  public String topic() {
    return topic;
  }

  /** The sessions that subscribe to it. */
  public synchronized int subscribers() {
    return subscribers;
  }

  /** Subscribes a session that does not yet; empty: the channel has ended. Lane's thread. */
  synchronized Optional<Joined> join(ClientSession session) {
    if (ended) {
      return Optional.empty();
    }
    if (++subscribers == 1) {
      app.apps().events().channelOccupied(app.app(), name.text());
    }
    if (!name.isCache()) {
      session.subscribe(topic);
      return Optional.of(new Joined(this, Optional.empty()));
    }
    Optional<Payload> cached =
        app.apps().cache().join(topic, lifetime(), () -> session.subscribe(topic));
    if (cached.isEmpty()) {
      app.apps().events().cacheMiss(app.app(), name.text());
    }
    return Optional.of(new Joined(this, cached));
  }

  private long lifetime() {
    return TimeUnit.SECONDS.toNanos(app.app().limits().cachedSeconds());
  }

  /** Ends the subscription of a session that has one. Lane's thread. */
  synchronized void leave(ClientSession session) {
    session.unsubscribe(topic);
    if (--subscribers == 0) {
      ended = true;
      app.ended(this);
      app.apps().events().channelVacated(app.app(), name.text());
    } else {
      tellCount();
    }
  }

  /** Tells the subscribers something, in order with what is published. */
  void announce(String event, String json) {
    Payload data =
        Payload.encoded(Payload.Kind.JSON, json.getBytes(StandardCharsets.UTF_8));
    broker.announce(
        topic, new ChannelEvent(event, data, null, null).payload(), Dialect.PUSHER, null);
  }

  /** Tells the subscribers how many they are: at once while they are few. */
  synchronized void tellCount() {
    App now = app.app();
    if (ended || name.isPresence() || !now.subscriptionCounts()) {
      return;
    }
    long wait = subscribers <= MANY ? 0 : toldNanos + PERIOD_NANOS - app.apps().clock().nanos();
    if (wait <= 0) {
      tellCountNow();
    } else if (!isTellingLater) {
      isTellingLater = true;
      var _ = app.apps().delays().after(wait, this::tellCountLate);
    }
  }

  private synchronized void tellCountLate() {
    isTellingLater = false;
    if (!ended) {
      tellCountNow();
    }
  }

  private void tellCountNow() {
    if (told == subscribers) {
      return;
    }
    told = subscribers;
    toldNanos = app.apps().clock().nanos();
    announce("pusher_internal:subscription_count", "{\"subscription_count\":" + told + "}");
    app.apps().events().subscriptionCount(app.app(), name.text(), told);
  }
}
