package dev.runar.internal.broker.pusher;

import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.SubscriptionError;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the dialect counts, over all apps. Any thread. */
public final class PusherStats {
  private final Map<PusherError, LongAdder> errors = new EnumMap<>(PusherError.class);
  private final Map<SubscriptionError, LongAdder> subscriptions =
      new EnumMap<>(SubscriptionError.class);
  final LongAdder clientEvents = new LongAdder();
  final LongAdder storeFailures = new LongAdder();
  private final HookStats hooks = new HookStats();

  PusherStats() {
    for (PusherError error : PusherError.values()) {
      errors.put(error, new LongAdder());
    }
    for (SubscriptionError error : SubscriptionError.values()) {
      subscriptions.put(error, new LongAdder());
    }
  }

  /** What became of hooks. */
  public HookStats hooks() {
    return hooks;
  }

  void refused(PusherError error) {
    increment(errors.get(error));
  }

  void refused(SubscriptionError error) {
    increment(subscriptions.get(error));
  }

  private static void increment(@Nullable LongAdder count) {
    if (count != null) {
      count.increment();
    }
  }

  /** The client events that were published. */
  public long clientEvents() {
    return clientEvents.sum();
  }

  /** The questions that the store of the apps failed to answer. */
  public long storeFailures() {
    return storeFailures.sum();
  }

  /** What was refused and closed, by its reason. */
  public Map<String, Long> refusals() {
    var refusals = new LinkedHashMap<String, Long>();
    errors.forEach((error, count) -> refusals.put(error.name(), count.sum()));
    subscriptions.forEach((error, count) -> refusals.put("SUBSCRIPTION_" + error, count.sum()));
    return Collections.unmodifiableMap(refusals);
  }
}
