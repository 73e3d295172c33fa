package dev.runar.internal.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the port has answered over HTTP. Any thread. */
public final class HttpCounters {
  private final LongAdder[] classes = new LongAdder[6];
  private final LongAdder actions = new LongAdder();
  private final LongAdder tooLarge = new LongAdder();
  private final LongAdder overloaded = new LongAdder();
  private final LongAdder aborted = new LongAdder();
  private final LongAdder stalled = new LongAdder();

  public HttpCounters() {
    java.util.Arrays.setAll(classes, index -> new LongAdder());
  }

  /** A response was begun. */
  public void answered(int status) {
    classes[Math.clamp(status / 100, 0, 5)].increment();
  }

  /** An action is asked. */
  void asked() {
    actions.increment();
  }

  /** A body was refused for its own size. */
  public void bodyTooLarge() {
    tooLarge.increment();
  }

  /** A body was refused since too many bytes of bodies wait. */
  public void noRoom() {
    overloaded.increment();
  }

  /** A client went away before its answer was complete. */
  public void aborted() {
    aborted.increment();
  }

  /** A client did not read on, and was cut off; it is aborted, too. */
  public void stalled() {
    stalled.increment();
  }

  /** The responses whose status begins with this digit. */
  public long answeredIn(int firstDigit) {
    return classes[firstDigit].sum();
  }

  /** By name, for people. */
  public Map<String, Long> snapshot() {
    var counts = new LinkedHashMap<String, Long>();
    for (int i = 2; i < classes.length; i++) {
      counts.put("answered" + i + "xx", classes[i].sum());
    }
    counts.put("actions", actions.sum());
    counts.put("bodiesTooLarge", tooLarge.sum());
    counts.put("bodiesWithoutRoom", overloaded.sum());
    counts.put("aborted", aborted.sum());
    counts.put("stalled", stalled.sum());
    return counts;
  }
}
