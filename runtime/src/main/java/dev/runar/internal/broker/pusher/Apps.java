package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.apps.AppLimits;
import dev.runar.apps.AppStore;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.Outage;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The apps that clients and servers name, and the live state of those that have clients. Any
 * thread.
 */
public final class Apps {
  private static final Logger LOG = System.getLogger(Apps.class.getName());
  private static final long STORE_SECONDS = 5;
  private static final int MOST = 10_000;

  private final AppStore store;
  private final Clock clock;
  private final Delays delays;
  private final PusherStats stats = new PusherStats();
  private final Listeners events = new Listeners();
  private final BooleanSupplier spoken;
  private final EventCache cache;
  private final EventHistory history;

  /** The limits of the apps that want their events remembered, by id; at most {@value #MOST}. */
  private final ConcurrentHashMap<String, AppLimits> remembering = new ConcurrentHashMap<>();

  private final LongAdder notRemembering = new LongAdder();
  private final AppCountTable counts = new AppCountTable();
  private final Outage outage = new Outage();

  /** As many as have sessions. */
  private final ConcurrentHashMap<String, AppState> states = new ConcurrentHashMap<>();

  /**
   * Has no clients yet.
   *
   * @param delays for what is told later; closed by whoever made it
   */
  public Apps(AppStore store, Clock clock, Delays delays) {
    this(store, () -> true, clock, delays);
  }

  /**
   * As {@link #Apps(AppStore, Clock, Delays)}.
   *
   * @param spoken whether there is a place where apps come from; it may change
   */
  public Apps(AppStore store, BooleanSupplier spoken, Clock clock, Delays delays) {
    this.store = store;
    this.spoken = spoken;
    this.clock = clock;
    this.delays = delays;
    this.cache = new EventCache(clock);
    this.history = new EventHistory(clock);
  }

  /** Whether the dialect is spoken at all. */
  public boolean isSpoken() {
    return spoken.getAsBoolean();
  }

  /** Hears what happens from now on. */
  public void listen(AppEvents listener) {
    events.add(listener);
  }

  /** The counters. */
  public PusherStats stats() {
    return stats;
  }

  /**
   * What the clients of each app do, by its id: of the first apps that had clients, and one sum of
   * all others.
   */
  public Map<String, AppCounts> counts() {
    return counts.all();
  }

  AppCounts countsOf(App app) {
    return counts.of(app.id());
  }

  /** The last events of cache channels. */
  public EventCache cache() {
    return cache;
  }

  /** The last events of the channels of apps that want it. */
  public EventHistory history() {
    return history;
  }

  /** The apps that want their events remembered and were too many. */
  public long notRemembering() {
    return notRemembering.sum();
  }

  /** What is remembered of a channel, the oldest first. */
  public List<PastEvent> past(App app, ChannelName name) {
    String topic = AppState.topic(app.id(), name.text());
    List<PastEvent> past = history.find(topic, app.limits().historyEvents());
    if (!past.isEmpty() || !name.isCache()) {
      return past;
    }
    long lifetime = TimeUnit.SECONDS.toNanos(app.limits().cachedSeconds());
    return cache
        .find(topic, lifetime)
        .map(
            last ->
                new PastEvent(
                    last.payload(),
                    clock.wallMs() - TimeUnit.NANOSECONDS.toMillis(last.ageNanos())))
        .stream()
        .toList();
  }

  /** The limits of the app of a topic that is published on, if it wants that remembered. */
  @Nullable AppLimits remembering(String topic) {
    if (remembering.isEmpty()) {
      return null;
    }
    int begin = Broker.APPS.length();
    int end = topic.indexOf('/', begin);
    boolean isChannel = end >= 0 && end == topic.lastIndexOf('/');
    return isChannel ? remembering.get(topic.substring(begin, end)) : null;
  }

  /** Whoever publishes on a channel has looked its app up. */
  private void learn(App app) {
    AppLimits limits = app.limits();
    if (limits.historyEvents() == 0) {
      remembering.remove(app.id());
    } else if (remembering.size() < MOST || remembering.containsKey(app.id())) {
      remembering.put(app.id(), limits);
    } else {
      notRemembering.increment();
    }
  }

  /**
   * The app with this key; fails when the store fails or takes too long. The store is not asked for
   * what cannot be a key.
   */
  public CompletableFuture<Optional<App>> byKey(String key) {
    return App.isName(key) ? ask("key", () -> store.byKey(key)) : none();
  }

  /** The app with this id; fails as {@link #byKey} does. */
  public CompletableFuture<Optional<App>> byId(String id) {
    return App.isName(id) ? ask("id", () -> store.byId(id)) : none();
  }

  private static CompletableFuture<Optional<App>> none() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private CompletableFuture<Optional<App>> ask(
      String by, Supplier<CompletionStage<Optional<App>>> question) {
    CompletableFuture<Optional<App>> answer;
    try {
      answer = question.get().toCompletableFuture();
    } catch (RuntimeException e) { // a store of somebody else's
      answer = CompletableFuture.failedFuture(e);
    }
    if (!answer.isDone()) {
      answer = answer.copy().orTimeout(STORE_SECONDS, TimeUnit.SECONDS);
    }
    return answer.whenComplete(
        (app, error) -> {
          if (error != null) {
            failed(by, error);
          } else {
            app.ifPresent(this::learn);
          }
        });
  }

  /** Each is counted, but all who wait for one store fail at once: the first is logged. */
  private void failed(String by, Throwable error) {
    stats.storeFailures.increment();
    String text = "the store of the apps failed by=" + by;
    if (outage.begins(clock.nanos())) {
      LOG.log(Level.WARNING, text + "; not told again until it is well for a minute", error);
    } else {
      LOG.log(Level.DEBUG, () -> text + " error=" + error);
    }
  }

  /** The live state of an app, while it has sessions. */
  public Optional<AppState> state(String id) {
    return Optional.ofNullable(states.get(id));
  }

  /** The apps that have sessions now. */
  public int size() {
    return states.size();
  }

  /**
   * Takes a place among the connections of an app, to be given back by {@link #leave}.
   *
   * @return empty when all are taken
   */
  Optional<AppState> enter(App app) {
    var entered = new AtomicReference<@Nullable AppState>();
    var _ =
        states.compute(
            app.id(),
            (id, present) -> {
              AppState state = present == null ? new AppState(this, app) : present;
              entered.set(state.admit(app) ? state : null);
              return state;
            });
    return Optional.ofNullable(entered.get());
  }

  /** Gives it back; the last one ends the state. */
  void leave(AppState state) {
    var _ =
        states.computeIfPresent(
            state.id(), (id, present) -> present.release() == 0 ? null : present);
  }

  AppEvents events() {
    return events;
  }

  Clock clock() {
    return clock;
  }

  Delays delays() {
    return delays;
  }
}
