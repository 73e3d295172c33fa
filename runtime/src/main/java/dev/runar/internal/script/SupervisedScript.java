package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Supervision.OnDeath;
import dev.runar.internal.node.Failures;
import dev.runar.internal.script.ScriptHistory.State;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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

  private final String name;
  private final Supervision supervision;
  private final WaitingCallbacks waiting;
  private final Clock clock;
  private final Registrar registrar;
  private final Birth.Source births;
  private final Seats seats;
  private final Breaker breaker; // guarded by this
  private final Executor restarts = task -> Thread.ofVirtual().name("runar-restart").start(task);

  // Guarded by this.
  private State state = State.LOADING;
  private @Nullable Birth current;
  private boolean swapping;
  private @Nullable Seat beginning; // of one that is being loaded anew and is not current yet
  private final Set<Birth> others = new HashSet<>();
  private long bornNanos;
  private long restarted;
  private long dead;
  private String lastDeath = "";
  private String whyAway = "its script was ended and is being loaded anew";

  SupervisedScript(
      String name,
      Supervision supervision,
      int maxWaiting,
      Clock clock,
      Registrar registrar,
      Birth.Source births) {
    this.name = name;
    this.supervision = supervision;
    this.waiting = new WaitingCallbacks(maxWaiting);
    this.clock = clock;
    this.registrar = registrar;
    this.breaker = new Breaker(supervision);
    this.births = births;
    this.seats = new Seats(registrar);
  }

  String name() {
    return name;
  }

  /** Where its contexts sit. */
  Seats seats() {
    return seats;
  }

  /** Loads the script for the first time; a failure leaves nothing. */
  CompletableFuture<Void> begin() {
    Birth birth = births.begin(this, seats.inNode());
    live(birth);
    return birth
        .loadedWithin(supervision.loadTimeout())
        .thenRun(
            () -> {
              birth.context().loaded();
              become(State.RUNNING);
            })
        .exceptionallyCompose(error -> endFailed(birth, error));
  }

  /** The failure is told when nothing is left of the context, so that a start does not meet it. */
  private CompletableFuture<Void> endFailed(Birth failed, Throwable error) {
    var reason = new RunarException(Code.CONTEXT_GONE, "the script " + name + " failed");
    return failed
        .end(reason)
        .thenCompose(
            stopped -> {
              become(State.ENDED);
              births.over(this);
              return CompletableFuture.failedFuture(error);
            });
  }

  private void live(Birth born) {
    RunarException late = null;
    synchronized (this) {
      if (born.seat().equals(beginning)) {
        beginning = null;
      }
      if (state == State.ENDED) { // it was stopped meanwhile
        late = born.context().gone();
      } else if (born.seat().isReplaced()) { // or loaded anew: another one has its place
        late = new RunarException(Code.CONTEXT_GONE, "a new version takes over");
      } else {
        current = born;
        bornNanos = clock.nanos();
      }
    }
    if (late != null) {
      var _ = born.end(late);
      return;
    }
    var _ = born.context().owner().ended().thenRun(() -> ended(born.context()));
  }

  /** A context that is to take over, or has been taken over from, ends with the script too. */
  void alsoEnds(Birth other) {
    boolean isLate;
    synchronized (this) {
      isLate = state == State.ENDED;
      others.add(other);
    }
    var _ =
        other
            .context()
            .owner()
            .ended()
            .thenRun(
                () -> {
                  synchronized (this) {
                    others.remove(other);
                  }
                });
    if (isLate) {
      var _ = other.end(other.context().gone());
    }
  }

  /**
   * Another context is about to take over. Until {@link #goesOnWith} deaths are the business of who
   * does that. All but the two have left their seats.
   *
   * @return the one that runs the script; empty when it has died
   */
  synchronized Optional<Birth> yieldTo(Birth next) {
    if (state == State.LOADING || state == State.ENDED || swapping) {
      throw new RunarException(Code.NOT_RUNNING, "the script " + name + " does not run");
    }
    swapping = true;
    Birth old = current;
    current = next;
    if (old != null && state == State.RUNNING && !old.context().queue().isClosed()) {
      seats.only(List.of(old.seat(), next.seat()));
      return Optional.of(old);
    }
    seats.only(List.of(next.seat()));
    beginning = null;
    if (old != null) {
      old.context().kill(new RunarException(Code.CONTEXT_GONE, "a new version takes over"));
    }
    return Optional.empty();
  }

  /**
   * The end of what {@link #yieldTo} began: the new context, or the one before, runs the script.
   */
  void goesOnWith(Birth birth) {
    synchronized (this) {
      swapping = false;
      seats.only(List.of(birth.seat()));
      seats.settle();
      become(State.RUNNING);
    }
    live(birth); // hears of its end at once if that was meanwhile
    waiting.handOver(birth.context().services(), lastDeath() + "; nobody took over");
  }

  /** The end of what {@link #yieldTo} began: no context is left, so another is tried. */
  void goesOnWithNone() {
    synchronized (this) {
      swapping = false;
      current = null;
      seats.only(List.of());
      seats.settle();
      become(State.RESTARTING);
    }
    String why = whyAway();
    seats.left().forEach(service -> registrar.away(service, why));
    restarts.execute(this::restart);
  }

  /** One that was to take over has failed. */
  void gaveUp(Birth next) {
    seats.leave(next.seat());
    seats.settle();
  }

  /** Whether it has ended for good. */
  synchronized boolean isOver() {
    return state == State.ENDED;
  }

  private synchronized void become(State next) {
    if (state != State.ENDED) {
      state = next;
    }
  }

  /** The context that runs the script; empty while there is none. */
  synchronized Optional<ScriptContext> context() {
    return Optional.ofNullable(current).map(Birth::context);
  }

  /** Whether the script is where it should be. */
  synchronized boolean isHere() {
    return state == State.RUNNING || state == State.LOADING;
  }

  synchronized ScriptHistory history() {
    return new ScriptHistory(state, dead, restarted, lastDeath);
  }

  /** Ends the script for good; completes when its context has ended, or been told to. */
  CompletableFuture<Void> stop(RunarException reason, Duration patience) {
    Set<Birth> running;
    synchronized (this) {
      state = State.ENDED;
      running = new HashSet<>(others);
      if (current != null) {
        running.add(current);
      }
    }
    waiting.fail(reason);
    return CompletableFuture.allOf(
        running.stream()
            .map(birth -> birth.end(reason, patience))
            .toArray(CompletableFuture<?>[]::new));
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
  public void killed(ScriptContext dying) {
    var _ =
        dying
            .owner()
            .ended()
            .orTimeout(Birth.OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                late -> {
                  ended(dying);
                  return Birth.abandoned(dying);
                });
  }

  /** The context has ended, or is given up. Only the first call for each context counts. */
  private void ended(ScriptContext dead) {
    long delayNanos;
    synchronized (this) {
      if (current == null || !dead.equals(current.context())) {
        return;
      }
      if (swapping || state == State.ENDED || state == State.LOADING) {
        return;
      }
      if (supervision.onDeath() == OnDeath.STAY) {
        state = State.ENDED;
        delayNanos = -1;
      } else {
        delayNanos = noteDeath(dead);
        seats.leave(current.seat()); // with the state: who sees the one finds the other
        seats.settle();
      }
      current = null;
    }
    if (delayNanos < 0) {
      births.over(this);
      return;
    }
    String why = whyAway();
    seats.left().forEach(service -> registrar.away(service, why));
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
    Seat seat;
    synchronized (this) {
      if (state == State.ENDED || current != null || beginning != null) { // another has taken over
        return;
      }
      state = State.RESTARTING;
      seat = seats.inNode(); // with that, too: who takes over meanwhile has it leave
      beginning = seat;
    }
    Birth birth;
    try {
      birth = births.begin(this, seat);
    } catch (RuntimeException e) {
      synchronized (this) {
        beginning = null;
      }
      throw e;
    }
    live(birth);
    var _ =
        birth
            .loadedWithin(supervision.loadTimeout())
            .thenRun(() -> birth.context().loaded())
            .thenCompose(loaded -> births.test(birth.context()))
            .whenComplete(
                (tested, error) -> {
                  if (error == null) {
                    returned(birth, begun);
                  } else {
                    failedAgain(birth, Failures.of(error));
                  }
                });
  }

  private void returned(Birth born, long begunNanos) {
    synchronized (this) {
      if (!born.equals(current) || swapping || state == State.ENDED) {
        return;
      }
      state = State.RUNNING;
      restarted++;
      seats.settle();
    }
    long tookMs = (clock.nanos() - begunNanos) / 1_000_000;
    LOG.log(Level.INFO, "script restarted name=" + name + " ms=" + tookMs);
    waiting.handOver(born.context().services(), lastDeath() + "; nobody took over");
  }

  private void failedAgain(Birth born, RunarException error) {
    LOG.log(Level.ERROR, "script not restarted name=" + name + " why=" + error.getMessage());
    var _ = born.end(error);
    if (returns()) {
      return;
    }
    waiting.fail(error);
  }

  private synchronized String lastDeath() {
    return lastDeath;
  }
}
