package dev.runar.internal.link;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Those who were refused and wait for room, each once. Its owner's lock guards it, but for {@link
 * #tell}, which is for after.
 */
final class Waiters {
  private final List<Waiter> waiting = new ArrayList<>();

  private record Waiter(long bytes, Runnable told) {}

  /** Who wants room for so many bytes. */
  void add(long bytes, Runnable told) {
    waiting.add(new Waiter(bytes, told));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Those who wait no more: there is room for as many bytes as each wants. */
  List<Runnable> takeIf(LongPredicate hasRoom) {
    var taken = new ArrayList<Runnable>();
    waiting.removeIf(waiter -> hasRoom.test(waiter.bytes) && taken.add(waiter.told));
    return taken;
  }

  /** Not under a lock: what they do is their own. */
  static void tell(List<Runnable> waiters) {
    Aside.each(waiters, Runnable::run);
  }
}
