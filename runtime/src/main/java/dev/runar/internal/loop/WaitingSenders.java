package dev.runar.internal.loop;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Senders that wait for room in a queue: each got {@code FULL}, and waits at most once. Any thread.
 */
final class WaitingSenders {
  private final Queue<Sender> waiting = new ArrayDeque<>(); // guarded by itself
  private volatile boolean isAny;

  private record Sender(long bytes, Runnable told) {}

  /** Of so many bytes, which were refused. */
  void add(long bytes, Runnable told) {
    synchronized (waiting) {
      waiting.add(new Sender(bytes, told));
      isAny = true;
    }
  }

  /** Tells those for whose bytes there is room: one after the other, here, and under no lock. */
  void releaseIf(LongPredicate hasRoom) {
    if (!isAny) {
      return;
    }
    for (Sender next = next(hasRoom); next != null; next = next(hasRoom)) {
      next.told.run();
    }
  }

  private @Nullable Sender next(LongPredicate hasRoom) {
    synchronized (waiting) {
      if (!hasRoom.test(0)) {
        return null;
      }
      for (Iterator<Sender> all = waiting.iterator(); all.hasNext(); ) {
        Sender sender = all.next();
        if (hasRoom.test(sender.bytes)) {
          all.remove();
          isAny = !waiting.isEmpty();
          return sender;
        }
      }
      return null;
    }
  }
}
