package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one event went and how far it came, without its payload. Any thread; each step is written
 * by whoever makes it, and a reader may see it a moment later.
 */
final class EventTrace {
  /** Of an event with more subscriptions, those above are counted but not traced. */
  private static final int MAX_STEPS = 100;

  private static final int MAX_ERRORS = 16;
  private static final int MAX_ERROR_TEXT = 300;

  private static final int STATE_BITS = 4;
  private static final int ATTEMPT_BITS = 12;
  private static final long MAX_ATTEMPT = (1L << ATTEMPT_BITS) - 1;

  private static final VarHandle STEPS = MethodHandles.arrayElementVarHandle(long[].class);

  final long id;
  final String topic;
  final long timestampMs;
  final long atNanos;
  final String publisher;

  /** It tells of an event that could not be handled. */
  final boolean isDeadLetter;

  private final int matched;
  private final Subscriber[] subscribers;

  /** State, attempt and microseconds since the publication, from low to high bits. */
  private final long[] steps;

  private volatile int clients;
  private boolean isTrouble; // guarded by this
  private @Nullable String @Nullable [] errors; // by step; guarded by this
  private int errorCount; // guarded by this

  /** How far an event came with one subscription. */
  enum State {
    /** Queued, and not begun. */
    WAITING(0),
    /** Its handler has begun, and has not finished. */
    RUNNING(1),
    /** It has failed and is to be tried again. */
    RETRYING(2),
    HANDLED(3),
    FAILED(4),
    /** Given up by an overflow policy. */
    DROPPED(5),
    /** Not taken: there was no room. */
    FULL(6),
    /** Not taken: nobody was there. */
    CLOSED(7);

    /** Its place among the states, in a step's bits. */
    final int bits;

    State(int bits) {
      this.bits = bits;
    }
  }

  private static final State[] STATES = State.values();

  /**
   * One step.
   *
   * @param afterMicros when it came there, since the publication
   * @param error what it failed with, or empty
   */
  record Step(Subscriber subscriber, State state, int attempt, long afterMicros, String error) {}

  /** All of it is waiting. */
  EventTrace(
      Event event, long atNanos, String publisher, boolean isDeadLetter, Subscriber[] subscribers) {
    this.id = event.id();
    this.topic = event.topic();
    this.timestampMs = event.timestampMs();
    this.atNanos = atNanos;
    this.publisher = publisher;
    this.isDeadLetter = isDeadLetter;
    this.matched = subscribers.length;
    this.subscribers = subscribers;
    this.steps = new long[Math.min(matched, MAX_STEPS)];
  }

  void clients(int count) {
    clients = count;
  }

  int clients() {
    return clients;
  }

  int matched() {
    return matched;
  }

  /** Of a group, this one gets it; before the offer. */
  void goesTo(int index, Subscriber member) {
    subscribers[index] = member;
  }

  void step(int index, State state, int attempt, long nowNanos) {
    if (index < steps.length) {
      long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nowNanos - atNanos));
      long tried = Math.min(attempt, MAX_ATTEMPT) << STATE_BITS;
      STEPS.setOpaque(steps, index, state.bits | tried | micros << (STATE_BITS + ATTEMPT_BITS));
    }
  }

  void refused(int index, Delivery why, long nowNanos) {
    step(index, why == Delivery.FULL ? State.FULL : State.CLOSED, 0, nowNanos);
  }

  /** What an attempt failed with. */
  synchronized void error(int index, RunarException error) {
    if (index >= steps.length || errorCount == MAX_ERRORS) {
      return;
    }
    @Nullable String[] known = errors;
    if (known == null) {
      known = new String[steps.length];
      errors = known;
    }
    if (known[index] == null) {
      errorCount++;
    }
    String text = error.code() + ": " + error.getMessage();
    known[index] = text.length() <= MAX_ERROR_TEXT ? text : text.substring(0, MAX_ERROR_TEXT) + "…";
  }

  /** True for the first one who asks. */
  synchronized boolean becomesTrouble() {
    boolean becomes = !isTrouble;
    isTrouble = true;
    return becomes;
  }

  synchronized List<Step> steps() {
    var all = new ArrayList<Step>();
    for (int i = 0; i < steps.length; i++) {
      long step = (long) STEPS.getOpaque(steps, i);
      String error = errors == null ? null : errors[i];
      all.add(
          new Step(
              subscribers[i],
              state(step),
              (int) (step >>> STATE_BITS & MAX_ATTEMPT),
              step >>> (STATE_BITS + ATTEMPT_BITS),
              error == null ? "" : error));
    }
    return all;
  }

  private static State state(long step) {
    return STATES[(int) (step & (1 << STATE_BITS) - 1)];
  }

  /** Calls for each subscription with which the event is still under way. */
  void eachOpen(Consumer<Subscriber> action) {
    for (int i = 0; i < steps.length; i++) {
      switch (state((long) STEPS.getOpaque(steps, i))) {
        case WAITING, RUNNING, RETRYING -> action.accept(subscribers[i]);
        case HANDLED, FAILED, DROPPED, FULL, CLOSED -> {}
      }
    }
  }
}
