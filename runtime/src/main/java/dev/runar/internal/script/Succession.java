package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.CallbackQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the callbacks of one context from outside while it takes over from another one,
 * or another one takes over from it. Any thread.
 *
 * <p>A retired context hands on, in their order, those that have their like in its successor; the
 * others it still does itself. One on trial that ends keeps what waited, for the one before it.
 */
final class Succession {
  private final int most;
  private final long mostBytes;
  private volatile Phase phase = Phase.IN_PLACE; // written under the lock
  private final List<Movable> handedOn = new ArrayList<>(); // guarded by this
  private boolean taken; // guarded by this
  private long bytes; // of those kept on trial; guarded by this

  private enum Phase {
    IN_PLACE,
    /** Everything from outside reaches it, but it does not run any of that yet. */
    ON_TRIAL,
    /** Another has its place. */
    RETIRED,
    /** As retired, after a failure: what nobody else can do fails. */
    GIVEN_UP
  }

  /**
   * A context in its place.
   *
   * @param most callbacks that are kept when it ends on trial
   * @param mostBytes of their payloads
   */
  Succession(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  synchronized void inPlace() {
    phase = Phase.IN_PLACE;
  }

  synchronized void onTrial() {
    phase = Phase.ON_TRIAL;
    taken = false;
    bytes = 0;
  }

  synchronized void retire() {
    phase = Phase.RETIRED;
    taken = false;
  }

  synchronized void giveUp() {
    phase = Phase.GIVEN_UP;
    taken = false;
  }

  /** What was handed on so far, in order; what comes later goes straight to the successor. */
  synchronized List<Movable> take() {
    taken = true;
    List<Movable> all = List.copyOf(handedOn);
    handedOn.clear();
    return all;
  }

  /** Instead of running it. */
  boolean handsOn(Movable callback) {
    return switch (phase) {
      case IN_PLACE, ON_TRIAL -> false;
      case RETIRED -> moves(callback);
      case GIVEN_UP -> {
        if (!moves(callback)) {
          callback.fail(
              new RunarException(
                  Code.NOT_RUNNING,
                  "only the new version of the script handles this, and it has failed"));
        }
        yield true;
      }
    };
  }

  /** Instead of failing it, when the context ends. */
  boolean keeps(Movable callback) {
    return switch (phase) {
      case IN_PLACE -> false;
      case ON_TRIAL -> late(callback) == Delivery.QUEUED;
      case RETIRED, GIVEN_UP -> moves(callback);
    };
  }

  private boolean moves(Movable callback) {
    Movable moved = callback.moved();
    if (moved == null) {
      return false;
    }
    synchronized (this) {
      if (!taken) {
        handedOn.add(moved); // no more than waited in the queue
        return true;
      }
    }
    return moved.context().queue().offerReserved(moved) == Delivery.QUEUED;
  }

  /**
   * After {@code CLOSED}: offers it to the successor.
   *
   * @param queue of this context
   */
  Delivery after(Movable callback, CallbackQueue queue) {
    if (phase == Phase.RETIRED && callback.moved() == null) {
      return queue.offerReserved(callback); // nobody else can do it
    }
    return late(callback);
  }

  /** One that has ended on trial keeps it for the one before; any other passes it on. */
  private Delivery late(Movable callback) {
    synchronized (this) {
      if (phase == Phase.ON_TRIAL && !taken) {
        if (handedOn.size() >= most || bytes + callback.size() > mostBytes) {
          return Delivery.FULL;
        }
        bytes += callback.size();
        handedOn.add(callback);
        return Delivery.QUEUED;
      }
    }
    Movable moved = callback.moved();
    return moved == null ? Delivery.CLOSED : moved.context().offer(moved);
  }
}
