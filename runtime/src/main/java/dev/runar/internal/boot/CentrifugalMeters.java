package dev.runar.internal.boot;

import dev.runar.internal.broker.Uplinks;
import dev.runar.internal.broker.centrifugal.CentrifugalStats;
import dev.runar.internal.metrics.PrometheusPage;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The counters of the Centrifugal dialect on the page for Prometheus; see docs/operations.md. Codes
 * are those of the protocol and of the node, so there is a bounded number of them.
 */
final class CentrifugalMeters {
  private CentrifugalMeters() {}

  static void addTo(PrometheusPage page, CentrifugalStats stats, Uplinks uplinks) {
    for (CentrifugalStats.Transport each : CentrifugalStats.Transport.values()) {
      page.gauge(
          "runar.centrifugal.sessions",
          "Clients of the Centrifugal dialect",
          () -> stats.sessions(each),
          "transport",
          each.label());
      page.counter(
          "runar.centrifugal.connects",
          "Clients of the Centrifugal dialect so far",
          () -> stats.connects(each),
          "transport",
          each.label());
    }
    for (boolean isRecovered : new boolean[] {true, false}) {
      page.counter(
          "runar.centrifugal.recoveries",
          "Times that a client of the Centrifugal dialect asked for what it had missed",
          () -> stats.recoveries(isRecovered),
          "outcome",
          isRecovered ? "recovered" : "not_recovered");
    }
    page.counter(
        "runar.centrifugal.gaps",
        "Times that a client of the Centrifugal dialect was told to subscribe again",
        stats::gaps);
    page.counter(
        "runar.centrifugal.unheard.messages",
        "Messages of clients of the Centrifugal dialect that reached nobody",
        stats::unheardMessages);
    for (String outcome : List.of("taken", "full", "gone")) {
      page.counter(
          "runar.emulation.requests",
          "What became of the requests of clients that have no WebSocket",
          () -> uplinks.snapshot().getOrDefault(outcome, 0L),
          "outcome",
          outcome);
    }
    page.beforeEach(
        () -> {
          byCode(
              page,
              "runar.centrifugal.errors",
              "Errors that clients of the Centrifugal dialect were told",
              stats::errors);
          byCode(
              page,
              "runar.centrifugal.disconnects",
              "Clients of the Centrifugal dialect that were closed",
              stats::disconnects);
        });
  }

  /** What has become of the questions about clients that connect. */
  static void addTo(PrometheusPage page, Supplier<Map<String, Long>> onConnect) {
    for (String outcome : onConnect.get().keySet()) {
      page.counter(
          "runar.connect.hooks",
          "What the action that is asked about clients has said",
          () -> onConnect.get().getOrDefault(outcome, 0L),
          "outcome",
          outcome);
    }
  }

  private static void byCode(
      PrometheusPage page, String name, String help, Supplier<Map<String, Long>> counts) {
    for (String code : counts.get().keySet()) {
      page.counter(name, help, () -> counts.get().getOrDefault(code, 0L), "code", code);
    }
  }
}
