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
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
  private final Birth.Source births;
  private final Seats seats;
  private final Deaths deaths; // guarded by this
  private final Set<Birth> others = ConcurrentHashMap.newKeySet();
  private final Executor restarts = task -> Thread.ofVirtual().name("runar-restart").start(task);

  // Guarded by this.
  private State state = State.LOADING;
  private @Nullable Birth current;
  private boolean swapping;
  private @Nullable Seat beginning; // of one that is being loaded anew and is not current yet
  private long restarted;

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
    this.deaths = new Deaths(supervision);
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
        deaths.born(clock.nanos());
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
    others.add(other); // before the look, so that who ends the script finds it or it finds that
    var _ = other.context().owner().ended().thenRun(() -> others.remove(other));
    if (isOver()) {
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
    seats.away(whyAway());
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
    return new ScriptHistory(state, deaths.count(), restarted, deaths.last());
  }

  /** See {@link Birth#rest}, of all its contexts. */
  CompletableFuture<Void> rest(Duration patience) {
    return ofAll(birth -> birth.rest(patience));
  }

  /** Ends the script for good; completes when its context has ended, or been told to. */
  CompletableFuture<Void> stop(RunarException reason, Duration patience) {
    synchronized (this) {
      state = State.ENDED;
    }
    waiting.fail(reason);
    return ofAll(birth -> birth.end(reason, patience));
  }

  private CompletableFuture<Void> ofAll(Function<Birth, CompletableFuture<Void>> step) {
    var running = new HashSet<>(others);
    synchronized (this) {
      if (current != null) {
        running.add(current);
      }
    }
    return CompletableFuture.allOf(running.stream().map(step).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public synchronized boolean returns() {
    return supervision.onDeath() != OnDeath.STAY && state != State.ENDED && state != State.LOADING;
  }

  @Override
  public synchronized String whyAway() {
    return deaths.whyAway();
  }

  @Override
  public synchronized boolean keeps(Waiting callback) {
    return supervision.onDeath() == OnDeath.REPLAY && returns() && waiting.add(callback);
  }

  @Override
  public void killed(ScriptContext dying) {
    Birth.ifLeftBehind(dying, () -> ended(dying));
  }

  /** The context has ended, or is given up. Only the first call for each context counts. */
  private void ended(ScriptContext dead) {
    OptionalLong delayNanos;
    synchronized (this) {
      if (current == null || !dead.equals(current.context())) {
        return;
      }
      if (swapping || state == State.ENDED || state == State.LOADING) {
        return;
      }
      delayNanos = afterDeath(current.seat(), String.valueOf(dead.gone().getMessage()));
      current = null;
    }
    tryAgain(delayNanos);
  }

  /** Guarded by this; returns how long to wait before the next try, empty: none is made. */
  private OptionalLong afterDeath(Seat seat, String why) {
    if (supervision.onDeath() == OnDeath.STAY) {
      state = State.ENDED;
      return OptionalLong.empty();
    }
    long backOff = deaths.died(why, clock.nanos());
    state = backOff == 0 ? State.RESTARTING : State.AWAY;
    if (backOff > 0) {
      LOG.log(Level.ERROR, "script away name=" + name + " why=" + deaths.whyAway());
    }
    seats.leave(seat); // with the state: who sees the one finds the other
    seats.settle();
    return OptionalLong.of(backOff);
  }

  private void tryAgain(OptionalLong delayNanos) {
    if (delayNanos.isEmpty()) {
      births.over(this);
      return;
    }
    String why = whyAway();
    seats.away(why);
    if (delayNanos.getAsLong() > 0) {
      waiting.fail(new RunarException(Code.NOT_RUNNING, "the script " + name + " is away: " + why));
    }
    CompletableFuture.delayedExecutor(delayNanos.getAsLong(), TimeUnit.NANOSECONDS, restarts)
        .execute(this::restart);
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
    } catch (RuntimeException | Error e) {
      neverBorn(seat, Failures.of(e));
      return;
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

  /** Nothing of it has come to be; as with one that has failed, another is tried. */
  private void neverBorn(Seat seat, RunarException error) {
    notRestarted(Level.ERROR, error);
    OptionalLong delayNanos;
    synchronized (this) {
      if (!seat.equals(beginning)) { // another has taken over
        return;
      }
      beginning = null;
      if (state == State.ENDED) {
        return;
      }
      delayNanos = afterDeath(seat, String.valueOf(error.getMessage()));
    }
    tryAgain(delayNanos);
  }

  private void notRestarted(Level level, RunarException error) {
    LOG.log(level, "script not restarted name=" + name + " why=" + error.getMessage());
    if (!returns()) {
      waiting.fail(error);
    }
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
    notRestarted(isReplaced(born) ? Level.INFO : Level.ERROR, error);
    var _ = born.end(error);
  }

  private synchronized boolean isReplaced(Birth born) {
    return current != null && !born.equals(current);
  }

  private synchronized String lastDeath() {
    return deaths.last();
  }
}
