package dev.runar.internal.link;

import dev.runar.RunarException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the JavaScript side and is not answered. The id of an exchange says where it is
 * kept, so that no table churns at each call. Any thread; never blocks.
 */
final class Exchanges {
  /** So many may be unanswered at a time, those included that nobody waits for any more. */
  static final int MAX_OPEN = 1 << 20;

  private static final int SLOT_BITS = 20;
  static final long MOST_LIVES = 1L << 31;

  /** One of them; its methods are called once, one of the last three, on any thread. */
  interface Exchange {
    /**
     * It has begun on the other side, which tells it after a turn: the answer may be there before.
     * Called by the thread that reads the link.
     */
    default void begun() {}

    void succeeded(Frame answer);

    /** The answer is an {@code ERROR}. */
    void failed(Frame answer);

    /** There will be no answer. */
    void gone(RunarException reason);
  }

  /** Who waits for the end of some, which are open; guarded by the lock. */
  private record Idler(Set<Exchange> open, CompletableFuture<Void> over) {}

  // Guarded by this.
  private @Nullable Exchange[] slots = new @Nullable Exchange[256];
  private long[] lives = new long[256];
  private int[] free = new int[256];
  private int freeCount;
  private int used;
  private int open;
  private boolean isClosed;
  private List<Idler> idlers = new ArrayList<>();

  /** Keeps an exchange; returns its id, which is even. 0: too many are open, or it is over. */
  synchronized long add(Exchange exchange) {
    if (isClosed || open >= MAX_OPEN) {
      return 0;
    }
    int slot = freeCount > 0 ? free[--freeCount] : used++;
    if (slot == slots.length) {
      grow();
    }
    slots[slot] = exchange;
    open++;
    long life = lifeAfter(lives[slot]);
    lives[slot] = life;
    return ((life << SLOT_BITS) | slot) << 1;
  }

  /** Never 0: no id is. */
  static long lifeAfter(long life) {
    return life % (MOST_LIVES - 1) + 1;
  }

  private void grow() {
    int size = 2 * slots.length;
    slots = Arrays.copyOf(slots, size);
    lives = Arrays.copyOf(lives, size);
    free = Arrays.copyOf(free, size);
  }

  /** The exchange of an id, which goes on; null: it is over. */
  synchronized @Nullable Exchange find(long id) {
    int slot = slotOf(id);
    return slot < 0 ? null : slots[slot];
  }

  /** The exchange of an id, which is over now; null: it was. */
  @Nullable Exchange remove(long id) {
    Exchange exchange;
    List<Idler> told = List.of();
    synchronized (this) {
      int slot = slotOf(id);
      exchange = slot < 0 ? null : slots[slot];
      if (exchange == null) {
        return null;
      }
      slots[slot] = null;
      free[freeCount++] = slot;
      open--;
      if (!idlers.isEmpty()) {
        told = idlersWithout(exchange);
      }
    }
    told.forEach(idler -> idler.over.complete(null));
    return exchange;
  }

  /** Those who have waited for this one last. */
  private List<Idler> idlersWithout(Exchange over) {
    idlers.forEach(idler -> idler.open.remove(over));
    List<Idler> done = idlers.stream().filter(idler -> idler.open.isEmpty()).toList();
    idlers.removeAll(done);
    return done;
  }

  /** Negative: the id is of no slot, or of an earlier life of it. */
  private int slotOf(long id) {
    int slot = (int) (id >> 1) & (MAX_OPEN - 1);
    boolean isOurs = (id & 1) == 0 && slot < used && lives[slot] == id >> (SLOT_BITS + 1);
    return isOurs ? slot : -1;
  }

  synchronized int size() {
    return open;
  }

  /** Completes when those that are open now and of which the test is true are over. */
  CompletableFuture<Void> whenOver(Predicate<Exchange> test) {
    var idler =
        new Idler(Collections.newSetFromMap(new IdentityHashMap<>()), new CompletableFuture<>());
    boolean isOver;
    synchronized (this) {
      for (int slot = 0; slot < used; slot++) {
        Exchange exchange = slots[slot];
        if (exchange != null && test.test(exchange)) {
          idler.open.add(exchange);
        }
      }
      isOver = idler.open.isEmpty();
      if (!isOver) {
        idlers.add(idler);
      }
    }
    if (isOver) {
      idler.over.complete(null);
    }
    return idler.over;
  }

  /** Takes nothing any more, and tells all that they will not be answered. */
  void close(RunarException reason) {
    var left = new ArrayList<Exchange>();
    List<Idler> told;
    synchronized (this) {
      isClosed = true;
      for (int slot = 0; slot < used; slot++) {
        Exchange exchange = slots[slot];
        if (exchange != null) {
          left.add(exchange);
          slots[slot] = null;
        }
      }
      open = 0;
      told = idlers;
      idlers = new ArrayList<>();
    }
    Aside.each(left, exchange -> exchange.gone(reason));
    Aside.each(told, idler -> idler.over.complete(null));
  }
}
