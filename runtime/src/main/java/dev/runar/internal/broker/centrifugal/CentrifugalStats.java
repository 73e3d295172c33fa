package dev.runar.internal.broker.centrifugal;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of this dialect. Any thread. */
public final class CentrifugalStats {
  private final LongAdder connects = new LongAdder();
  private final LongAdder recovered = new LongAdder();
  private final LongAdder notRecovered = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder unheard = new LongAdder();
  private final Map<Integer, LongAdder> errors = new ConcurrentHashMap<>();
  private final Map<Integer, LongAdder> disconnects = new ConcurrentHashMap<>();

  void connected() {
    connects.increment();
  }

  /** A client has asked for what it had missed. */
  void recovering(boolean isRecovered) {
    (isRecovered ? recovered : notRecovered).increment();
  }

  /** A subscriber was told that it misses something. */
  void gap() {
    gaps.increment();
  }

  /** A message of a client reached nobody. */
  void unheard() {
    unheard.increment();
  }

  /** A client was told an error; the codes are those of the protocol and of the node. */
  void error(int code) {
    errors.computeIfAbsent(code, any -> new LongAdder()).increment();
  }

  /** The dialect has closed a session. */
  void disconnect(int code) {
    disconnects.computeIfAbsent(code, any -> new LongAdder()).increment();
  }

  /** The counts now. */
  public Map<String, ?> snapshot() {
    var counts = new TreeMap<String, Object>();
    counts.put("connects", connects.sum());
    counts.put("recovered", recovered.sum());
    counts.put("notRecovered", notRecovered.sum());
    counts.put("gaps", gaps.sum());
    counts.put("unheardMessages", unheard.sum());
    counts.put("errors", byCode(errors));
    counts.put("disconnects", byCode(disconnects));
    return counts;
  }

  private static Map<String, Long> byCode(Map<Integer, LongAdder> counted) {
    var counts = new TreeMap<String, Long>();
    counted.forEach((code, count) -> counts.put(code.toString(), count.sum()));
    return counts;
  }
}
