package dev.runar.internal.broker;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.Subscription;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.EventSink;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketWatcher;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Authorizer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Client sessions, the channels they subscribe to, and the way of every publication to them. Any
 * thread, where a method does not say otherwise.
 *
 * <p>A publication gets its place in its channel's order on the publisher's thread, is handed once
 * to each lane that has subscribers, and is encoded once per dialect; a lane puts what a burst of
 * input brought together per channel and writes it once to each subscriber.
 */
public final class Broker implements EventSink, AutoCloseable {

  /** The one path of the dialect that is built in. */
  public static final String TOPICS_PATH = "/topics";

  /** What the topics of the channels of apps begin with: {@code $app/{id}/{channel}}. */
  public static final String APPS = "$app/";

  /** Where a subscriber stands. */
  record Position(long offset, String epoch) {}

  /** What answers on a URL path. */
  public sealed interface Route {
    /** The dialect {@code /topics}. */
    record Topics() implements Route {}

    /** A raw WebSocket path of a service. */
    record Socket(SocketEndpoint endpoint) implements Route {}

    /** A dialect on paths of its own. */
    record Own(DialectPaths.Opening opening) implements Route {}
  }

  private final NodeGate gate;
  private final Authorizer authorizer;
  private final BrokerOptions options;
  private final DialectPaths dialects;
  private final Patience patience;
  private final BrokerStats stats = new BrokerStats();
  private final Congestion congestion = new Congestion(stats);
  private final SessionGroups groups;
  private final List<Lane> lanes = new ArrayList<>(); // filled before the first session
  private final ChannelTable channels;
  private final ConcurrentHashMap<String, ClientSession> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger admitted = new AtomicInteger();
  private volatile boolean turnsAway;
  private final SecureRandom random = new SecureRandom();
  private final Subscription sink;
  private final SocketWatcher socketWatcher =
      new SocketWatcher() {
        @Override
        public void gone(SocketEndpoint endpoint) {
          endpointGone(endpoint);
        }

        @Override
        public void replaced(SocketEndpoint endpoint, SocketEndpoint successor) {
          for (Lane lane : lanes) {
            lane.run(() -> lane.endpointReplaced(endpoint, successor));
          }
        }
      };

  /** Begins to see what the node publishes; lanes and sessions come later. */
  public Broker(
      NodeGate gate, Authorizer authorizer, BrokerOptions options, DialectPaths dialects) {
    this.dialects = dialects;
    this.gate = gate;
    this.authorizer = authorizer;
    this.options = options;
    this.patience = Patience.of(options);
    this.groups = new SessionGroups(options.groupsPerSession(), stats);
    this.channels = new ChannelTable(options.networkId(), randomText(6), options.channels(), lanes);
    this.sink = gate.addSink(this);
    gate.watchSockets(socketWatcher);
  }

  /** The bounds. */
  public BrokerOptions options() {
    return options;
  }

  /** The counters. */
  public BrokerStats stats() {
    return stats;
  }

  /** The named sets of sessions. */
  public SessionGroups groups() {
    return groups;
  }

  Patience patience() {
    return patience;
  }

  Authorizer authorizer() {
    return authorizer;
  }

  /**
   * Makes the lanes, one for each executor. To be called once, before the first session.
   *
   * @param bursts makes empty bursts; called by the lanes' threads
   * @param nanos a monotonic clock
   */
  public synchronized List<Lane> openLanes(
      List<LaneExecutor> executors, Supplier<Burst> bursts, LongSupplier nanos) {
    if (!lanes.isEmpty()) {
      throw new IllegalStateException("the lanes are open already");
    }
    for (LaneExecutor executor : executors) {
      lanes.add(
          new Lane(lanes.size(), executor, bursts, nanos, stats, congestion, options.laneBytes()));
    }
    return List.copyOf(lanes);
  }

  @Override
  public int accept(Event event) {
    return event.topic().startsWith(APPS)
        ? dialects.pass(event, () -> hand(event, ChannelEvent.exceptOf(event.payload())))
        : hand(event, null);
  }

  private int hand(Event event, @Nullable String except) {
    Channel channel = channels.forPublish(event.topic());
    while (channel != null) {
      int clients = channel.publish(event.payload(), except);
      if (clients != Channel.RETIRED) {
        return clients;
      }
      channel = channels.forPublish(event.topic());
    }
    return 0;
  }

  /** Tells a topic's subscribers of one dialect something; see {@link Channel#announce}. */
  public void announce(String topic, Payload payload, Dialect dialect, @Nullable String except) {
    Channel channel = channels.find(topic);
    if (channel != null) {
      channel.announce(payload, dialect, except);
    }
  }

  /** What answers on a URL path, if anything. */
  public Optional<Route> route(String path) {
    if (path.equals(TOPICS_PATH)) {
      return Optional.of(new Route.Topics());
    }
    Optional<Route> own = dialects.opening(path).map(Route.Own::new);
    return own.isPresent() ? own : gate.socket(path).map(Route.Socket::new);
  }

  /**
   * Reserves a place for a session before its connection is upgraded; false when all are taken.
   * {@link #openSession} takes the place, {@link #forgo} gives it back.
   */
  public boolean admit() {
    if (admitted.incrementAndGet() <= options.sessions() && !turnsAway) {
      return true;
    }
    admitted.decrementAndGet();
    stats.refused(Refusal.SESSION_LIMIT);
    return false;
  }

  /** Gives a reserved place back. */
  public void forgo() {
    admitted.decrementAndGet();
  }

  /** Starts a session whose place is reserved. Lane's thread. */
  public ClientSession openSession(Lane lane, Connection connection, Route route, Arrival arrival) {
    String path = arrival.path();
    var session =
        route instanceof Route.Own(var opening)
            ? new ClientSession(
                opening.sessionId(), opening.dialect(), arrival, connection, lane, this)
            : new ClientSession(
                randomText(16), TopicForms.of(route, arrival), arrival, connection, lane, this);
    sessions.put(session.id(), session);
    lane.add(session);
    stats.sessionsOpened.increment();
    switch (route) {
      case Route.Topics() -> session.begin(new TopicConversation(session, this, gate));
      case Route.Own(var opening) -> opening.begin(session, arrival);
      case Route.Socket(var endpoint) -> {
        // It may have gone, or another have its place, between route and now.
        Optional<SocketEndpoint> current = gate.socket(path);
        SocketEndpoint own = current.orElse(endpoint).ofNewConnection();
        var conversation = new SocketConversation(session, own, stats);
        session.begin(conversation);
        conversation.open();
        if (current.isEmpty() || !current.get().includes(own)) {
          conversation.endpointGone(own);
        }
      }
    }
    return session;
  }

  /** The session with this id, while it is open. */
  public Optional<Session> session(String id) {
    return Optional.ofNullable(sessions.get(id));
  }

  /** Makes a session a member of a group; see {@link SessionGroups}. */
  public Delivery join(String sessionId, String group) {
    ClientSession session = sessions.get(sessionId);
    return session == null ? Delivery.CLOSED : groups.join(session, group);
  }

  /** Ends a membership, if there is one. */
  public void leave(String sessionId, String group) {
    ClientSession session = sessions.get(sessionId);
    if (session != null) {
      groups.leave(session, group);
    }
  }

  /** The topics that have subscribers, sorted, at most {@code limit} of them. */
  public List<String> topics(Optional<TopicPattern> pattern, int limit) {
    return channels.topics(pattern, limit);
  }

  /** The sessions that are open. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Closes the sessions that talk to an endpoint; each lane does it on its own thread. */
  private void endpointGone(SocketEndpoint endpoint) {
    for (Lane lane : lanes) {
      lane.run(() -> lane.endpointGone(endpoint));
    }
  }

  /** From now on no place is reserved for another session. */
  public void turnAway() {
    turnsAway = true;
  }

  /** The sessions of one dialect that are open. */
  public List<Session> sessionsOf(Dialect dialect) {
    return sessions.values().stream()
        .filter(session -> session.dialect() == dialect)
        .map(Session.class::cast)
        .toList();
  }

  /** Closes every session; each lane does it on its own thread. */
  public void closeSessions(int code, String reason) {
    for (Lane lane : lanes) {
      lane.run(() -> lane.closeAll(code, reason));
    }
  }

  /** As {@link #closeSessions}, past everything that waits to be written to them. */
  public void closeSessionsAtOnce(int code, String reason) {
    for (Lane lane : lanes) {
      lane.closeAllAtOnce(code, reason);
    }
  }

  /** Sees no further events. Repeatable. */
  @Override
  public void close() {
    sink.close();
    gate.unwatchSockets(socketWatcher);
  }

  // For the conversations; lane's thread.

  /** Subscribes; a second subscription to the same pattern is without effect. */
  Position subscribe(ClientSession session, TopicPattern pattern) {
    String spelling = channels.spelling(pattern);
    Membership present = session.memberships().find(spelling);
    if (present != null) {
      return position(present);
    }
    Membership membership =
        pattern.isLiteral() ? joinChannel(session, pattern) : joinPattern(session, pattern);
    session.memberships().add(spelling, membership);
    stats.subscriptions.increment();
    return position(membership);
  }

  private Membership joinChannel(ClientSession session, TopicPattern literal) {
    ChannelTable.Joined joined = channels.join(literal, session.lane());
    Channel.Place at = joined.at();
    var membership = new Membership(session, joined.channel(), at.sequence(), at.offset());
    joined.channel().on(session.lane()).add(membership);
    return membership;
  }

  private Membership joinPattern(ClientSession session, TopicPattern pattern) {
    PatternGroup group = channels.join(pattern, channels.spelling(pattern), session.lane());
    var membership = new Membership(session, group, -1, -1);
    group.on(session.lane()).add(membership);
    return membership;
  }

  private static Position position(Membership membership) {
    return switch (membership.place) {
      case Channel channel -> new Position(membership.offset, channel.epoch());
      case PatternGroup group -> new Position(-1, "");
    };
  }

  /** Subscribes to a topic; a second time is without effect. Lane's thread. */
  public void subscribe(ClientSession session, String topic) {
    var _ = subscribe(session, TopicPattern.parse(topic, options.networkId()));
  }

  /** Ends a subscription to a topic, if there is one. Lane's thread. */
  public void unsubscribe(ClientSession session, String topic) {
    unsubscribe(session, TopicPattern.parse(topic, options.networkId()));
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

  /** A lane with subscribers of the topic cannot keep up: better publish later. Any thread. */
  public boolean isCongested(String topic) {
    Channel channel = congestion.isPresent() ? channels.forPublish(topic) : null;
    return channel != null && channel.isCongested();
  }

  /** A client that publishes is not read while a lane cannot keep up. Lane's thread. */
  public void slowDown(ClientSession session) {
    if (congestion.isPresent() && !session.pauses().isFor(Pauses.Reason.CONGESTION)) {
      session.pauses().begin(Pauses.Reason.CONGESTION);
      congestion.whenOver(() -> session.post(() -> session.pauses().end(Pauses.Reason.CONGESTION)));
    }
  }

  void ended(ClientSession session) {
    sessions.remove(session.id());
    groups.leaveAll(session);
    admitted.decrementAndGet();
    stats.sessionsClosed.increment();
  }

  private String randomText(int bytes) {
    byte[] raw = new byte[bytes];
    random.nextBytes(raw);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
  }
}
