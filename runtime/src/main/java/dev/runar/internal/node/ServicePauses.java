package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Pauses services and lets them go on. A paused one keeps its place, its variables and its
 * connections; requests to it fail with {@code NOT_RUNNING}, and events are refused, so that their
 * publisher reads of it in the receipt. Any thread.
 */
final class ServicePauses {
  private final ServiceStates states;
  private final Duration patience;

  ServicePauses(ServiceStates states, Duration patience) {
    this.states = states;
    this.patience = patience;
  }

  /** Closed to requests and events first; if its hook fails it runs on. */
  CompletableFuture<Void> pause(ServiceEntry entry) {
    return inTurn(
        entry,
        State.RUNNING,
        () -> {
          states.change(entry, State.PAUSED);
          return bounded(entry.definition.lifecycle().pause())
              .whenComplete(
                  (done, error) -> {
                    if (error != null && entry.state == State.PAUSED) {
                      states.change(entry, State.RUNNING);
                    }
                  });
        });
  }

  /** Open again when its hook has finished; if that fails it stays paused. */
  CompletableFuture<Void> resume(ServiceEntry entry) {
    return inTurn(
        entry,
        State.PAUSED,
        () ->
            bounded(entry.definition.lifecycle().resume())
                .thenRun(
                    () -> {
                      if (entry.state == State.PAUSED) { // it may have been stopped meanwhile
                        states.change(entry, State.RUNNING);
                      }
                    }));
  }

  /** One step at a time: a pause and a resume do not overlap. */
  private static CompletableFuture<Void> inTurn(
      ServiceEntry entry, State from, Supplier<CompletableFuture<Void>> step) {
    synchronized (entry) {
      if (entry.isChanging) {
        return CompletableFuture.failedFuture(
            new RunarException(
                Code.NOT_RUNNING,
                "service \"" + entry.path() + "\" is being paused or resumed; try again later"));
      }
      if (entry.state != from) {
        return CompletableFuture.failedFuture(
            new RunarException(
                Code.NOT_RUNNING,
                "service \""
                    + entry.path()
                    + "\" is in "
                    + Introspection.shown(entry.state)
                    + " state, not "
                    + Introspection.shown(from)));
      }
      entry.isChanging = true;
    }
    return step.get()
        .whenComplete(
            (done, error) -> {
              synchronized (entry) {
                entry.isChanging = false;
              }
            });
  }

  private CompletableFuture<Void> bounded(CompletableFuture<Void> hook) {
    return hook.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What takes the events of a service: nothing while it is paused. */
  static EventEndpoint unlessPaused(ServiceEntry entry, EventEndpoint endpoint) {
    return new UnlessPaused(entry, endpoint);
  }

  private record UnlessPaused(ServiceEntry entry, EventEndpoint endpoint) implements EventEndpoint {
    @Override
    public Delivery offer(EventDelivery delivery) {
      return entry.state == State.PAUSED ? Delivery.CLOSED : endpoint.offer(delivery);
    }

    @Override
    public String owner() {
      return endpoint.owner();
    }

    @Override
    public int lane(Event event) {
      return endpoint.lane(event);
    }
  }
}
