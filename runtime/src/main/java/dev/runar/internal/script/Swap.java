package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to let a script that is loaded anew take over from the context that runs it. The old
 * context goes on until the new one has defined everything; if anything fails, the old one goes on
 * as if nothing had been. {@link #run} blocks, on a thread of its own.
 */
final class Swap {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** What the services of the old context may take to say what is to be handed on. */
  private static final Duration SAVE_PATIENCE = Duration.ofSeconds(5);

  private final SupervisedScript script;
  private final Terms terms;
  private volatile @Nullable Birth loading;
  private volatile boolean isSuperseded;

  /**
   * What holds for every swap of a script.
   *
   * @param most bytes of one service's state
   * @param drain how long the old context may go on with what it has begun
   */
  record Terms(
      Birth.Source births,
      Registrar node,
      Supervision supervision,
      Clock clock,
      long most,
      Duration drain) {}

  Swap(SupervisedScript script, Terms terms) {
    this.script = script;
    this.terms = terms;
  }

  /** A newer version is there: this one is given up if it is still being loaded. Any thread. */
  void supersede() {
    isSuperseded = true;
    Birth birth = loading;
    if (birth != null) {
      birth.context().kill(new RunarException(Code.CANCELLED, "a newer version is there"));
    }
  }

  boolean isSuperseded() {
    return isSuperseded;
  }

  /**
   * Does it all, up to the moment when the new context runs everything.
   *
   * @throws RunarException why the old one goes on
   */
  Reload run() {
    long begun = terms.clock().nanos();
    Birth next = terms.births().begin(script, script.seats().outside());
    script.alsoEnds(next);
    try {
      load(next);
      return takeOver(next, begun);
    } catch (RuntimeException e) {
      RunarException failure = Failures.of(e);
      next.seat().discard();
      script.gaveUp(next);
      var _ = next.end(failure);
      throw failure;
    }
  }

  private void load(Birth next) {
    loading = next;
    if (isSuperseded) {
      supersede();
    }
    try {
      result(next.loadedWithin(terms.supervision().loadTimeout()));
      result(SelfTest.of(next.context()).orTimeout(patienceNanos(), TimeUnit.NANOSECONDS));
      next.context().loaded();
    } finally {
      loading = null;
    }
  }

  private Reload takeOver(Birth next, long begun) {
    Optional<Birth> old = script.yieldTo(next);
    var handover = new Handover(terms.node(), old.orElse(null), script.seats().left(), next);
    CompletableFuture<Void> drained;
    try {
      drained = handover.begin();
    } catch (RuntimeException e) {
      goOnWithout(old);
      throw Failures.of(e);
    }
    Handover.Done done;
    try {
      awaitDrained(old, drained);
      begin(next, old.map(this::saved).orElse(Map.of()));
      done = result(handover.release());
    } catch (RuntimeException e) {
      RunarException failure = Failures.of(e);
      goBack(handover, next, old, failure);
      throw failure;
    }
    script.goesOnWith(next);
    old.ifPresent(this::retire);
    retire(handover.replaced());
    return new Reload(
        Duration.ofNanos(terms.clock().nanos() - begun),
        next.seat().holdings().services().size(),
        done.sessions(),
        done.callbacks());
  }

  /** The old one may be in a long turn; one that does not come back is ended by the watchdog. */
  private void awaitDrained(Optional<Birth> old, CompletableFuture<Void> drained) {
    try {
      result(drained.orTimeout(patienceNanos(), TimeUnit.NANOSECONDS));
    } catch (RunarException late) {
      old.ifPresent(
          birth ->
              birth
                  .context()
                  .kill(new RunarException(Code.CONTEXT_GONE, "it did not make way in time")));
    }
  }

  /** What each service of the old context wants kept. One that cannot say so loses it. */
  private Map<ServiceScope, Payload> saved(Birth old) {
    var saved = new HashMap<ServiceScope, Payload>();
    for (ServiceDefinition service : old.seat().holdings().services()) {
      try {
        Optional<Payload> state =
            result(
                service
                    .lifecycle()
                    .save()
                    .orTimeout(SAVE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        state.filter(this::isSmall).ifPresent(given -> saved.put(service.scope(), given));
      } catch (RunarException e) {
        LOG.log(
            Level.ERROR,
            "state not saved service=" + service.scope().servicePath() + " why=" + e.getMessage());
      }
    }
    return saved;
  }

  private boolean isSmall(Payload state) {
    if (state.size() <= terms.most()) {
      return true;
    }
    throw new RunarException(
        Code.TOO_LARGE, "it is " + state.size() + " bytes, more than " + terms.most());
  }

  private void begin(Birth next, Map<ServiceScope, Payload> saved) {
    List<ServiceDefinition> services = next.seat().holdings().services();
    for (ServiceDefinition service : services) {
      Payload state = saved.get(service.scope());
      if (state != null) {
        step("take over its state", service, service.lifecycle().restore(state));
      }
    }
    if (terms.node().startsServices()) {
      services.forEach(service -> step("start", service, service.lifecycle().start()));
    }
  }

  private void step(String what, ServiceDefinition service, CompletableFuture<Void> step) {
    try {
      result(step.orTimeout(patienceNanos(), TimeUnit.NANOSECONDS));
    } catch (RunarException e) {
      throw new RunarException(
          e.code(),
          "service \""
              + service.scope().servicePath()
              + "\" failed to "
              + what
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private void goBack(Handover handover, Birth next, Optional<Birth> old, RunarException why) {
    if (!script.isOver()) {
      try {
        result(handover.back().orTimeout(patienceNanos(), TimeUnit.NANOSECONDS));
        goOnWithout(old);
        return;
      } catch (RunarException e) {
        logNoWayBack(old, e);
      }
    }
    CompletableFuture<Void> oldEnded =
        old.map(birth -> birth.end(why)).orElse(CompletableFuture.completedFuture(null));
    var _ = CompletableFuture.allOf(next.end(why), oldEnded).thenRun(() -> handover.fail(why));
    if (!script.isOver()) {
      script.goesOnWithNone();
    }
  }

  /** One that had died before has not been lost by this: another is tried, as after any death. */
  private void logNoWayBack(Optional<Birth> old, RunarException why) {
    boolean isLost = old.stream().anyMatch(birth -> !birth.context().queue().isClosed());
    LOG.log(
        isLost ? Level.ERROR : Level.INFO,
        (isLost ? "script lost name=" : "script has no version to go back to name=")
            + script.name()
            + " why="
            + why.getMessage());
  }

  private void goOnWithout(Optional<Birth> old) {
    old.ifPresentOrElse(script::goesOnWith, script::goesOnWithNone);
  }

  /** What lived on when its script died: instances. Of the others nothing is left to end. */
  private void retire(List<ServiceDefinition> left) {
    if (left.isEmpty()) {
      return;
    }
    Thread.ofVirtual()
        .name("runar-retire")
        .start(
            () ->
                left.forEach(
                    service -> {
                      quietly(service.lifecycle().drained(), "finish");
                      service.lifecycle().removed();
                    }));
  }

  /** The old context ends what it has begun, on a thread of its own. */
  private void retire(Birth old) {
    script.alsoEnds(old);
    Thread.ofPlatform().name("runar-retire").daemon(true).start(() -> end(old));
  }

  private void end(Birth old) {
    var reason =
        new RunarException(
            Code.CONTEXT_GONE, "a new version of the script has taken over; this one has ended");
    try {
      quietly(old.context().pending().none(), "finish");
      for (ServiceDefinition service : old.seat().holdings().services().reversed()) {
        quietly(service.lifecycle().drained(), "finish");
        quietly(service.lifecycle().stop(), "stop service " + service.scope().servicePath());
      }
    } finally {
      old.seat().discard();
      var _ = old.end(reason);
    }
  }

  private void quietly(CompletableFuture<Void> step, String what) {
    try {
      result(step.orTimeout(Clock.nanosOf(terms.drain()), TimeUnit.NANOSECONDS));
    } catch (RunarException e) {
      LOG.log(
          Level.WARNING,
          "the old version of script "
              + script.name()
              + " did not "
              + what
              + ": "
              + e.getMessage());
    }
  }

  private long patienceNanos() {
    return Clock.nanosOf(terms.supervision().loadTimeout());
  }

  private static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TimeoutException late) {
        throw new RunarException(Code.TIMEOUT, "it took too long", late);
      }
      throw Failures.of(e);
    } catch (InterruptedException e) {
      throw new RunarException(Code.CANCELLED, "the thread was interrupted", e);
    }
  }
}
