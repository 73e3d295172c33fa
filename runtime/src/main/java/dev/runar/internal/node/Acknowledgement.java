package dev.runar.internal.node;

import dev.runar.PublishReceipt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Waits for all handlers of one event. Any thread. */
final class Acknowledgement {
  private final CompletableFuture<PublishReceipt> done = new CompletableFuture<>();
  private final AtomicInteger handled = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile @Nullable PublishReceipt receipt;

  /** After all offers: how many are to be waited for is known now. */
  CompletableFuture<PublishReceipt> arm(PublishReceipt queuedReceipt) {
    receipt = queuedReceipt;
    completeWhenAllIn();
    return done;
  }

  void settled(boolean ok) {
    (ok ? handled : failed).incrementAndGet();
    completeWhenAllIn();
  }

  private void completeWhenAllIn() {
    PublishReceipt queued = receipt;
    int ok = handled.get();
    int bad = failed.get();
    if (queued != null && ok + bad == queued.queued()) {
      done.complete(
          new PublishReceipt(
              queued.id(),
              queued.matched(),
              queued.queued(),
              queued.refused(),
              queued.clients(),
              ok,
              bad,
              queued.refusals()));
    }
  }
}
