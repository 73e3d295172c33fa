package dev.runar.internal.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stores of a program, which do what the node's own do not. */
@Timeout(20)
class GivenStoreTest {
  private static final QueueKey PHONE = new QueueKey("chat", "ann", "phone");

  private final OneMonitor monitor = new OneMonitor();
  private final GivenStore store = new GivenStore(monitor);

  @AfterEach
  void close() {
    store.close();
  }

  /** It answers with the monitor held that each call takes. */
  private static final class OneMonitor implements Store {
    private final ArrayDeque<CompletableFuture<Receipt>> waiting = new ArrayDeque<>();
    private long lastId;
    @Nullable RuntimeException fault;
    boolean answersNull;

    @Override
    public Level level() {
      return Level.REPLICATED;
    }

    @Override
    @SuppressWarnings("NullAway") // it does what it must not
    public synchronized CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
      if (fault != null) {
        throw fault;
      }
      var answer = new CompletableFuture<Receipt>();
      waiting.add(answer);
      return answersNull ? null : answer;
    }

    synchronized void flush(Runnable before) {
      before.run();
      flush();
    }

    synchronized void flush() {
      while (!waiting.isEmpty()) {
        waiting.remove().complete(new Receipt(++lastId, level()));
      }
    }

    @Override
    public synchronized CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
      if (fault != null) {
        throw fault;
      }
      return CompletableFuture.completedFuture(level());
    }

    @Override
    public List<Entry> read(String queue, long after, int limit) {
      if (fault != null) {
        throw fault;
      }
      return List.of();
    }

    @Override
    public Set<String> queues() {
      return Set.of();
    }

    @Override
    public Findings findings() {
      return new Findings(true, List.of());
    }

    @Override
    public Counts counts() {
      return new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
      flush();
    }
  }

  private OfflineQueues queues() {
    return new OfflineQueues(
        OfflineOptions.DEFAULT,
        new OfflineQueues.Parts(
            store,
            Clock.system(),
            Runnable::run,
            letter -> CompletableFuture.completedFuture(null)));
  }

  @Test
  void itMayAnswerWithALockHeldThatItTakesWhenItIsCalled() throws InterruptedException {
    OfflineQueues queues = queues();
    var joined = queues.join(PHONE);
    monitor.flush();
    assertThat(joined.join()).isEqualTo(Store.Level.REPLICATED);

    var first = queues.offer(PHONE, Payload.of("a"));
    var second = new ArrayList<CompletableFuture<Store.Receipt>>();
    Thread other =
        Thread.ofPlatform()
            .unstarted(() -> second.add(queues.offer(PHONE, Payload.of("b")))); // as an event loop
    monitor.flush(
        () -> {
          other.start();
          while (other.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait(); // it waits for the store with the queues' lock held
          }
        });
    assertThat(first.join().id()).isEqualTo(2);
    other.join();
    monitor.flush();
    assertThat(second.getFirst().join().id()).isEqualTo(3);
  }

  @Test
  void whatItAnswersIsHeardInItsOrderOnAnotherThread() {
    var heard = new ArrayList<String>();
    var last = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < 100; i++) {
      last.add(
          store
              .append(List.of("q"), new byte[0])
              .thenAccept(
                  receipt -> heard.add(receipt.id() + " " + Thread.currentThread().getName())));
    }
    monitor.flush();
    last.getLast().join();
    assertThat(heard).hasSize(100);
    assertThat(heard.getFirst()).isEqualTo("1 runar-given-store");
    assertThat(heard.getLast()).isEqualTo("100 runar-given-store");
  }

  @Test
  void whatItThrowsIsAFailure() {
    monitor.fault = new IllegalStateException("the table is gone");
    assertFailed(store.append(List.of("q"), new byte[0]));
    assertFailed(store.remove("q", List.of(1L)));
    assertThatThrownBy(() -> store.read("q", 0, 1))
        .isInstanceOfSatisfying(
            StoreException.class, error -> assertThat(error.reason()).isEqualTo(Reason.FAILED));

    monitor.fault = new StoreException(Reason.FULL, "full");
    assertThatThrownBy(() -> store.append(List.of("q"), new byte[0]).join())
        .cause()
        .isSameAs(monitor.fault);

    monitor.fault = null;
    monitor.answersNull = true;
    assertFailed(store.append(List.of("q"), new byte[0]));
  }

  private static void assertFailed(CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class, error -> assertThat(error.reason()).isEqualTo(Reason.FAILED));
  }

  @Test
  void theQueuesGoOnAfterItHasThrown() {
    OfflineQueues queues = queues();
    monitor.fault = new IllegalStateException("the table is gone");
    assertThatThrownBy(() -> queues.join(PHONE).join()).hasMessageContaining("the table is gone");
    monitor.fault = null;
    var joined = queues.join(PHONE);
    monitor.flush();
    assertThat(joined.join()).isEqualTo(Store.Level.REPLICATED);

    monitor.fault = new IllegalStateException("again");
    assertThatThrownBy(() -> queues.offer(PHONE, Payload.of("a")).join())
        .hasMessageContaining("again");
    assertThat(queues.holding().messages()).isZero();
  }

  @Test
  void whatItAnswersAsItIsClosedIsHeardBeforeThat() {
    var heard = new ArrayList<Long>();
    var _ = store.append(List.of("q"), new byte[0]).thenAccept(receipt -> heard.add(receipt.id()));
    store.close();
    assertThat(heard).containsExactly(1L);
  }
}
