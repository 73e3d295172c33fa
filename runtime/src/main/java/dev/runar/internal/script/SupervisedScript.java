package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Supervision.OnDeath;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One script: the context that runs it now, and what becomes of it when that context dies. Any
 * thread.
 *
 * <p>A death is an end that nobody asked for: by the watchdog, or by a fault of the owner thread.
 * The script is loaded anew into another context at once; its services keep their places and answer
 * {@code NOT_RUNNING} meanwhile. Too many deaths within a time open the breaker: the script stays
 * away for a while that doubles each time, then one context is tried; it closes the breaker by
 * living for that time.
 */
final class SupervisedScript implements Estate {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** An owner that does not come out of a call of the host is not waited for any longer. */
  private static final Duration OWNER_PATIENCE = Duration.ofMillis(250);

  private final String name;
  private final Supervision supervision;
  private final WaitingCallbacks waiting;
  private final Clock clock;
  private final Registrar registrar;
  private final Births births;
  private final Breaker breaker; // guarded by this
  private final Executor restarts = task -> Thread.ofVirtual().name("runar-restart").start(task);

  // Guarded by this.
  private State state = State.LOADING;
  private @Nullable ScriptContext context;
  private final Set<ServiceDefinition> estate = new HashSet<>();
  private long bornNanos;
  private long restarted;
  private long dead;
  private String lastDeath = "";
  private String whyAway = "its script was ended and is being loaded anew";

  /** Where a script is in its life. */
  enum State {
    /** Its first load is not over. */
    LOADING,
    RUNNING,
    /** Its context has died and another is being made. */
    RESTARTING,
    /** It has died too often; another try is made later. */
    AWAY,
    /** It has died and stays away, or the node stops. */
    ENDED
  }

  /** How a context comes to be. */
  interface Births {
    /** A context that has started to load the script. */
    Birth begin(SupervisedScript script);

    /** Completes when an event has gone all the way into the context. */
    CompletableFuture<Void> test(ScriptContext context);

    /** Nothing is left of the script. */
    void over(SupervisedScript script);
  }

  /** A context and the future of its load. */
  record Birth(ScriptContext context, CompletableFuture<Void> loaded) {}

  /**
   * What has become of a script.
   *
   * @param state of the script, such as {@code RUNNING}
   * @param deaths of its contexts
   * @param restarts that succeeded
   * @param lastDeath why; empty when there was none
   */
  record History(State state, long deaths, long restarts, String lastDeath) {}

  SupervisedScript(
      String name,
      Supervision supervision,
      int maxWaiting,
      Clock clock,
      Registrar registrar,
      Births births) {
    this.name = name;
    this.supervision = supervision;
    this.waiting = new WaitingCallbacks(maxWaiting);
    this.clock = clock;
    this.registrar = registrar;
    this.breaker = new Breaker(supervision);
    this.births = births;
  }

  String name() {
    return name;
  }

  /** Loads the script for the first time; a failure leaves nothing. */
  CompletableFuture<Void> begin() {
    Birth birth = births.begin(this);
    live(birth.context());
    return inTime(birth.loaded())
        .thenRun(
            () -> {
              birth.context().loaded();
              become(State.RUNNING);
            })
        .exceptionallyCompose(error -> endFailed(birth.context(), error));
  }

  /** A top level that awaits for ever is ended too. */
  private CompletableFuture<Void> inTime(CompletableFuture<Void> loaded) {
    return loaded
        .orTimeout(Clock.nanosOf(supervision.loadTimeout()), TimeUnit.NANOSECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    error instanceof TimeoutException
                        ? new RunarException(
                            Code.TIMEOUT,
                            "the script "
                                + name
                                + " has not loaded within "
                                + supervision.loadTimeout().toMillis()
                                + " ms: what its top level awaits has not come")
                        : error));
  }

  /** The failure is told when nothing is left of the context, so that a start does not meet it. */
  private CompletableFuture<Void> endFailed(ScriptContext failed, Throwable error) {
    var reason = new RunarException(Code.CONTEXT_GONE, "the script " + name + " failed");
    return end(failed, reason, OWNER_PATIENCE)
        .thenCompose(
            stopped -> {
              become(State.ENDED);
              births.over(this);
              return CompletableFuture.failedFuture(error);
            });
  }

  private synchronized void live(ScriptContext born) {
    context = born;
    bornNanos = clock.nanos();
    var _ = born.owner().ended().thenRun(() -> ended(born));
  }

  private synchronized void become(State next) {
    if (state != State.ENDED) {
      state = next;
    }
  }

  /** The context that runs the script; empty while there is none. */
  synchronized Optional<ScriptContext> context() {
    return Optional.ofNullable(context);
  }

  /** Whether the script is where it should be. */
  synchronized boolean isHere() {
    return state == State.RUNNING || state == State.LOADING;
  }

  synchronized History history() {
    return new History(state, dead, restarted, lastDeath);
  }

  /** Ends the script for good; completes when its context has ended, or been told to. */
  CompletableFuture<Void> stop(RunarException reason, Duration patience) {
    ScriptContext running;
    synchronized (this) {
      state = State.ENDED;
      running = context;
    }
    waiting.fail(reason);
    if (running == null) {
      return CompletableFuture.completedFuture(null);
    }
    return end(running, reason, patience);
  }

  /** After the callback that runs now, or in the middle of it when that takes too long. */
  private static CompletableFuture<Void> end(
      ScriptContext context, RunarException reason, Duration patience) {
    return context
        .stop(reason)
        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
        .exceptionallyCompose(
            late -> {
              context.kill(reason);
              return context
                  .owner()
                  .ended()
                  .orTimeout(OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                  .exceptionally(stuck -> leftBehind(context));
            });
  }

  @Override
  public synchronized boolean returns() {
    return supervision.onDeath() != OnDeath.STAY && state != State.ENDED && state != State.LOADING;
  }

  @Override
  public synchronized String whyAway() {
    return whyAway;
  }

  @Override
  public synchronized boolean keeps(Waiting callback) {
    return supervision.onDeath() == OnDeath.REPLAY && returns() && waiting.add(callback);
  }

  @Override
  public synchronized Optional<ServiceDefinition> inherited(ServiceScope scope) {
    return estate.stream().filter(service -> service.scope().equals(scope)).findFirst();
  }

  @Override
  public synchronized void settled(ServiceDefinition replaced) {
    estate.remove(replaced);
  }

  @Override
  public void killed(ScriptContext dying) {
    var _ =
        dying
            .owner()
            .ended()
            .orTimeout(OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                late -> {
                  ended(dying);
                  return leftBehind(dying);
                });
  }

  /** Its thread runs no script any more, and is a daemon: it holds nobody up. */
  private static @Nullable Void leftBehind(ScriptContext context) {
    LOG.log(
        Level.WARNING,
        "the owner thread of "
            + context.name()
            + " does not come back from a call of the host; it is left behind");
    return null;
  }

  /** The context has ended, or is given up. Only the first call for each context counts. */
  private void ended(ScriptContext dead) {
    long delayNanos;
    synchronized (this) {
      if (!dead.equals(context) || state == State.ENDED || state == State.LOADING) {
        return;
      }
      if (supervision.onDeath() == OnDeath.STAY) {
        state = State.ENDED;
        delayNanos = -1;
      } else {
        delayNanos = noteDeath(dead);
      }
      context = null;
    }
    if (delayNanos < 0) {
      births.over(this);
      return;
    }
    Set<ServiceDefinition> services = dead.services();
    synchronized (this) {
      estate.addAll(services);
    }
    String why = whyAway();
    services.forEach(service -> registrar.away(service, why));
    if (delayNanos > 0) {
      waiting.fail(new RunarException(Code.NOT_RUNNING, "the script " + name + " is away: " + why));
    }
    CompletableFuture.delayedExecutor(delayNanos, TimeUnit.NANOSECONDS, restarts)
        .execute(this::restart);
  }

  /** Guarded by this; returns how long to wait before the next try. */
  private long noteDeath(ScriptContext dying) {
    dead++;
    lastDeath = String.valueOf(dying.gone().getMessage());
    long backOff = breaker.died(bornNanos, clock.nanos());
    if (backOff == 0) {
      state = State.RESTARTING;
      whyAway = "its script was ended and is being loaded anew";
    } else {
      state = State.AWAY;
      whyAway = breaker.why(backOff);
      LOG.log(Level.ERROR, "script away name=" + name + " why=" + whyAway);
    }
    return backOff;
  }

  private void restart() {
    long begun = clock.nanos();
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.RESTARTING;
    }
    Birth birth = births.begin(this);
    live(birth.context());
    var _ =
        inTime(birth.loaded())
            .thenRun(() -> birth.context().loaded())
            .thenCompose(loaded -> births.test(birth.context()))
            .whenComplete(
                (tested, error) -> {
                  if (error == null) {
                    returned(birth.context(), begun);
                  } else {
                    failedAgain(birth.context(), Failures.of(error));
                  }
                });
  }

  private void returned(ScriptContext born, long begunNanos) {
    synchronized (this) {
      if (!born.equals(context) || state == State.ENDED) {
        return;
      }
      state = State.RUNNING;
      restarted++;
    }
    long tookMs = (clock.nanos() - begunNanos) / 1_000_000;
    LOG.log(Level.INFO, "script restarted name=" + name + " ms=" + tookMs);
    waiting.handOver(born.services(), lastDeath() + "; nobody took over");
  }

  private void failedAgain(ScriptContext born, RunarException error) {
    LOG.log(Level.ERROR, "script not restarted name=" + name + " why=" + error.getMessage());
    var _ = end(born, error, OWNER_PATIENCE);
    if (returns()) {
      return;
    }
    waiting.fail(error);
  }

  private synchronized String lastDeath() {
    return lastDeath;
  }
}
