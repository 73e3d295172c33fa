package dev.runar.bench;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.loop.CallbackQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The hand-off alone: four producers, one consumer that drains in batches. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class QueueBenchmark {
  private static final Callback NOTHING =
      new Callback() {
        @Override
        public void run() {}

        @Override
        public void abandon(RunarException reason) {}
      };

  private CallbackQueue queue;
  private Thread owner;
  private volatile boolean running = true;

  @Setup
  public void start() {
    owner =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  while (running) {
                    if (queue.drain(256, Callback::run) == 0 && queue.trySleep()) {
                      LockSupport.park(this);
                      queue.awake();
                    }
                  }
                });
    queue = new CallbackQueue(65_536, 1 << 20, () -> LockSupport.unpark(owner));
    owner.start();
  }

  @TearDown
  public void stop() throws InterruptedException {
    running = false;
    LockSupport.unpark(owner);
    owner.join();
  }

  /** An offer counts when it was taken; a producer that finds the queue full tries again. */
  @Benchmark
  @Threads(4)
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  public void offers() {
    while (queue.offer(NOTHING) != Delivery.QUEUED) {
      Thread.onSpinWait();
    }
  }
}
