package dev.runar.flood;

import dev.runar.Messaging;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Requests whose answer, timeout and cancellation come at about the same time: how each ended, and
 * how often. {@link #run} is for one thread.
 */
final class Races {
  private final Messaging node;
  private final Wanted wanted;
  private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();

  /** What is asked for: {@code count} calls of {@code path}, which answers after a while. */
  record Wanted(String path, int count, int timeoutMs, int cancelMs) {}

  Races(Messaging node, Wanted wanted) {
    this.node = node;
    this.wanted = wanted;
  }

  Payload run() {
    var options = new RequestOptions(Duration.ofMillis(wanted.timeoutMs()), Map.of());
    var all = new CompletableFuture<?>[wanted.count()];
    for (int i = 0; i < all.length; i++) {
      var asked = node.request(wanted.path(), Payload.object("n", i), options);
      all[i] = asked.handle((result, error) -> count(error));
      if (i % 2 == 0) {
        CompletableFuture.delayedExecutor(wanted.cancelMs(), TimeUnit.MILLISECONDS)
            .execute(() -> asked.cancel(false));
      }
    }
    CompletableFuture.allOf(all).join();
    var counts = new TreeMap<String, Object>();
    ends.forEach((end, count) -> counts.put(end, count.sum()));
    return Payload.of(counts);
  }

  private boolean count(@Nullable Throwable error) {
    ends.computeIfAbsent(nameOf(error), name -> new LongAdder()).increment();
    return error == null;
  }

  private static String nameOf(@Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return switch (cause) {
      case null -> "OK";
      case RunarException known -> known.code().name();
      case java.util.concurrent.CancellationException cancelled -> "CANCELLED";
      default -> cause.toString();
    };
  }
}
