package dev.runar.internal.broker.pusher;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of the hooks that were asked, over all apps. Any thread. */
public final class HookStats {
  /** What became of one. */
  enum Outcome {
    ALLOWED,
    REFUSED,
    FAILED,
    LATE
  }

  private final Map<Hooks.Hook, Map<Outcome, LongAdder>> counts = new EnumMap<>(Hooks.Hook.class);

  HookStats() {
    for (Hooks.Hook hook : Hooks.Hook.values()) {
      var outcomes = new EnumMap<Outcome, LongAdder>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        outcomes.put(outcome, new LongAdder());
      }
      counts.put(hook, outcomes);
    }
  }

  void count(Hooks.Hook hook, Outcome outcome) {
    counts.getOrDefault(hook, Map.of()).getOrDefault(outcome, new LongAdder()).increment();
  }

  /** One of them by its names; 0: there is none such. */
  public long count(String hook, String outcome) {
    return snapshot().getOrDefault(hook, Map.of()).getOrDefault(outcome, 0L);
  }

  /** Counts by the names of hook and outcome, as in {@code client-event} and {@code refused}. */
  public Map<String, Map<String, Long>> snapshot() {
    var snapshot = new LinkedHashMap<String, Map<String, Long>>();
    counts.forEach(
        (hook, outcomes) -> {
          var named = new LinkedHashMap<String, Long>();
          outcomes.forEach(
              (outcome, count) -> named.put(outcome.name().toLowerCase(Locale.ROOT), count.sum()));
          snapshot.put(hook.action(), named);
        });
    return Collections.unmodifiableMap(snapshot);
  }
}
