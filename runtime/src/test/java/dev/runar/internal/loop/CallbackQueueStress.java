package dev.runar.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The two races that the queue's promises rest on; run by {@link CallbackQueueStressTest}. */
public final class CallbackQueueStress {
  private CallbackQueueStress() {}

  /** An offer against the end: told by the answer or by the callback, never by neither. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "queued, then abandoned")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused")
  @Outcome(expect = FORBIDDEN, desc = "lost, or told twice")
  @State
  public static class OfferAgainstAbandon {
    private final CallbackQueue queue = new CallbackQueue(4, 100, () -> {});
    private final AtomicInteger told = new AtomicInteger();

    @Actor
    public void producer(II_Result result) {
      Delivery answer =
          queue.offer(
              new Callback() {
                @Override
                public void run() {}

                @Override
                public void abandon(RunarException reason) {
                  told.incrementAndGet();
                }
              });
      result.r1 = answer == Delivery.QUEUED ? 1 : 0;
    }

    @Actor
    public void owner() {
      queue.abandonAll(new RunarException(Code.CONTEXT_GONE, "gone"));
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = told.get();
    }
  }

  /** An offer against the consumer's falling asleep: awake, or woken. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the consumer saw the callback")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "seen, and woken besides")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "asleep, and woken")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "asleep for ever")
  @State
  public static class OfferAgainstSleep {
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final CallbackQueue queue = new CallbackQueue(4, 100, wakeUps::incrementAndGet);

    @Actor
    public void producer() {
      var _ =
          queue.offer(
              new Callback() {
                @Override
                public void run() {}

                @Override
                public void abandon(RunarException reason) {}
              });
    }

    @Actor
    public void owner(II_Result result) {
      result.r1 = queue.trySleep() ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = Math.min(1, wakeUps.get());
    }
  }
}
