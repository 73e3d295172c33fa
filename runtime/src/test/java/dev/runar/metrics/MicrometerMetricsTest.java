package dev.runar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.Service;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node measures, in a registry. */
@Timeout(60)
class MicrometerMetricsTest {
  @Test
  void requestsAndEventsAreMeasuredWhileTheNodeLives() {
    var registry = new SimpleMeterRegistry();
    var metrics = new MicrometerMetrics(registry, Tags.of("node", "a"));
    try (Node node = Node.builder().metrics(metrics).start()) {
      node.addService(
              Service.at("shop")
                  .action("buy/{what}", (payload, context) -> Payload.of("ok"))
                  .action(
                      "fail",
                      (payload, context) -> {
                        throw new IllegalStateException("no");
                      })
                  .on("ordered", (event, context) -> {})
                  .build())
          .join();

      node.request("shop/buy/tea", Payload.of(null)).join();
      node.request("shop/buy/milk", Payload.of(null)).join();
      catchThrowable(() -> node.request("shop/fail", Payload.of(null)).join());
      catchThrowable(() -> node.request("nobody/here", Payload.of(null)).join());
      node.publish("shop/ordered", Payload.of(1)).join();

      await()
          .untilAsserted(
              () -> {
                assertThat(requests(registry, "shop", "buy/{what}", "OK")).isEqualTo(2);
                assertThat(requests(registry, "shop", "fail", "HANDLER_FAILED")).isEqualTo(1);
                assertThat(requests(registry, "", "", "NOT_FOUND")).isEqualTo(1);
                assertThat(events(registry, "handled")).isEqualTo(1);
              });
      assertThat(events(registry, "published")).isGreaterThanOrEqualTo(1);
      assertThat(registry.get("runar.requests.in.flight").tags("node", "a").gauge().value())
          .isZero();
      assertThat(registry.get("runar.subscriptions").gauge().value()).isPositive();
      assertThat(registry.get("runar.callbacks.waiting").gauge().value()).isZero();
      assertThat(registry.get("runar.contexts.restarts").functionCounter().count()).isZero();
    }

    assertThat(registry.find("runar.subscriptions").gauge()).isNull();
    assertThat(requests(registry, "shop", "buy/{what}", "OK")).isEqualTo(2);
  }

  private static long requests(
      SimpleMeterRegistry registry, String service, String action, String code) {
    return registry
        .get("runar.requests")
        .tags("node", "a", "service", service, "action", action, "code", code)
        .timer()
        .count();
  }

  private static double events(SimpleMeterRegistry registry, String outcome) {
    return registry.get("runar.events").tags("outcome", outcome).functionCounter().count();
  }
}
