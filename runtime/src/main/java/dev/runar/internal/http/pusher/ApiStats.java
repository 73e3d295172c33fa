package dev.runar.internal.http.pusher;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the HTTP API counts, over all apps. Any thread. */
public final class ApiStats {
  private final LongAdder events = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final Map<Refused.Reason, LongAdder> refused = new EnumMap<>(Refused.Reason.class);

  private final LongSupplier signaturesForgotten;

  /** Also tells how many signatures had to be forgotten. */
  ApiStats(LongSupplier signaturesForgotten) {
    this.signaturesForgotten = signaturesForgotten;
    for (Refused.Reason reason : Refused.Reason.values()) {
      refused.put(reason, new LongAdder());
    }
  }

  void published(int count) {
    events.add(count);
  }

  void answered() {
    answered.increment();
  }

  void refused(Refused.Reason reason) {
    refused.getOrDefault(reason, new LongAdder()).increment();
  }

  /** Events that were published. */
  public long events() {
    return events.sum();
  }

  /** What was refused, by its reason. */
  public Map<String, Long> refusals() {
    var reasons = new LinkedHashMap<String, Long>();
    refused.forEach((reason, count) -> reasons.put(reason.name(), count.sum()));
    return reasons;
  }

  /** Counts by name; those of refusals by their reason. */
  public Map<String, ?> snapshot() {
    return Map.of(
        "events",
        events.sum(),
        "answered",
        answered.sum(),
        "signaturesForgotten",
        signaturesForgotten.getAsLong(),
        "refusals",
        refusals());
  }
}
