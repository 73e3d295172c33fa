package dev.runar.internal.script.web;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes may wait in all places that share it. Any thread. */
final class ByteBudget {
  private final long max;
  private final AtomicLong taken = new AtomicLong();

  ByteBudget(long max) {
    this.max = max;
  }

  /** Takes room for that many bytes; false, and nothing happens, when there is none. */
  boolean take(long bytes) {
    for (; ; ) {
      long seen = taken.get();
      if (seen + bytes > max) {
        return false;
      }
      if (taken.compareAndSet(seen, seen + bytes)) {
        return true;
      }
    }
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }
}
