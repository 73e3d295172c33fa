package dev.runar.internal.broker;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.Subscription;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.node.EventSink;
import dev.runar.internal.node.Inlet;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketWatcher;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Authorizer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
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
  private static final Logger LOG = System.getLogger("dev.runar.broker");

  /** The one path of the dialect that is built in. */
  public static final String TOPICS_PATH = "/topics";

  /** What the topics of the channels of apps begin with: {@code $app/{id}/{channel}}. */
  public static final String APPS = "$app/";

  /**
   * Where a channel stands.
   *
   * @param offset of its last publication; -1 for a pattern, which has no order of its own
   * @param epoch names one life of the channel: offsets of two epochs do not compare
   */
  public record Position(long offset, String epoch) {}

  /** What a subscriber has seen: everything up to an offset. */
  public record Since(long offset, String epoch) {}

  /**
   * A session has become a subscriber.
   *
   * @param position what is published after it will come
   * @param missed all between what it had seen and the position, in order; empty if not recovered
   * @param recovered whether nothing at all is missing; never without {@link Since}
   */
  public record Subscribed(Position position, List<Remembered> missed, boolean recovered) {}

  /** What answers on a URL path. */
  public sealed interface Route {
    /** The dialect {@code /topics}. */
    record Topics() implements Route {}

    /** A raw WebSocket path of a service: what a new connection stays with. */
    record Socket(SocketEndpoint endpoint) implements Route {}

    /** A dialect on paths of its own. */
    record Own(DialectPaths.Opening opening) implements Route {}
  }

  private final NodeGate gate;
  private final Authorizer authorizer;
  private final ClientSetting clients;
  private final BrokerOptions options;
  private final DialectPaths dialects;
  private final Patience patience;
  private final BrokerStats stats = new BrokerStats();
  private final Congestion congestion = new Congestion(stats);
  private final SessionGroups groups;
  private volatile List<Lane> lanes = List.of(); // before the first session they are there
  private final ChannelRules rules;
  private final Histories histories;
  private final ChannelTable channels;
  private final Subscribing subscribing;
  private final Publishing publishing;
  private final TopicList list;
  private final Uplinks uplinks;
  private final ConcurrentHashMap<String, ClientSession> sessions = new ConcurrentHashMap<>();
  private final Admission admission;
  private final RandomText names = new RandomText();
  private final Subscription sink;
  private final SocketWatcher socketWatcher = new SocketChanges(() -> lanes);

  /**
   * Begins to see what the node publishes; lanes and sessions come later. Waits for the disk if
   * channels are durable.
   */
  public Broker(
      NodeGate gate,
      Authorizer authorizer,
      ClientSetting clients,
      BrokerOptions options,
      DialectPaths dialects,
      BrokerMemory memory) {
    this.dialects = dialects;
    this.gate = gate;
    this.authorizer = authorizer;
    this.clients = clients;
    this.options = options;
    this.patience = Patience.of(options);
    this.admission = new Admission(options.sessions(), stats);
    this.groups = new SessionGroups(options.groupsPerSession(), stats);
    this.uplinks = new Uplinks(options.sessionBytes());
    this.rules = new ChannelRules(options.rules(), options.networkId());
    this.histories = new Histories(options.historyBytes(), memory, stats);
    this.channels =
        new ChannelTable(options.networkId(), names.of(6), options.channels(), rules, histories);
    this.subscribing = new Subscribing(channels, stats);
    this.publishing = new Publishing(channels, histories, congestion);
    this.list = new TopicList(channels, gate, options.networkId());
    channels.restore(memory);
    this.sink = gate.addSink(this);
    gate.watchSockets(socketWatcher);
  }

  /** Its bounds. */
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

  /** The sessions whose clients speak by requests of their own. */
  public Uplinks uplinks() {
    return uplinks;
  }

  Patience patience() {
    return patience;
  }

  /** How clients say who they are. */
  public ClientSetting clients() {
    return clients;
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
    var opened = new ArrayList<Lane>();
    for (LaneExecutor executor : executors) {
      opened.add(
          new Lane(opened.size(), executor, bursts, nanos, stats, congestion, options.laneBytes()));
    }
    channels.open(List.copyOf(opened));
    lanes = List.copyOf(opened);
    return lanes;
  }

  @Override
  public int accept(Event event) {
    String topic = event.topic();
    Payload payload = event.payload();
    if (topic.startsWith(TopicList.OF_SERVICES)) {
      list.changed();
    }
    return topic.startsWith(APPS)
        ? dialects.pass(
            event, () -> publishing.publish(topic, payload, ChannelEvent.exceptOf(payload)))
        : publishing.publish(topic, payload, null);
  }

  @Override
  public Inlet inlet(String topic, BiFunction<String, Payload, Event> events) {
    return new ChannelInlet(publishing, topic);
  }

  /** Tells a topic's subscribers of one dialect something; see {@link Channel#announce}. */
  public void announce(String topic, Payload payload, Dialect dialect, @Nullable String except) {
    publishing.announce(topic, payload, dialect, except);
  }

  /** What answers on a URL path, if anything. */
  public Optional<Route> route(String path) {
    if (path.equals(TOPICS_PATH)) {
      return Optional.of(new Route.Topics());
    }
    Optional<Route> own = dialects.opening(path).map(Route.Own::new);
    return own.isPresent()
        ? own
        : gate.socket(path).map(SocketEndpoint::ofNewConnection).map(Route.Socket::new);
  }

  /**
   * Reserves a place for a session before its connection is upgraded; false when all are taken.
   * {@link #openSession} takes the place, the session's end or {@link #forgo} gives it back.
   */
  public boolean admit() {
    return admission.admit();
  }

  /** Gives a reserved place back. */
  public void forgo() {
    admission.free();
  }

  /** Starts a session whose place is reserved. Lane's thread. */
  public ClientSession openSession(Lane lane, Connection connection, Route route, Arrival arrival) {
    var session =
        route instanceof Route.Own(var opening)
            ? new ClientSession(
                opening.sessionId(), opening.dialect(arrival), arrival, connection, lane, this)
            : new ClientSession(
                names.of(16), TopicForms.of(route, arrival), arrival, connection, lane, this);
    sessions.put(session.id(), session);
    lane.add(session);
    stats.sessionsOpened.increment();
    switch (route) {
      case Route.Topics() ->
          session.begin(new TopicConversation(session, this, gate, arrival.headers()));
      case Route.Own(var opening) -> opening.begin(session, arrival);
      case Route.Socket(var endpoint) -> SocketConversation.begin(session, gate, endpoint, stats);
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

  /** The topics that are declared or have subscribers, sorted, at most {@code limit} of them. */
  public List<String> topics(Optional<TopicPattern> pattern, int limit) {
    return list.topics(pattern, limit);
  }

  /** The topics that there are, and who is told of changes. */
  TopicList list() {
    return list;
  }

  /** The sessions that are open. */
  public int sessionCount() {
    return sessions.size();
  }

  /** From now on no place is reserved for another session. */
  public void turnAway() {
    admission.turnAway();
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
    histories.settleStore();
    gate.unwatchSockets(socketWatcher);
  }

  /**
   * Subscribes; a second time to the same pattern is without effect, but to a topic with {@code
   * since}. Joining and looking for what was missed, as far as there is room, are one step, so that
   * nothing comes twice or not at all. Lane's thread.
   *
   * @param since what the session has seen of the topic; null: nothing
   */
  public Subscribed subscribe(
      ClientSession session, TopicPattern pattern, @Nullable Since since, AnswerRoom room) {
    return subscribing.subscribe(session, pattern, since, room);
  }

  /** Subscribes to a topic; a second time is without effect. Lane's thread. */
  public void subscribe(ClientSession session, String topic) {
    subscribing.subscribe(session, TopicPattern.parse(topic, options.networkId()));
  }

  /** Ends a subscription to a topic, if there is one. Lane's thread. */
  public void unsubscribe(ClientSession session, String topic) {
    unsubscribe(session, TopicPattern.parse(topic, options.networkId()));
  }

  void unsubscribe(ClientSession session, TopicPattern pattern) {
    subscribing.unsubscribe(session, pattern);
  }

  void leave(Membership membership) {
    subscribing.leave(membership);
  }

  /** A page of what a channel remembers; {@code INVALID_PATH} for a topic that is none. */
  public History history(String topic, HistoryRange range) {
    return publishing.history(TopicPath.parse(topic, options.networkId()), range);
  }

  /**
   * What the channel of a topic promises.
   *
   * @throws dev.runar.RunarException {@code INVALID_PATH} for a topic that is none
   */
  public ChannelRule rule(String topic) {
    return rules.of(TopicPath.parse(topic, options.networkId()));
  }

  /** Forgets what channels have remembered for long enough. To be called every few seconds. */
  public void sweep() {
    try {
      channels.sweep();
    } catch (RuntimeException e) { // a timer that throws does not come again
      LOG.log(Level.ERROR, "what channels remember could not be swept", e);
    } finally {
      histories.retryStore();
    }
  }

  /** A lane with subscribers of the topic cannot keep up: better publish later. Any thread. */
  public boolean isCongested(String topic) {
    return publishing.isCongested(topic);
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
    list.unwatch(session);
    admission.free();
    stats.sessionsClosed.increment();
  }
}
