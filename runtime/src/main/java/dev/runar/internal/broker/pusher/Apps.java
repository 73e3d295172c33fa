package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.Outage;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The apps that clients and servers name, and the live state of those that have clients. Any
 * thread.
 */
public final class Apps {
  private static final Logger LOG = System.getLogger(Apps.class.getName());
  private static final long STORE_SECONDS = 5;

  private final AppStore store;
  private final Clock clock;
  private final Delays delays;
  private final PusherStats stats = new PusherStats();
  private final Listeners events = new Listeners();
  private final EventCache cache;
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
    this.store = store;
    this.clock = clock;
    this.delays = delays;
    this.cache = new EventCache(clock);
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
