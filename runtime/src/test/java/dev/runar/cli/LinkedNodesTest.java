package dev.runar.cli;

import dev.runar.Delivery;
import dev.runar.NodeProvider.Linked;
import dev.runar.NodeProvider.Started;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the nodes of a process when it ends. */
@Timeout(20)
class LinkedNodesTest {
  /** A link whose node stops in its own way. */
  private record Stopping(Supplier<CompletableFuture<Void>> stop) implements Linked {
    @Override
    public Delivery log(String level, String logger, String message) {
      return Delivery.QUEUED;
    }

    @Override
    public CompletableFuture<String> ended() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Started> started() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> stopNode() {
      return stop.get();
    }

    @Override
    public void close(String why) {}
  }

  @Test
  void oneThatFailsOrHangsHoldsUpNeitherTheOthersNorTheProcess() throws InterruptedException {
    var nodes = new LinkedNodes();
    var never = new CountDownLatch(1);
    var stopped = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      nodes.to(
          new Stopping(
              () -> {
                stopped.countDown();
                return CompletableFuture.completedFuture(null);
              }));
      nodes.to(
          new Stopping(
              () -> {
                throw new IllegalStateException("broken");
              }));
      nodes.to(
          new Stopping(
              () -> {
                await(never);
                return CompletableFuture.completedFuture(null);
              }));
    }

    nodes.end();

    stopped.await();
    never.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
