package dev.runar.internal.link;

import java.util.ArrayList;
import java.util.List;

/**
 * Those who were refused and wait for room, each once. Its owner's lock guards it, but for {@link
 * #tell}, which is for after.
 */
final class Waiters {
  private List<Runnable> waiting = new ArrayList<>();

  void add(Runnable waiter) {
    waiting.add(waiter);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** All of them, who wait no more. */
  List<Runnable> takeAll() {
    List<Runnable> all = waiting;
    if (all.isEmpty()) {
      return List.of();
    }
    waiting = new ArrayList<>();
    return all;
  }

  /** Not under a lock: what they do is their own. */
  static void tell(List<Runnable> waiters) {
    Aside.each(waiters, Runnable::run);
  }
}
