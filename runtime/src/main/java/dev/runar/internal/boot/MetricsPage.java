package dev.runar.internal.boot;

import dev.runar.internal.broker.BrokerStats;
import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.webhook.WebhookStats;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@code /metrics}: the counters of the port in the text format of Prometheus, 0.0.4. Its labels
 * come from enums of ours, so that their number is bounded. Any thread.
 *
 * @param lagNanos how late the event loops are
 * @param next what is asked for other paths
 */
record MetricsPage(
    Supplier<BrokerStats.Snapshot> broker, Dialects dialects, LongSupplier lagNanos, OwnApi next)
    implements OwnApi {
  private static final String PATH = "/metrics";
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  @Override
  public boolean answers(String path) {
    return path.equals(PATH) || next.answers(path);
  }

  @Override
  public long mostBytes() {
    return next.mostBytes();
  }

  @Override
  public HttpExchange begin(HttpRequest request, byte[] body) {
    if (!request.path().equals(PATH)) {
      return next.begin(request, body);
    }
    HttpResponse response =
        request.isRead()
            ? HttpResponse.text(200, text()).with("content-type", TYPE)
            : HttpResponse.text(405, "only GET and HEAD").with("allow", "GET, HEAD");
    return new Answered(CompletableFuture.completedFuture(response));
  }

  /** Made at once. */
  private record Answered(CompletableFuture<HttpResponse> response) implements HttpExchange {
    @Override
    public void cancel() {}
  }

  private String text() {
    var page = new StringBuilder(2_048);
    BrokerStats.Snapshot now = broker.get();
    gauge(page, "runar_connections", now.sessions());
    counter(page, "runar_connections_opened_total", Map.of("", now.sessionsOpened()), "");
    gauge(page, "runar_port_subscriptions", now.subscriptions());
    counter(page, "runar_messages_in_total", Map.of("", now.messagesIn()), "");
    counter(page, "runar_messages_out_total", Map.of("", now.messagesOut()), "");
    counter(page, "runar_bytes_in_total", Map.of("", now.bytesIn()), "");
    counter(page, "runar_bytes_out_total", Map.of("", now.bytesOut()), "");
    counter(
        page,
        "runar_disconnects_total",
        Map.of("slow", now.slowDisconnects(), "idle", now.idleDisconnects()),
        "reason");
    counter(page, "runar_refusals_total", now.refusals(), "reason");
    page.append("# TYPE runar_event_loop_lag_seconds gauge\nrunar_event_loop_lag_seconds ")
        .append(lagNanos.getAsLong() / 1e9)
        .append('\n');
    dialects.apps().ifPresent(apps -> pusher(page, apps.stats().refusals()));
    dialects.apps().ifPresent(apps -> hooks(page, apps.stats().hooks().snapshot()));
    return page.toString().stripTrailing(); // a text response ends its last line
  }

  private void pusher(StringBuilder page, Map<String, Long> refusals) {
    counter(page, "runar_pusher_refusals_total", refusals, "reason");
    page.append("# TYPE runar_webhook_events_total counter\n");
    for (WebhookStats.Outcome outcome : WebhookStats.Outcome.values()) {
      line(
          page,
          "runar_webhook_events_total",
          "outcome",
          outcome.name(),
          dialects.webhooks().stats().of(outcome));
    }
  }

  private static void hooks(StringBuilder page, Map<String, Map<String, Long>> hooks) {
    page.append("# TYPE runar_pusher_hooks_total counter\n");
    hooks.forEach(
        (hook, outcomes) ->
            outcomes.forEach(
                (outcome, count) ->
                    page.append(
                        "runar_pusher_hooks_total{hook=\"%s\",outcome=\"%s\"} %d\n"
                            .formatted(hook, outcome, count))));
  }

  private static void gauge(StringBuilder page, String name, long value) {
    page.append("# TYPE ").append(name).append(" gauge\n");
    line(page, name, "", "", value);
  }

  private static void counter(StringBuilder page, String name, Map<?, Long> values, String label) {
    page.append("# TYPE ").append(name).append(" counter\n");
    values.forEach((key, value) -> line(page, name, label, String.valueOf(key), value));
  }

  private static void line(StringBuilder page, String name, String label, String key, long value) {
    page.append(name);
    if (!label.isEmpty()) {
      page.append('{').append(label).append("=\"");
      page.append(key.toLowerCase(Locale.ROOT)).append("\"}");
    }
    page.append(' ').append(value).append('\n');
  }
}
