package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import dev.runar.internal.broker.BrokerStats;
import dev.runar.internal.broker.pusher.AppCounts;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.HookStats;
import dev.runar.internal.http.HttpCounters;
import dev.runar.internal.http.pusher.ApiStats;
import dev.runar.internal.link.LinkStatus;
import dev.runar.internal.metrics.PrometheusPage;
import dev.runar.internal.script.ScriptStatus;
import dev.runar.internal.webhook.WebhookStats;
import dev.runar.spi.Metrics.Readings;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Which counters of the node are on its page for Prometheus, and what they are called; see
 * docs/operations.md. Labels come from enums of ours and from a bounded number of apps.
 */
final class NodeMeters {
  private final PrometheusPage page;

  private NodeMeters(PrometheusPage page) {
    this.page = page;
  }

  /** The page, with what is of the node itself and of its scripts, if it is wanted. */
  static Optional<Supplier<PrometheusPage>> page(
      NodeConfig config, Readings readings, Contexts contexts) {
    return config.server().metrics()
        ? Optional.of(() -> page(readings, contexts))
        : Optional.empty();
  }

  private static PrometheusPage page(Readings readings, Contexts contexts) {
    var page = new PrometheusPage();
    page.node(readings);
    var meters = new NodeMeters(page);
    meters.scripts(new CallbackSums(contexts::status));
    if (!contexts.program().links().isEmpty()) {
      meters.link(contexts.program());
    }
    return page;
  }

  /** Adds what is of the port. */
  static void addPort(
      PrometheusPage page, BrokerStats stats, HttpCounters http, Dialects dialects) {
    var meters = new NodeMeters(page);
    meters.broker(stats);
    meters.http(http);
    page.beforeEach(() -> dialects.apps().ifPresent(apps -> meters.pusher(apps, dialects)));
  }

  /** A script may say only later where apps come from. */
  private void pusher(Apps apps, Dialects dialects) {
    apps(apps);
    api(dialects.api().stats());
    webhooks(dialects.webhooks().stats());
  }

  private void scripts(CallbackSums sums) {
    page.gauge(
        "runar.callbacks.waiting.bytes",
        "Payload bytes of the callbacks that wait for scripts",
        sums::waitingBytes);
    page.counter("runar.turns", "Callbacks that scripts have run", sums::turns);
    callbacks(sums, "full", ScriptStatus::full);
    callbacks(sums, "closed", ScriptStatus::closed);
    page.counter(
        "runar.callback.failures",
        "Callbacks of scripts that threw",
        () -> sums.sum("failed", ScriptStatus::failed));
    page.counter(
        "runar.uncaught.errors",
        "Errors of scripts that nobody caught",
        () -> sums.sum("uncaught", ScriptStatus::uncaught));
  }

  private void link(LinkedProgram program) {
    ToLongFunction<ToLongFunction<LinkStatus>> sum =
        count -> program.links().stream().mapToLong(count).sum();
    String bytes = "Bytes of the link to the program of Node.js or Bun";
    page.counter(
        "runar.link.bytes", bytes, () -> sum.applyAsLong(LinkStatus::bytesIn), "way", "in");
    page.counter(
        "runar.link.bytes", bytes, () -> sum.applyAsLong(LinkStatus::bytesOut), "way", "out");
    page.gauge(
        "runar.link.waiting.bytes",
        "Bytes that wait for the link",
        () -> sum.applyAsLong(LinkStatus::waitingBytes));
    String refused = "Frames that the link refused as too much waited for it";
    page.counter(
        "runar.link.refused",
        refused,
        () -> sum.applyAsLong(LinkStatus::refusedThere),
        "way",
        "in");
    page.counter(
        "runar.link.refused", refused, () -> sum.applyAsLong(LinkStatus::refused), "way", "out");
    page.counter(
        "runar.link.lost.lines",
        "Lines of the log for which the link had no room",
        () -> sum.applyAsLong(LinkStatus::lostLines));
    page.counter(
        "runar.link.late.drains",
        "Times that the program came to what was sent without having been told of it",
        () -> sum.applyAsLong(LinkStatus::lateDrains));
  }

  private void callbacks(CallbackSums sums, String reason, ToLongFunction<ScriptStatus> count) {
    page.counter(
        "runar.callbacks.refused",
        "Callbacks that no queue of a script took",
        () -> sums.sum(reason, count),
        "reason",
        reason);
  }

  private void broker(BrokerStats stats) {
    gauge("runar.connections", "WebSocket clients", stats, BrokerStats.Snapshot::sessions);
    gauge(
        "runar.port.subscriptions",
        "Subscriptions of WebSocket clients",
        stats,
        BrokerStats.Snapshot::subscriptions);
    counter(
        "runar.connections.opened",
        "WebSocket clients so far",
        stats,
        BrokerStats.Snapshot::sessionsOpened);
    counter(
        "runar.messages.in",
        "Messages of WebSocket clients",
        stats,
        BrokerStats.Snapshot::messagesIn);
    counter(
        "runar.messages.out",
        "Messages to WebSocket clients",
        stats,
        BrokerStats.Snapshot::messagesOut);
    counter(
        "runar.received.bytes",
        "Bytes of the messages of WebSocket clients",
        stats,
        BrokerStats.Snapshot::bytesIn);
    counter(
        "runar.sent.bytes",
        "Bytes of the messages to WebSocket clients",
        stats,
        BrokerStats.Snapshot::bytesOut);
    counter(
        "runar.slow.drops",
        "Publications that WebSocket clients did not get as they read too slowly",
        stats,
        BrokerStats.Snapshot::droppedForSlow);
    counter(
        "runar.spills",
        "Publications that WebSocket clients got through offline queues as they read too slowly",
        stats,
        BrokerStats.Snapshot::spilled);
    history(stats);
    disconnects(stats, "slow", BrokerStats.Snapshot::slowDisconnects);
    disconnects(stats, "idle", BrokerStats.Snapshot::idleDisconnects);
    for (BrokerStats.Refusal reason : BrokerStats.Refusal.values()) {
      page.counter(
          "runar.refusals",
          "What was refused to WebSocket clients, or could not be handed to them",
          () -> stats.snapshot().refusals().getOrDefault(reason, 0L),
          "reason",
          label(reason.name()));
    }
  }

  private void history(BrokerStats stats) {
    gauge(
        "runar.history.bytes", "What channels remember", stats, BrokerStats.Snapshot::historyBytes);
    counter(
        "runar.history.evicted",
        "Messages that channels forgot as all together remembered too much",
        stats,
        BrokerStats.Snapshot::historyEvicted);
    counter(
        "runar.history.channels.evicted",
        "Channels that were forgotten as too many without subscribers remembered",
        stats,
        BrokerStats.Snapshot::historiesEvicted);
    counter(
        "runar.pressure.pauses",
        "Times that a WebSocket client was not read as the queues that it fills were nearly full",
        stats,
        BrokerStats.Snapshot::pressurePauses);
    counter(
        "runar.gaps",
        "Times that a WebSocket client missed messages and was told so",
        stats,
        BrokerStats.Snapshot::gaps);
  }

  private void gauge(
      String name, String help, BrokerStats stats, ToLongFunction<BrokerStats.Snapshot> value) {
    page.gauge(name, help, () -> value.applyAsLong(stats.snapshot()));
  }

  private void counter(
      String name, String help, BrokerStats stats, ToLongFunction<BrokerStats.Snapshot> value) {
    page.counter(name, help, () -> value.applyAsLong(stats.snapshot()));
  }

  private void disconnects(
      BrokerStats stats, String reason, ToLongFunction<BrokerStats.Snapshot> value) {
    page.counter(
        "runar.disconnects",
        "WebSocket clients that were closed for what they did not do",
        () -> value.applyAsLong(stats.snapshot()),
        "reason",
        reason);
  }

  private void http(HttpCounters counters) {
    for (int status = 1; status <= 5; status++) {
      int first = status;
      page.counter(
          "runar.http.responses",
          "Answers over HTTP by their status",
          () -> counters.answeredIn(first),
          "status",
          first + "xx");
    }
  }

  private void apps(Apps apps) {
    page.gauge("runar.apps", "Apps of the Pusher dialect that have clients", apps::size);
    page.counter(
        "runar.client.events",
        "Client events of the Pusher dialect that were published",
        apps.stats()::clientEvents);
    page.counter(
        "runar.app.store.failures",
        "Questions that the store of apps failed to answer",
        apps.stats()::storeFailures);
    for (String reason : apps.stats().refusals().keySet()) {
      page.counter(
          "runar.pusher.refusals",
          "What was refused to clients of the Pusher dialect, or closed them",
          () -> apps.stats().refusals().getOrDefault(reason, 0L),
          "reason",
          label(reason));
    }
    hooks(apps.stats().hooks());
    apps.counts().forEach(this::app);
  }

  private void hooks(HookStats stats) {
    stats
        .snapshot()
        .forEach(
            (hook, outcomes) ->
                outcomes
                    .keySet()
                    .forEach(
                        outcome ->
                            page.counter(
                                "runar.pusher.hooks",
                                "What the hooks of apps have answered",
                                () -> stats.count(hook, outcome),
                                "hook",
                                hook,
                                "outcome",
                                outcome)));
  }

  private void app(String id, AppCounts counts) {
    page.gauge("runar.app.connections", "Clients of an app", counts::connections, "app", id);
    page.counter(
        "runar.app.messages.in",
        "Messages of the clients of an app",
        counts::messagesIn,
        "app",
        id);
    page.counter(
        "runar.app.messages.out",
        "Events of an app's channels, each as often as there was a subscriber",
        counts::messagesOut,
        "app",
        id);
  }

  private void api(ApiStats stats) {
    page.counter("runar.api.events", "Events published over the Pusher HTTP API", stats::events);
    for (Map.Entry<String, Long> known : stats.refusals().entrySet()) {
      String reason = known.getKey();
      page.counter(
          "runar.api.refusals",
          "Requests of the Pusher HTTP API that were refused",
          () -> stats.refusals().getOrDefault(reason, 0L),
          "reason",
          label(reason));
    }
  }

  private void webhooks(WebhookStats stats) {
    for (WebhookStats.Outcome outcome : WebhookStats.Outcome.values()) {
      page.counter(
          "runar.webhook.events",
          "What became of the events that webhooks are told",
          () -> stats.of(outcome),
          "outcome",
          label(outcome.name()));
    }
  }

  private static String label(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
