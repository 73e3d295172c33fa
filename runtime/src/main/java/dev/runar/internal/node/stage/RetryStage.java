package dev.runar.internal.node.stage;

import dev.runar.ActionOptions.Retry;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.Invocation;
import dev.runar.spi.Clock;
import io.github.resilience4j.core.IntervalFunction;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Tries a call again that has failed for a reason that may pass. Any thread; never blocks. */
final class RetryStage implements ActionEndpoint {
  private final Retry retry;
  private final boolean isIdempotent;
  private final Answers answers;
  private final ActionEndpoint next;
  private final IntervalFunction backoff;
  private final Time time;
  private final Counters counters;

  /**
   * What a stage knows of time.
   *
   * @param executor runs what comes later; the thread of the delays is for all
   * @param random from 0 to 1, for the jitter
   */
  record Time(Clock clock, Delays delays, Executor executor, DoubleSupplier random) {
    /**
     * Runs a task later, unless it is called off before. As many may wait as there are requests.
     *
     * @return calls it off; repeatable
     */
    Runnable after(long nanos, Runnable task) {
      return delays.after(nanos, () -> executor.execute(task));
    }
  }

  RetryStage(
      Retry retry,
      boolean isIdempotent,
      Answers answers,
      ActionEndpoint next,
      Time time,
      Counters counters) {
    this.retry = retry;
    this.isIdempotent = isIdempotent;
    this.answers = answers;
    this.next = next;
    this.backoff = IntervalFunction.ofExponentialBackoff(retry.backoff(), 2, retry.maxBackoff());
    this.time = time;
    this.counters = counters;
  }

  @Override
  public Delivery offer(Invocation call) {
    attempt(call, 1);
    return Delivery.QUEUED;
  }

  private void attempt(Invocation call, int number) {
    next.submit(new Attempt(call, number).watched());
  }

  private void again(Invocation call, int number, RunarException failure) {
    long nanos = pauseNanos(number - 1);
    if (time.clock().nanos() + nanos - call.deadlineNanos() >= 0) {
      call.fail(failure); // there is no time left for it
      return;
    }
    counters.add(Count.RETRIES);
    Runnable callOff =
        time.after(
            nanos,
            () -> {
              if (!call.isSettled()) {
                attempt(call, number);
              }
            });
    call.onCancel(callOff);
  }

  /** After so many attempts. */
  private long pauseNanos(int attempts) {
    double whole = TimeUnit.MILLISECONDS.toNanos(backoff.apply(attempts));
    return (long) (whole * (1 - retry.jitter() * time.random().getAsDouble()));
  }

  private final class Attempt extends WatchedInvocation {
    private final int number;
    private volatile boolean begun;

    Attempt(Invocation call, int number) {
      super(call);
      this.number = number;
    }

    @Override
    public int attempt() {
      return number;
    }

    @Override
    public void begin() {
      begun = true;
      super.begin();
    }

    @Override
    void succeeded(Payload result) {
      call().succeed(result);
    }

    @Override
    void failed(RunarException error) {
      if (number < retry.attempts() && answers.isRetryable(error, begun, isIdempotent)) {
        again(call(), number + 1, error);
      } else {
        call().fail(error);
      }
    }

    @Override
    void cancelled() {}
  }
}
