package dev.runar.internal.store;

import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;

/** What a store has found to be lost; each is written into the log. Any thread. */
final class Losses {
  private static final Logger LOG = System.getLogger("dev.runar.store");
  private static final int MOST = 1_000;

  // Guarded by this.
  private final List<Damage> first = new ArrayList<>();
  private long found;

  void add(Damage damage) {
    LOG.log(
        damage.loss() == Loss.TORN ? Logger.Level.INFO : Logger.Level.ERROR,
        () -> "store loss=" + damage.loss() + " place=" + damage.place() + ids(damage));
    synchronized (this) {
      found++;
      if (first.size() < MOST) {
        first.add(damage);
      }
    }
  }

  private static String ids(Damage damage) {
    String queues = damage.queues().isEmpty() ? "any" : String.join(",", damage.queues());
    return " first=" + damage.first() + " last=" + damage.last() + " queues=" + queues;
  }

  /** The first 1,000, in the order they were found. */
  synchronized List<Damage> first() {
    return List.copyOf(first);
  }

  /** How many were found. */
  synchronized long count() {
    return found;
  }
}
