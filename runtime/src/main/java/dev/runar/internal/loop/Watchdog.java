package dev.runar.internal.loop;

import dev.runar.spi.Clock;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Finds turns that run too long. One daemon thread looks at every owner every few milliseconds; a
 * turn is not timed when it starts, so a turn that ends soon pays nothing. While no owner has
 * anything to do it looks a few times per budget only, and the first that has wakes it.
 *
 * <p>The wall clock alone would punish an innocent turn on an overloaded machine, so a turn must
 * also have used a quarter of its budget in processor time; one that sleeps in a host call is
 * caught at four times the budget.
 */
public final class Watchdog implements AutoCloseable {
  private static final int LOOKS_PER_BUDGET = 8;
  private static final long BUSY_PERIOD_NANOS = 5_000_000;

  /** Looks at idle owners before it sleeps: owners with a little to do now and then wake nobody. */
  private static final int IDLE_LOOKS = 100;

  private static final int BLOCKED_FACTOR = 4;

  private final com.sun.management.ThreadMXBean threads =
      ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
  private final ConcurrentHashMap<OwnerThread, Watch> watches = new ConcurrentHashMap<>();
  private final Clock clock;
  private final long idlePeriodNanos;
  private final long busyPeriodNanos;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean asleep;

  /**
   * One row of the table: a turn that was running when the watchdog last looked.
   *
   * @param turn its number
   * @param startNanos when it was first seen
   * @param cpuNanos the owner's processor time then
   * @param allocatedBytes what the owner had allocated then
   */
  public record Turn(long turn, long startNanos, long cpuNanos, long allocatedBytes) {}

  /**
   * A turn over its budget.
   *
   * @param wallNanos how long it has been seen running
   * @param cpuNanos the processor time it used
   * @param allocatedBytes what it allocated
   */
  public record Excess(long wallNanos, long cpuNanos, long allocatedBytes) {}

  private static final class Watch {
    final LongSupplier budgetNanos;
    final Consumer<Excess> onExcess;
    Turn turn = new Turn(0, 0, 0, 0); // watchdog thread
    long lastTurn; // watchdog thread

    Watch(LongSupplier budgetNanos, Consumer<Excess> onExcess) {
      this.budgetNanos = budgetNanos;
      this.onExcess = onExcess;
    }
  }

  /**
   * A watchdog that is not started.
   *
   * @param shortestNanos the shortest budget of those it will watch over
   */
  public Watchdog(Clock clock, long shortestNanos) {
    this.clock = clock;
    this.idlePeriodNanos = Math.clamp(shortestNanos / LOOKS_PER_BUDGET, 1_000_000, 1_000_000_000);
    this.busyPeriodNanos = Math.min(idlePeriodNanos, BUSY_PERIOD_NANOS);
    this.thread = Thread.ofPlatform().name("runar-watchdog").daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * Watches an owner.
   *
   * @param budgetNanos how long the turn that runs now may take; asked on the watchdog's thread
   * @param onExcess called once for each turn over its budget, on the watchdog's thread
   */
  public void watch(OwnerThread owner, LongSupplier budgetNanos, Consumer<Excess> onExcess) {
    watches.put(owner, new Watch(budgetNanos, onExcess));
    owner.watchedBy(this);
  }

  public void unwatch(OwnerThread owner) {
    watches.remove(owner);
  }

  /** An owner has something to do. Owner thread. */
  void ownerIsBusy() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  /**
   * Looks at every owner once. One that is held up by its turn gets its wake-ups made.
   *
   * @return whether a turn is running, or was since the last look
   */
  boolean look() {
    long now = clock.nanos();
    List<Runnable> excesses = new ArrayList<>();
    boolean[] busy = new boolean[1];
    watches.forEach(
        (owner, watch) -> {
          long current = owner.turn();
          busy[0] |= current != watch.lastTurn;
          watch.lastTurn = current;
          if (current % 2 == 0) {
            return;
          }
          busy[0] = true;
          owner.wakes().makeDue();
          long id = owner.thread().threadId();
          long cpu = threads.getThreadCpuTime(id);
          long allocated = threads.getThreadAllocatedBytes(id);
          Turn seen = watch.turn;
          if (seen.turn() != current) {
            watch.turn = new Turn(current, now, cpu, allocated);
            return;
          }
          long wall = now - seen.startNanos();
          long used = cpu - seen.cpuNanos();
          if (isOver(wall, used, watch.budgetNanos.getAsLong()) && owner.turn() == current) {
            watch.turn = new Turn(current, Long.MAX_VALUE / 2, cpu, allocated); // told once
            excesses.add(
                () ->
                    watch.onExcess.accept(
                        new Excess(wall, used, allocated - seen.allocatedBytes())));
          }
        });
    excesses.forEach(Runnable::run);
    return busy[0];
  }

  @Override
  public void close() {
    closed = true; // an interrupt could be lost in what onExcess does
    LockSupport.unpark(thread);
  }

  private static boolean isOver(long wall, long cpu, long budgetNanos) {
    return wall > budgetNanos
        && (cpu > budgetNanos / BLOCKED_FACTOR || wall > budgetNanos * BLOCKED_FACTOR);
  }

  private void run() {
    int idle = 0;
    while (!closed) {
      idle = look() ? 0 : idle + 1;
      asleep = idle >= IDLE_LOOKS;
      // An owner may begin without seeing that the watchdog sleeps, so it does not sleep for ever.
      LockSupport.parkNanos(this, asleep ? idlePeriodNanos : busyPeriodNanos);
      if (!asleep) {
        idle = Math.min(idle, IDLE_LOOKS - 1); // woken, or never asleep
      }
    }
  }
}
