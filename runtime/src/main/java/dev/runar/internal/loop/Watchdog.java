package dev.runar.internal.loop;

import dev.runar.spi.Clock;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

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
   * What the turn that runs now has taken since it was first seen.
   *
   * @param turn its number
   * @param wallNanos how long it has been seen running
   * @param cpuNanos the processor time it used
   * @param allocatedBytes what it allocated, garbage included
   */
  public record Usage(long turn, long wallNanos, long cpuNanos, long allocatedBytes) {
    /** Whether it runs for longer than it may, and that is its own doing. */
    public boolean exceeds(long budgetNanos) {
      return wallNanos > budgetNanos
          && (cpuNanos > budgetNanos / BLOCKED_FACTOR || wallNanos / BLOCKED_FACTOR > budgetNanos);
    }
  }

  /** Decides over the turns of one owner. On the watchdog's thread; must not block. */
  public interface Guard {
    /**
     * Sees the turn that runs now, at every look.
     *
     * @return whether it has been dealt with: it is not shown again
     */
    boolean dealsWith(Usage usage);
  }

  private static final class Watch {
    final Guard guard;
    Turn turn = new Turn(0, 0, 0, 0); // watchdog thread
    boolean isDealtWith; // watchdog thread
    long lastTurn; // watchdog thread

    Watch(Guard guard) {
      this.guard = guard;
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

  /** Shows the turns of an owner to a guard. */
  public void watch(OwnerThread owner, Guard guard) {
    watches.put(owner, new Watch(guard));
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
            watch.isDealtWith = false;
            return;
          }
          var usage =
              new Usage(
                  current,
                  now - seen.startNanos(),
                  cpu - seen.cpuNanos(),
                  allocated - seen.allocatedBytes());
          if (!watch.isDealtWith && owner.turn() == current) {
            watch.isDealtWith = watch.guard.dealsWith(usage);
          }
        });
    return busy[0];
  }

  @Override
  public void close() {
    closed = true; // an interrupt could be lost in what onExcess does
    LockSupport.unpark(thread);
  }

  private void run() {
    int idle = 0;
    while (!closed) {
      idle = look() ? 0 : idle + 1;
      asleep = idle >= IDLE_LOOKS;
      if (asleep && look()) { // one has begun that did not see it
        asleep = false;
        idle = 0;
      }
      // An owner may begin without seeing that the watchdog sleeps, so it does not sleep for ever.
      LockSupport.parkNanos(this, asleep ? idlePeriodNanos : busyPeriodNanos);
      if (!asleep) {
        idle = Math.min(idle, IDLE_LOOKS - 1); // woken, or never asleep
      }
    }
  }
}
