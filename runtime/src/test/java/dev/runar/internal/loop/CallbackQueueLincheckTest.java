package dev.runar.internal.loop;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every interleaving that stress finds behaves as some order of whole operations would. */
@Timeout(300)
public class CallbackQueueLincheckTest {
  private final CallbackQueue queue = new CallbackQueue(2, 100, () -> {});

  private static final class Numbered implements Callback {
    final int number;
    int abandoned;

    Numbered(int number) {
      this.number = number;
    }

    @Override
    public void run() {}

    @Override
    public void abandon(RunarException reason) {
      abandoned++;
    }
  }

  @Operation
  public Delivery offer(@Param(gen = IntGen.class) int number) {
    return queue.offer(new Numbered(number));
  }

  @Operation
  public void close() {
    queue.close();
  }

  @Operation
  public boolean isClosed() {
    return queue.isClosed();
  }

  /** Waits for a producer between its reservation and its enqueue, as the owner's loop does. */
  @Operation(nonParallelGroup = "consumer")
  public int take() {
    int[] taken = {-1};
    while (taken[0] < 0 && queue.size() > 0 && !queue.isClosed()) {
      queue.drain(1, callback -> taken[0] = ((Numbered) callback).number);
    }
    return taken[0];
  }

  @Operation(nonParallelGroup = "consumer")
  public int abandonAll() {
    queue.abandonAll(new RunarException(Code.CONTEXT_GONE, "gone"));
    return queue.size();
  }

  @Test
  void stress() {
    new StressOptions()
        .iterations(30)
        .threads(3)
        .actorsPerThread(3)
        .invocationsPerIteration(2_000)
        .check(CallbackQueueLincheckTest.class);
  }
}
