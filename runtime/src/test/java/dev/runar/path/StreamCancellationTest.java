package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.Supervision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream ends before its last item, and that both sides hear of it. */
@Timeout(120)
class StreamCancellationTest extends StreamFixture {
  /** Long enough for a spin to begin within it; one that has not is not ended. */
  private static final Duration SHORT = Duration.ofMillis(1_000);

  @Test
  void aBreakRunsTheProducersFinally() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/take", Map.of("path", "nums/endless", "n", 1_000))).isEqualTo("left");
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "finally")
                      .containsEntry("aborted", "CANCELLED"));
      int produced = (Integer) ScriptNode.map(app.call("nums/state")).get("produced");
      assertThat(produced).isBetween(1_000, 1_130);
      noneIsOpen(app);
      assertThat(ScriptNode.map(app.status().get("requests"))).containsEntry("lateSettles", 0L);
    }
  }

  @Test
  void theTimeoutIsThatOfAnItem() {
    try (ScriptNode app = node()) {
      assertThat((String) app.call("c/idle"))
          .startsWith("TIMEOUT")
          .contains("no item within 1000 ms");
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "silent")
                      .containsEntry("aborted", "TIMEOUT"));
      noneIsOpen(app);
    }
  }

  @Test
  void aSignalEndsBothSides() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/aborted")).isEqualTo(List.of("CANCELLED", "bored"));
      awaitTheEndOfTheProducer(app);
      noneIsOpen(app);
    }
  }

  @Test
  void aLostProducerFailsItsConsumerAndALostConsumerEndsItsProducer() {
    Supervision quick = Supervision.DEFAULT.withGrace(Duration.ofMillis(100));
    NodeConfig config =
        ScriptNode.CONFIG.withSupervision(quick).withRequestTimeout(Duration.ofSeconds(5));
    try (ScriptNode app = node(config)) {
      assertThat(app.call("c/open", Map.of("path", "nums/endless"))).isEqualTo(1);
      // the consumer's context is ended in the middle of a turn
      assertThatThrownBy(
              () ->
                  ScriptNode.value(
                      app.node.request(
                          "c/spin", Payload.of(null), RequestOptions.DEFAULT.withTimeout(SHORT))))
          .hasMessageContaining("timed out");
      awaitTheEndOfTheProducer(app);
      noneIsOpen(app);
    }
  }

  @Test
  void aLostProducerFailsItsConsumerBehindItsItems() {
    Supervision quick = Supervision.DEFAULT.withGrace(Duration.ofMillis(100));
    try (ScriptNode app = node(ScriptNode.CONFIG.withSupervision(quick))) {
      Told told =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 2);
      await().untilAsserted(() -> assertThat(told.items).hasSize(2));
      app.node.request("nums/spin", Payload.of(null), RequestOptions.DEFAULT.withTimeout(SHORT));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(app.logged("; the context was closed")).hasSize(1));
      told.subscription.request(Long.MAX_VALUE);
      assertThat(told.end()).isEqualTo("CONTEXT_GONE");
      assertThat(told.items)
          .isEqualTo(IntStream.rangeClosed(1, told.items.size()).boxed().toList());
      noneIsOpen(app);
    }
  }

  @Test
  void theStopOfTheNodeEndsStreams() {
    ScriptNode app = node(ScriptNode.CONFIG.withDrainTimeout(Duration.ofMillis(200)));
    Told told;
    try (app) {
      told =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 3);
      await().untilAsserted(() -> assertThat(told.items).hasSize(3));
    }
    told.subscription.request(1_000_000);
    assertThat(told.end()).isEqualTo("SHUTDOWN");
  }
}
