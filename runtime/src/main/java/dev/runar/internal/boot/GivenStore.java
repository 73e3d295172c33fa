package dev.runar.internal.boot;

import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * A store that a program has given the node, so that no fault of it becomes one of the node. Any
 * thread.
 *
 * <p>What it answers is heard on a thread of this one, in the order in which it was answered: the
 * store may hold a lock then that it also takes when it is called, and the node calls it with its
 * own locks held. What it throws is an answer too.
 */
final class GivenStore implements Store {
  private final Store given;
  private final ExecutorService answers =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("runar-given-store").daemon(true).factory());

  GivenStore(Store given) {
    this.given = given;
  }

  @Override
  public Level level() {
    return given.level();
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    return answered(() -> given.append(queues, body));
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    return answered(() -> given.remove(queue, ids));
  }

  private <T> CompletableFuture<T> answered(Supplier<CompletableFuture<T>> question) {
    CompletableFuture<T> asked;
    try {
      asked = Objects.requireNonNull(question.get(), "the store answered with null");
    } catch (RuntimeException e) {
      asked = CompletableFuture.failedFuture(failed(e));
    }
    var answer = new CompletableFuture<T>();
    var _ =
        asked.whenComplete(
            (value, error) ->
                hear(
                    () -> {
                      if (error == null) {
                        answer.complete(value);
                      } else {
                        answer.completeExceptionally(error);
                      }
                    }));
    return answer;
  }

  private void hear(Runnable answer) {
    try {
      answers.execute(answer);
    } catch (RejectedExecutionException _) { // it answers although it is closed
      answer.run();
    }
  }

  @Override
  public List<Entry> read(String queue, long after, int limit) {
    try {
      return Objects.requireNonNull(
          given.read(queue, after, limit), "the store answered with null");
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  private static StoreException failed(RuntimeException e) {
    return e instanceof StoreException known
        ? known
        : new StoreException(Reason.FAILED, "the store failed: " + e, e);
  }

  @Override
  public Set<String> queues() {
    return given.queues();
  }

  @Override
  public Findings findings() {
    return given.findings();
  }

  @Override
  public Counts counts() {
    return given.counts();
  }

  /** Waits until everything that the store has answered is heard. */
  @Override
  public void close() {
    try {
      given.close();
    } finally {
      answers.close();
    }
  }
}
