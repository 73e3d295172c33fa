package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.SubscribeOptions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One event for one subscription: what becomes of it is counted and traced once. Any thread. */
final class BusDelivery extends AtomicBoolean implements EventDelivery {
  private static final long serialVersionUID = 1L;

  private final transient Event event;
  private final transient Map<String, String> params;
  private final transient EventSubscription to;
  private final transient @Nullable Acknowledgement ack;
  private final transient @Nullable EventTrace trace;
  private final int step;

  /**
   * Not queued yet.
   *
   * @param trace null: it is a past event, whose trace may be gone
   * @param step its place in the trace
   */
  BusDelivery(
      Event event,
      Map<String, String> params,
      EventSubscription to,
      @Nullable Acknowledgement ack,
      @Nullable EventTrace trace,
      int step) {
    this.event = event;
    this.params = params;
    this.to = to;
    this.ack = ack;
    this.trace = trace;
    this.step = step;
  }

  @Override
  public boolean isPast() {
    return trace == null;
  }

  @Override
  public Event event() {
    return event;
  }

  @Override
  public Map<String, String> pathParams() {
    return params;
  }

  @Override
  public boolean isManual() {
    return to.options.ack() == SubscribeOptions.Ack.MANUAL;
  }

  @Override
  public void begun() {
    begun(1);
  }

  void begun(int attempt) {
    if (trace != null && !get()) {
      step(EventTrace.State.RUNNING, attempt);
    }
  }

  /** An attempt has failed, and another will follow. */
  void retrying(RunarException error, int attempt) {
    to.subscriber().retried.increment();
    if (trace != null) {
      trace.error(step, error);
      step(EventTrace.State.RETRYING, attempt);
    }
  }

  @Override
  public void handled() {
    handled(1);
  }

  void handled(int attempt) {
    if (compareAndSet(false, true)) {
      to.log.ledger.handled();
      to.subscriber().handled.increment();
      step(EventTrace.State.HANDLED, attempt);
      if (ack != null) {
        ack.settled(true);
      }
    }
  }

  @Override
  public void failed(RunarException error) {
    failed(error, 1);
  }

  /** Its last attempt has failed. */
  void failed(RunarException error, int attempts) {
    if (compareAndSet(false, true)) {
      countFailed(error, EventTrace.State.FAILED, attempts);
      var letter =
          to.log.deadLetters.letter(
              event, to.subscriber().key, error, attempts, to.log.clock.wallMs());
      to.log.bury(letter, to.options.deadLetter(), trace != null && trace.isDeadLetter);
      settleFailed();
    }
  }

  /** It was counted as queued, and no queue has taken it. */
  void refused() {
    to.log.ledger.refused();
    to.subscriber().queued.decrement();
    to.subscriber().refused.increment();
  }

  /** An overflow policy has given it up: it is not needed any more, and no dead letter. */
  void dropped(RunarException error) {
    if (compareAndSet(false, true)) {
      to.subscriber().dropped.increment();
      countFailed(error, EventTrace.State.DROPPED, 0);
      settleFailed();
    }
  }

  private void countFailed(RunarException error, EventTrace.State state, int attempts) {
    to.log.ledger.failed();
    to.subscriber().failed.increment();
    if (trace != null) {
      trace.error(step, error);
      step(state, attempts);
      to.log.traces.trouble(trace);
    }
  }

  private void settleFailed() {
    if (ack != null) {
      ack.settled(false);
    }
  }

  /** A result came after its attempt was over. */
  void late() {
    to.subscriber().late.increment();
  }

  private void step(EventTrace.State state, int attempt) {
    if (trace != null) {
      trace.step(step, state, attempt, to.log.clock.nanos());
    }
  }
}
