package dev.runar.internal.broker.offline;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * A store that acknowledges when the test says so, as one with a disk does: what was appended can
 * be read before whoever appended it hears of it.
 */
public final class StoreInSteps extends StoreOverMemory {
  private final ArrayDeque<Runnable> acknowledgements = new ArrayDeque<>();

  /** Acknowledges so many operations, in their order. */
  public void acknowledge(int count) {
    for (int i = 0; i < count && !acknowledgements.isEmpty(); i++) {
      acknowledgements.remove().run();
    }
  }

  public void acknowledgeAll() {
    while (!acknowledgements.isEmpty()) {
      acknowledgements.remove().run();
    }
  }

  private <T> CompletableFuture<T> later(CompletableFuture<T> done) {
    var answer = new CompletableFuture<T>();
    acknowledgements.add(() -> answer.complete(done.join()));
    return answer;
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    return later(held.append(queues, body));
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    return later(held.remove(queue, ids));
  }

  @Override
  public void close() {
    acknowledgeAll();
  }
}
