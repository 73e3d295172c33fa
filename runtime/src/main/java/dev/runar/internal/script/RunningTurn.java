package dev.runar.internal.script;

import dev.runar.internal.node.Invocation;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn runs now in a script context. The owner thread writes the request, opaquely, so that a
 * turn pays no fence; the watchdog and the thread of the deadlines read.
 *
 * <p>What a handler does after its first {@code await} runs in turns that belong to nobody, as far
 * as the host can see. Of a long one of these it is known which requests it holds up: those that
 * have begun and whose deadline passes meanwhile.
 */
final class RunningTurn {
  private final AtomicReference<@Nullable Invocation> request = new AtomicReference<>();

  /** The last turn that was seen to take long. */
  private final AtomicLong longTurn = new AtomicLong();

  private final AtomicReference<@Nullable HeldUp> heldUp = new AtomicReference<>();

  /** The last of the requests that were over during a turn. */
  private record HeldUp(long turn, long overNanos) {}

  /** The request that the running turn answers; null: none that is known. */
  @Nullable Invocation request() {
    return request.getOpaque();
  }

  /** Around a request's turn. Owner thread. */
  void request(@Nullable Invocation call) {
    request.setOpaque(call);
  }

  /** A turn takes long. Watchdog's thread. */
  void sawLong(long turn) {
    longTurn.setRelease(turn);
  }

  /** Whether a turn was seen to take long. */
  boolean isLong(long turn) {
    return longTurn.getAcquire() == turn;
  }

  /** Whether a request cannot go on because of the turn that runs now. */
  boolean holdsUp(Invocation call, long turn) {
    Invocation answered = request();
    return (answered != null && answered.origin().equals(call.origin()))
        || (answered == null && isLong(turn) && call.hasBegun());
  }

  /** A request is over that the turn holds up: too late, or given up by its caller. */
  void late(Invocation call, long turn) {
    heldUp.accumulateAndGet(
        new HeldUp(turn, call.overNanos()),
        (known, next) ->
            known == null
                    || next == null
                    || known.turn() != next.turn()
                    || next.overNanos() - known.overNanos() > 0
                ? next
                : known);
  }

  /** Whether a request was over during the turn, and the grace after that has passed. */
  boolean isOverdue(long turn, long nowNanos, Duration grace) {
    long graceNanos = Clock.nanosOf(grace);
    Invocation call = request();
    if (call != null) {
      return nowNanos - call.overNanos() > graceNanos;
    }
    HeldUp late = heldUp.get();
    return late != null && late.turn() == turn && nowNanos - late.overNanos() > graceNanos;
  }
}
