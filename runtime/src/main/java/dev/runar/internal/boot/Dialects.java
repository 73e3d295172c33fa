package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import dev.runar.apps.AppStore;
import dev.runar.apps.PusherPort;
import dev.runar.channels.TokenKeys;
import dev.runar.internal.apps.AppSources;
import dev.runar.internal.apps.ProgramApps;
import dev.runar.internal.broker.ClientSetting;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.Uplinks;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.http.centrifugal.EmulationApi;
import dev.runar.internal.http.centrifugal.StreamApi;
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
import java.util.function.Predicate;

/**
 * The dialects beside {@code /topics}. Any thread.
 *
 * @param paths of all of them
 * @param clients what {@code /topics} has in common with them
 * @param every the apps; the Pusher dialect is spoken as long as there is a place they come from
 * @param api what servers and programs ask of them
 */
record Dialects(
    DialectPaths paths,
    ClientSetting clients,
    CentrifugalPaths centrifugal,
    Apps every,
    PusherApi api,
    AppSources sources,
    Webhooks webhooks)
    implements AutoCloseable {

  /**
   * Speaks what is asked for.
   *
   * @param isCongested whether what is published on a topic now may be lost
   * @param work runs what may block
   */
  static Dialects of(
      NodeConfig config,
      Optional<AppStore> ofProgram,
      NodeGate gate,
      Predicate<String> isCongested,
      Executor work) {
    Clock clock = Clock.system();
    Delays delays = Delays.system();
    var webhooks = new Webhooks(clock, delays, work);
    PusherPort port = config.server().pusher();
    AppSources sources = AppSources.of(config, ofProgram, new ProgramApps(gate));
    var apps = new Apps(sources, sources::isAny, clock, delays);
    apps.listen(webhooks);
    var api = new PusherApi(apps, gate, isCongested, port, clock, work);
    var pusher = new PusherPaths(apps, gate, port.path());
    ClientTokens tokens = tokens(config.server().tokens(), gate, clock, work);
    var clients = new ClientSetting(tokens, clock, delays);
    var centrifugal = new CentrifugalPaths(gate, clients);
    DialectPaths paths = DialectPaths.both(pusher, centrifugal);
    return new Dialects(paths, clients, centrifugal, apps, api, sources, webhooks);
  }

  private static ClientTokens tokens(TokenKeys keys, NodeGate gate, Clock clock, Executor work) {
    ClientTokens signed = SignedTokens.of(keys, clock, work);
    return keys.onConnect().isEmpty() ? signed : new ConnectHook(keys, signed, gate, clock);
  }

  /** What has become of the questions about clients; empty: no action is asked. */
  Map<String, Long> onConnect() {
    return clients.tokens() instanceof ConnectHook hook ? hook.snapshot() : Map.of();
  }

  /** Empty: there is no place they come from, and the Pusher dialect is not spoken. */
  Optional<Apps> apps() {
    return every.isSpoken() ? Optional.of(every) : Optional.empty();
  }

  /**
   * What is answered over HTTP before actions.
   *
   * @param messageBytes the largest request of a client
   */
  OwnApi own(Uplinks uplinks, long messageBytes) {
    var streams = new StreamApi(centrifugal.opening(), messageBytes);
    return OwnApi.both(streams, OwnApi.both(new EmulationApi(uplinks, messageBytes), api));
  }

  Delays delays() {
    return clients.delays();
  }

  /** What is counted. */
  Optional<Map<String, ?>> status() {
    return apps().map(this::status);
  }

  private Map<String, ?> status(Apps apps) {
    var status = new LinkedHashMap<String, Object>();
    status.put("apps", apps.size());
    status.put("clientEvents", apps.stats().clientEvents());
    status.put("cachedEvents", apps.cache().size());
    status.put("cachedEventsEvicted", apps.cache().evicted());
    status.put("pastEvents", apps.history().size());
    status.put("pastEventsEvicted", apps.history().evicted());
    status.put("appsNotRemembered", apps.notRemembering());
    status.put("storeFailures", apps.stats().storeFailures());
    status.put("refusals", apps.stats().refusals());
    status.put("hooks", apps.stats().hooks().snapshot());
    var outcomes = new LinkedHashMap<String, Long>();
    for (WebhookStats.Outcome outcome : WebhookStats.Outcome.values()) {
      outcomes.put(outcome.name().toLowerCase(Locale.ROOT), webhooks.stats().of(outcome));
    }
    status.put("webhooks", outcomes);
    status.put("http", api.stats().snapshot());
    return status;
  }

  /** Tells webhooks what they are still to be told, then ends. */
  CompletableFuture<Void> stop(Duration patience) {
    return webhooks.stop(patience).whenComplete((done, error) -> close());
  }

  @Override
  public void close() {
    delays().close();
    sources.close();
  }
}
