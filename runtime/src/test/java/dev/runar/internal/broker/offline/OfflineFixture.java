package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.time.TurnedTime;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;

/** Offline queues of a test, of three clients in one group. */
abstract class OfflineFixture {
  static final QueueKey PHONE = new QueueKey("chat", "ann", "phone");
  static final QueueKey LAPTOP = new QueueKey("chat", "ann", "laptop");
  static final QueueKey BOB = new QueueKey("chat", "bob", "phone");

  @TempDir Path folder;

  final List<DeadLetter> letters = new ArrayList<>();
  final TurnedTime clock = new TurnedTime();
  boolean isGraveOpen = true;

  OfflineQueues over(Store held, OfflineOptions options) {
    return new OfflineQueues(
        options,
        new OfflineQueues.Parts(
            held,
            clock,
            Runnable::run,
            letter -> {
              letters.add(letter);
              return isGraveOpen
                  ? CompletableFuture.completedFuture(null)
                  : CompletableFuture.failedFuture(new IllegalStateException("closed"));
            }));
  }

  /** Whose readers are served by an executor, and whose dead letters nobody looks at. */
  static OfflineQueues over(Store held, Executor work, OfflineOptions options) {
    return new OfflineQueues(
        options,
        new OfflineQueues.Parts(
            held, Clock.system(), work, letter -> CompletableFuture.completedFuture(null)));
  }

  static long offer(OfflineQueues queues, QueueKey key, String text) {
    return queues.offer(key, Payload.of(text)).join().id();
  }

  static List<WaitingMessage> waiting(OfflineQueues queues, QueueKey key) {
    return queues.unacked(key, 0, 1_000_000).join();
  }

  static List<String> texts(OfflineQueues queues, QueueKey key) {
    return waiting(queues, key).stream()
        .map(message -> message.payload().orElseThrow().asString())
        .toList();
  }

  static void join(OfflineQueues queues, QueueKey... keys) {
    for (QueueKey key : keys) {
      assertThat(queues.join(key).join()).isNotNull();
    }
  }

  static void assertFails(ThrowingCallable call, Code code) {
    assertThatThrownBy(call)
        .satisfies(
            thrown -> {
              Throwable error = thrown instanceof RunarException ? thrown : thrown.getCause();
              assertThat(((RunarException) error).code()).isEqualTo(code);
            });
  }
}
