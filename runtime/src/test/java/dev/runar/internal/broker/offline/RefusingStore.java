package dev.runar.internal.broker.offline;

import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** A store that refuses what it is asked for while the test says so. */
final class RefusingStore extends StoreOverMemory {
  boolean isRefusing;

  private static <T> CompletableFuture<T> refusal() {
    return CompletableFuture.failedFuture(new StoreException(Reason.OVERLOADED, "not now"));
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    return isRefusing ? refusal() : held.append(queues, body);
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    return isRefusing ? refusal() : held.remove(queue, ids);
  }
}
