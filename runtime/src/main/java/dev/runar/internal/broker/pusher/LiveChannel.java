package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.MemberText;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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

  /** What becomes of a session that would join. */
  sealed interface Entry {
    /**
     * It has joined.
     *
     * @param members what who joins a presence channel is told; empty for other channels
     * @param cached what a cache channel remembers; empty also for other channels
     */
    record Joined(LiveChannel channel, Optional<Payload> members, Optional<Payload> cached)
        implements Entry {}

    /** There are as many members as there may be. */
    record Full() implements Entry {}

    /** The channel has ended: there is another. */
    record Ended() implements Entry {}
  }

  private final AppState app;
  private final ChannelName name;
  private final String topic;
  private final Broker broker;

  // Under this lock.
  private final Presence presence = new Presence();
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

  /** The users of a presence channel, in the order of coming. */
  public synchronized List<String> users() {
    return presence.users();
  }

  /** The members of a presence channel, in the order of coming. */
  public synchronized List<MemberText> members() {
    return presence.members();
  }

  /** How many users are in a presence channel. */
  public synchronized int userCount() {
    return presence.size();
  }

  /**
   * Subscribes a session that does not yet. Lane's thread.
   *
   * @param who joins a presence channel; null: it is none
   */
  synchronized Entry join(ClientSession session, @Nullable MemberText who) {
    if (ended) {
      return new Entry.Ended();
    }
    if (who != null && isFullFor(who)) {
      return new Entry.Full();
    }
    if (++subscribers == 1) {
      app.apps().events().channelOccupied(app.app(), name.text());
    }
    if (who != null) {
      enter(who);
    }
    Optional<Payload> cached = subscribe(session);
    return new Entry.Joined(
        this, who == null ? Optional.empty() : Optional.of(memberList()), cached);
  }

  private Optional<Payload> subscribe(ClientSession session) {
    if (!name.isCache()) {
      broker.subscribe(session, topic);
      return Optional.empty();
    }
    Optional<Payload> cached =
        app.apps().cache().join(topic, lifetime(), () -> broker.subscribe(session, topic));
    if (cached.isEmpty()) {
      app.apps().events().cacheMiss(app.app(), name.text());
    }
    return cached;
  }

  private boolean isFullFor(MemberText who) {
    int bound = Math.max(1, app.app().limits().presenceMembers());
    return !presence.hasRoomFor(who.userId(), bound);
  }

  /** Told before the session subscribes: it finds itself in the list. */
  private void enter(MemberText who) {
    if (presence.enter(who)) {
      announce(who.added());
      app.apps().events().memberAdded(app.app(), name.text(), who.userId());
    }
  }

  private Payload memberList() {
    return presence.list(name.text());
  }

  /** Tells a session of a presence channel again who is there, in order with who comes and goes. */
  synchronized void tellMembers(ClientSession session) {
    var _ = session.send(memberList()); // one that has gone needs no list
  }

  private long lifetime() {
    return TimeUnit.SECONDS.toNanos(app.app().limits().cachedSeconds());
  }

  /**
   * Ends the subscription of a session that has one. Lane's thread.
   *
   * @param userId as whom it joined a presence channel; null: it is none
   */
  synchronized void leave(ClientSession session, @Nullable String userId) {
    broker.unsubscribe(session, topic);
    if (userId != null) {
      presence.leave(userId).ifPresent(this::tellGone);
    }
    if (--subscribers == 0) {
      ended = true;
      // Before another one can begin in its place, so that this is not the last that is told.
      app.apps().events().channelVacated(app.app(), name.text());
      app.ended(this);
    } else {
      tellCount();
    }
  }

  private void tellGone(MemberText who) {
    announce(who.removed());
    app.apps().events().memberRemoved(app.app(), name.text(), who.userId());
  }

  /** Tells the subscribers something, in order with what is published. */
  private void announce(Payload event) {
    broker.announce(topic, event, Dialect.PUSHER, null);
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
    Payload data = Payload.json("{\"subscription_count\":" + told + "}");
    announce(new ChannelEvent("pusher_internal:subscription_count", data, null, null).payload());
    app.apps().events().subscriptionCount(app.app(), name.text(), told);
  }
}
