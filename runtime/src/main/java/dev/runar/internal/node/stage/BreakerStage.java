package dev.runar.internal.node.stage;

import dev.runar.ActionOptions.Breaker;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Invocation;
import dev.runar.spi.Clock;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.util.concurrent.TimeUnit;

/**
 * Refuses calls while too many of the last ones have failed. A call whose deadline passes has
 * failed; one that its caller gives up, or that ends with an answer, says nothing. Any thread.
 */
final class BreakerStage implements ActionEndpoint {
  private final String action;
  private final Breaker options;
  private final CircuitBreaker breaker;
  private final Answers answers;
  private final ActionEndpoint next;
  private final Clock clock;
  private final Counters counters;

  BreakerStage(
      String action,
      Breaker options,
      Answers answers,
      ActionEndpoint next,
      Clock clock,
      Counters counters) {
    this.action = action;
    this.options = options;
    this.answers = answers;
    this.next = next;
    this.clock = clock;
    this.counters = counters;
    this.breaker =
        CircuitBreaker.of(
            action,
            CircuitBreakerConfig.custom()
                .failureRateThreshold((float) (options.failureRate() * 100))
                .slidingWindow(options.window(), options.window(), SlidingWindowType.COUNT_BASED)
                .waitDurationInOpenState(options.openFor())
                .permittedNumberOfCallsInHalfOpenState(options.trials())
                .currentTimestampFunction(ignored -> clock.nanos(), TimeUnit.NANOSECONDS)
                .clock(new WallClock(clock))
                .build());
  }

  @Override
  public Delivery offer(Invocation call) {
    if (breaker.tryAcquirePermission()) {
      next.submit(new Permitted(call).watched());
    } else {
      counters.add(Count.REFUSED_BY_BREAKER);
      call.fail(open());
    }
    return Delivery.QUEUED;
  }

  private RunarException open() {
    return new RunarException(
        Code.OVERLOADED,
        "the breaker of "
            + action
            + " is open: "
            + Math.round(options.failureRate() * 100)
            + " % or more of the last "
            + options.window()
            + " calls failed; calls are refused for "
            + options.openFor().toMillis()
            + " ms, then "
            + options.trials()
            + " may try");
  }

  private final class Permitted extends WatchedInvocation {
    private final long beganNanos = clock.nanos();

    Permitted(Invocation call) {
      super(call);
    }

    @Override
    void succeeded(Payload result) {
      breaker.onSuccess(tookNanos(), TimeUnit.NANOSECONDS);
      call().succeed(result);
    }

    @Override
    void failed(RunarException error) {
      if (answers.isAnswer(error)) {
        breaker.onSuccess(tookNanos(), TimeUnit.NANOSECONDS); // it works, and says no
      } else {
        breaker.onError(tookNanos(), TimeUnit.NANOSECONDS, error);
      }
      call().fail(error);
    }

    @Override
    void cancelled() {
      if (clock.nanos() - deadlineNanos() >= 0) {
        var late = new RunarException(Code.TIMEOUT, "the deadline passed");
        breaker.onError(tookNanos(), TimeUnit.NANOSECONDS, late);
      } else {
        breaker.releasePermission();
      }
    }

    private long tookNanos() {
      return Math.max(0, clock.nanos() - beganNanos);
    }
  }
}
