package dev.runar.internal.node.stage;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What has happened to the calls of one action. Any thread. */
final class Counters {
  /** All of them from the start, so that it never changes. */
  private final EnumMap<Count, LongAdder> adders = new EnumMap<>(Count.class);

  Counters() {
    for (Count count : Count.values()) {
      adders.put(count, new LongAdder());
    }
  }

  void add(Count count) {
    LongAdder adder = adders.get(count);
    if (adder != null) {
      adder.increment();
    }
  }

  /** By shown name, without what has not happened. */
  Map<String, Long> counts() {
    var counts = new LinkedHashMap<String, Long>();
    adders.forEach(
        (count, adder) -> {
          long sum = adder.sum();
          if (sum != 0) {
            counts.put(count.shown, sum);
          }
        });
    return counts;
  }
}
