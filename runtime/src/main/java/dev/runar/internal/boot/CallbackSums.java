package dev.runar.internal.boot;

import dev.runar.internal.script.ScriptStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The counts of all script contexts as sums that never go back, though a context that is made anew
 * begins at zero. What a context counts between the last reading and its death is lost. Any thread.
 */
final class CallbackSums {
  private final Supplier<List<ScriptStatus>> scripts;

  // Under this lock.
  private final Map<String, Sum> sums = new HashMap<>();
  private long turns;

  /** One count of all contexts. */
  private static final class Sum {
    private Map<String, Long> last = Map.of();
    private long total;

    void read(List<ScriptStatus> contexts, ToLongFunction<ScriptStatus> count) {
      var now = new HashMap<String, Long>(); // of the scripts that there are: it stays bounded
      contexts.forEach(each -> now.merge(each.name(), count.applyAsLong(each), Long::sum));
      now.forEach(
          (name, value) -> {
            long before = last.getOrDefault(name, 0L);
            total += value >= before ? value - before : value;
          });
      last = now;
    }
  }

  CallbackSums(Supplier<List<ScriptStatus>> scripts) {
    this.scripts = scripts;
  }

  /** Waiting now, in bytes. */
  long waitingBytes() {
    return scripts.get().stream().mapToLong(ScriptStatus::waitingBytes).sum();
  }

  /** Callbacks that have run. */
  synchronized long turns() {
    long waiting = scripts.get().stream().mapToLong(ScriptStatus::waiting).sum();
    turns = Math.max(turns, sum("queued", ScriptStatus::queued) - waiting);
    return turns;
  }

  /** The sum of one count. */
  synchronized long sum(String name, ToLongFunction<ScriptStatus> count) {
    Sum sum = sums.computeIfAbsent(name, first -> new Sum());
    sum.read(scripts.get(), count);
    return sum.total;
  }
}
