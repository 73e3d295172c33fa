package dev.runar.internal.store;

import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** What a store has found broken: each is logged and counted, the first are remembered. Any thread. */
final class FoundDamages {
  private static final Logger LOG = System.getLogger("dev.runar.store");
  private static final int MAX_DAMAGES = 1_000;

  private final List<Damage> remembered = new ArrayList<>(); // guarded by this
  private long count; // guarded by this

  void add(Damage damage) {
    LOG.log(
        damage.loss() == Loss.TORN ? Level.INFO : Level.ERROR,
        () -> "store loss=" + damage.loss() + " place=" + damage.place() + ids(damage));
    synchronized (this) {
      count++;
      if (remembered.size() < MAX_DAMAGES) {
        remembered.add(damage);
      }
    }
  }

  private static String ids(Damage damage) {
    String queues = damage.queues().isEmpty() ? "any" : String.join(",", damage.queues());
    return " first=" + damage.first() + " last=" + damage.last() + " queues=" + queues;
  }

  synchronized List<Damage> remembered() {
    return List.copyOf(remembered);
  }

  synchronized long count() {
    return count;
  }
}
