package dev.runar.internal.node.stage;

import dev.runar.ActionOptions.Bulkhead;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Invocation;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many calls run at a time; so many more wait in order, and above that calls are refused. A
 * call that is cancelled while it waits leaves the queue at once. Any thread; never blocks.
 *
 * <p>The place of a call that was cancelled while it ran is free when its handler comes to its end
 * or is gone with its context, at the latest after as long again as the call had, and the action's
 * timeout if that is less: a handler that never ends would else keep the place for good.
 */
final class BulkheadStage implements ActionEndpoint {
  private final String action;
  private final Bulkhead options;
  private final ActionEndpoint next;
  private final RetryStage.Time time;
  private final long longestNanos;
  private final Counters counters;

  private final LinkedHashSet<Waiting> queue = new LinkedHashSet<>(); // guarded by itself
  private int running; // guarded by queue
  private boolean admitting; // guarded by queue

  /**
   * @param timeout of the action
   */
  BulkheadStage(
      String action,
      Bulkhead options,
      Duration timeout,
      ActionEndpoint next,
      RetryStage.Time time,
      Counters counters) {
    this.action = action;
    this.options = options;
    this.next = next;
    this.time = time;
    this.longestNanos = Clock.nanosOf(timeout);
    this.counters = counters;
  }

  @Override
  public Delivery offer(Invocation call) {
    Waiting waiting = null;
    synchronized (queue) {
      if (running < options.concurrency()) {
        running++;
      } else if (queue.size() < options.queue()) {
        waiting = new Waiting(call);
        queue.add(waiting);
      } else {
        counters.add(Count.REFUSED_BY_BULKHEAD);
        call.fail(full());
        return Delivery.QUEUED;
      }
    }
    if (waiting == null) {
      run(call);
    } else {
      counters.add(Count.WAITED);
      call.onCancel(waiting);
    }
    return Delivery.QUEUED;
  }

  private RunarException full() {
    return new RunarException(
        Code.OVERLOADED,
        action
            + " runs "
            + options.concurrency()
            + " calls at a time, and "
            + options.queue()
            + " wait; try again later");
  }

  private void run(Invocation call) {
    next.submit(new Running(call).watched());
  }

  /** A place is free. */
  private void leave() {
    synchronized (queue) {
      running--;
      if (admitting) {
        return; // whoever admits sees the place: a call that fails at once does not grow the stack
      }
      admitting = true;
    }
    for (Waiting first = admitted(); first != null; first = admitted()) {
      run(first.call);
    }
  }

  private @Nullable Waiting admitted() {
    synchronized (queue) {
      if (queue.isEmpty() || running >= options.concurrency()) {
        admitting = false;
        return null;
      }
      running++;
      return queue.removeFirst();
    }
  }

  /** One that waits; run when its caller gives up. */
  private final class Waiting implements Runnable {
    private final Invocation call;

    Waiting(Invocation call) {
      this.call = call;
    }

    @Override
    public void run() {
      synchronized (queue) {
        queue.remove(this);
      }
    }
  }

  private final class Running extends WatchedInvocation {
    private final long beganNanos = time.clock().nanos();
    private volatile boolean begun; // this attempt; the request may have begun with another one
    private boolean hasLeft; // guarded by this
    private @Nullable Runnable callOff; // guarded by this

    Running(Invocation call) {
      super(call);
    }

    @Override
    public void begin() {
      begun = true;
      super.begin();
    }

    @Override
    void succeeded(Payload result) {
      leaveOnce();
      call().succeed(result);
    }

    @Override
    void failed(RunarException error) {
      leaveOnce();
      call().fail(error);
    }

    @Override
    void cancelled() {
      if (!begun) {
        leaveOnce();
        return;
      }
      long asLongAgain = Math.min(longestNanos, deadlineNanos() - beganNanos);
      Runnable later = time.after(Math.max(1, asLongAgain), this::leaveOnce);
      synchronized (this) {
        callOff = later;
        if (!hasLeft) {
          return;
        }
      }
      later.run();
    }

    @Override
    void late() {
      leaveOnce();
    }

    private void leaveOnce() {
      Runnable timer;
      synchronized (this) {
        if (hasLeft) {
          return;
        }
        hasLeft = true;
        timer = callOff;
      }
      if (timer != null) {
        timer.run();
      }
      leave();
    }
  }
}
