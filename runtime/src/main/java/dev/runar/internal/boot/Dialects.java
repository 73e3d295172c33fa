package dev.runar.internal.boot;

import dev.runar.apps.AppStore;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.spi.Clock;
import dev.runar.internal.webhook.WebhookStats;
import dev.runar.internal.webhook.Webhooks;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The dialects beside {@code /topics}. Any thread.
 *
 * @param apps empty: there are none, and the Pusher dialect is not spoken
 */
record Dialects(DialectPaths paths, Optional<Apps> apps, Webhooks webhooks, Delays delays)
    implements AutoCloseable {

  /**
   * Speaks what is asked for.
   *
   * @param work runs what may block
   */
  static Dialects of(Optional<AppStore> store, NodeGate gate, Clock clock, Executor work) {
    Delays delays = Delays.system();
    var webhooks = new Webhooks(clock, delays, work);
    Optional<Apps> apps = store.map(known -> new Apps(known, clock, delays));
    apps.ifPresent(known -> known.listen(webhooks));
    DialectPaths paths =
        apps.<DialectPaths>map(known -> new PusherPaths(known, gate, "")).orElse(DialectPaths.NONE);
    return new Dialects(paths, apps, webhooks, delays);
  }

  /** What is counted. */
  Optional<Map<String, ?>> status() {
    return apps.map(known -> status(known, webhooks));
  }

  private static Map<String, ?> status(Apps apps, Webhooks webhooks) {
    var status = new LinkedHashMap<String, Object>();
    status.put("apps", apps.size());
    status.put("clientEvents", apps.stats().clientEvents());
    status.put("cachedEvents", apps.cache().size());
    status.put("cachedEventsEvicted", apps.cache().evicted());
    status.put("storeFailures", apps.stats().storeFailures());
    status.put("refusals", apps.stats().refusals());
    var outcomes = new LinkedHashMap<String, Long>();
    for (WebhookStats.Outcome outcome : WebhookStats.Outcome.values()) {
      outcomes.put(outcome.name().toLowerCase(Locale.ROOT), webhooks.stats().of(outcome));
    }
    status.put("webhooks", outcomes);
    return status;
  }

  /** Tells webhooks what they are still to be told, then ends. */
  CompletableFuture<Void> stop(Duration patience) {
    return webhooks.stop(patience).whenComplete((done, error) -> close());
  }

  @Override
  public void close() {
    delays.close();
  }
}
