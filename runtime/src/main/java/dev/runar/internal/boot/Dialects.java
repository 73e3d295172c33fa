package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import dev.runar.apps.AppStore;
import dev.runar.apps.PusherPort;
import dev.runar.internal.apps.AppSources;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.http.pusher.PusherApi;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.webhook.WebhookStats;
import dev.runar.internal.webhook.Webhooks;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * The dialects beside {@code /topics}. Any thread.
 *
 * @param apps empty: there are none, and the Pusher dialect is not spoken
 */
record Dialects(
    DialectPaths paths,
    Optional<Apps> apps,
    Optional<PusherApi> http,
    Optional<AppSources> sources,
    Webhooks webhooks,
    Delays delays)
    implements AutoCloseable {

  /**
   * Speaks what is asked for.
   *
   * @param isCongested whether nothing can be published now without being lost
   * @param work runs what may block
   */
  static Dialects of(
      NodeConfig config,
      Optional<AppStore> ofProgram,
      NodeGate gate,
      BooleanSupplier isCongested,
      Executor work) {
    Clock clock = Clock.system();
    Delays delays = Delays.system();
    var webhooks = new Webhooks(clock, delays, work);
    PusherPort port = config.server().pusher();
    Optional<AppSources> sources = AppSources.of(config, ofProgram);
    Optional<Apps> apps = sources.map(known -> new Apps(known, clock, delays));
    apps.ifPresent(known -> known.listen(webhooks));
    Optional<PusherApi> http =
        apps.map(known -> new PusherApi(known, gate, isCongested, port, clock, work));
    DialectPaths paths =
        apps.<DialectPaths>map(known -> new PusherPaths(known, gate, port.path()))
            .orElse(DialectPaths.NONE);
    return new Dialects(paths, apps, http, sources, webhooks, delays);
  }

  /** What is answered over HTTP before actions. */
  OwnApi own() {
    return http.<OwnApi>map(api -> api).orElse(OwnApi.NONE);
  }

  /** What is counted. */
  Optional<Map<String, ?>> status() {
    return apps.map(this::status);
  }

  private Map<String, ?> status(Apps apps) {
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
    http.ifPresent(api -> status.put("http", api.stats().snapshot()));
    return status;
  }

  /** Tells webhooks what they are still to be told, then ends. */
  CompletableFuture<Void> stop(Duration patience) {
    return webhooks.stop(patience).whenComplete((done, error) -> close());
  }

  @Override
  public void close() {
    delays.close();
    sources.ifPresent(AppSources::close);
  }
}
