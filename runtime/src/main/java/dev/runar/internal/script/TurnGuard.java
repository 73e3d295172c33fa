package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.internal.loop.Watchdog;
import dev.runar.internal.node.Invocation;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;

/**
 * Decides over the turns of one script context: warns of a long one, ends the context of one that
 * takes too much time or memory. Watchdog's thread.
 *
 * <p>Memory on a stock JDK: nothing says how much of the heap a context holds, but the JVM counts
 * what a thread has allocated, and one thread alone runs a context. Most of what a turn allocates
 * is garbage at once, so a turn is ended for it only while the heap is more than half full: a turn
 * that holds on to what it makes gets there, and one that does not is collected before.
 */
final class TurnGuard implements Watchdog.Guard {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** What a script may take to load, even if its turns may take less. */
  private static final Duration SHORTEST_LOAD_BUDGET = Duration.ofSeconds(5);

  /** From then on it may be a turn's doing that a request misses its deadline. */
  private static final long LONG_TURN_NANOS = 20_000_000;

  private final ScriptContext context;
  private final Duration turnBudget;
  private final Supervision supervision;
  private final Clock clock;
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
  private final long maxBytes;
  private long warnedTurn;

  /** The last turn of the load, also when the script has loaded in the course of it. */
  private long loadingTurn;

  TurnGuard(ScriptContext context, Duration turnBudget, Supervision supervision, Clock clock) {
    this.context = context;
    this.turnBudget = turnBudget;
    this.supervision = supervision;
    this.clock = clock;
    this.maxBytes =
        supervision.turnBytes() == 0
            ? Runtime.getRuntime().maxMemory() / 4
            : supervision.turnBytes();
  }

  @Override
  public boolean dealsWith(Watchdog.Usage usage) {
    if (!context.isLoaded()) {
      loadingTurn = usage.turn();
    }
    if (usage.wallNanos() > LONG_TURN_NANOS) {
      context.turn().sawLong(usage.turn());
    }
    if (usage.allocatedBytes() > maxBytes && isHeapHalfFull()) {
      end(usage, Code.MEMORY_LIMIT, "allocated " + mebibytes(usage.allocatedBytes()));
      return true;
    }
    if (usage.exceeds(Clock.nanosOf(budget(usage))) || isOverdue(usage)) {
      end(usage, Code.TIMEOUT, "ran for " + millis(usage.wallNanos()));
      return true;
    }
    if (usage.turn() != loadingTurn
        && usage.turn() != warnedTurn
        && usage.exceeds(Clock.nanosOf(supervision.turnWarning()))) {
      warnedTurn = usage.turn();
      Thread.ofVirtual().name("runar-warning").start(() -> warn(usage));
    }
    return false;
  }

  /** Loading compiles the script and the SDK, which is not the script's fault. */
  private Duration budget(Watchdog.Usage usage) {
    return usage.turn() != loadingTurn || turnBudget.compareTo(SHORTEST_LOAD_BUDGET) > 0
        ? turnBudget
        : SHORTEST_LOAD_BUDGET;
  }

  /**
   * The request that the turn answers has been over for longer than the grace. A turn that answers
   * none that is known may be what is left of one that it holds up, if nobody else still waits.
   */
  private boolean isOverdue(Watchdog.Usage usage) {
    return usage.exceeds(Clock.nanosOf(supervision.grace()))
        && context.turn().isOverdue(usage.turn(), clock.nanos(), supervision.grace())
        && (context.turn().request() != null || context.pending().size() == 0);
  }

  private boolean isHeapHalfFull() {
    var heap = memory.getHeapMemoryUsage();
    return heap.getMax() <= 0 || heap.getUsed() > heap.getMax() / 2;
  }

  private void warn(Watchdog.Usage usage) {
    String stack = context.stack();
    LOG.log(
        Level.WARNING,
        () ->
            "a turn of script context "
                + context.name()
                + subject(context.turn().request())
                + " runs for longer than "
                + supervision.turnWarning().toMillis()
                + " ms: processor "
                + millis(usage.cpuNanos())
                + ", allocated "
                + mebibytes(usage.allocatedBytes())
                + stack);
  }

  private void end(Watchdog.Usage usage, Code code, String did) {
    Invocation call = context.turn().request();
    String why =
        "a turn of script context "
            + context.name()
            + subject(call)
            + " "
            + did
            + " (budget "
            + budget(usage).toMillis()
            + " ms and "
            + mebibytes(maxBytes)
            + ", processor "
            + millis(usage.cpuNanos())
            + "); the context was closed";
    context.kill(
        new RunarException(Code.CONTEXT_GONE, why),
        usage.turn(),
        stack -> {
          String name = code == Code.TIMEOUT ? "TimeoutError" : "MemoryLimitError";
          RunarException ended =
              ScriptFailure.of(
                  new RunarException(code, why, null, null, name, name + ": " + why + stack),
                  context.excerpts());
          LOG.log(Level.ERROR, () -> ended.report().substring((code + ": ").length()));
          return ended;
        });
  }

  private static String subject(@org.jspecify.annotations.Nullable Invocation call) {
    if (call == null) {
      return "";
    }
    String caller = call.caller().isEmpty() ? "" : " of " + call.caller();
    return " (request " + call.path() + caller + ")";
  }

  private static String millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis() + " ms";
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
