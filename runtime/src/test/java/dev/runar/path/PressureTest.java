package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Service;
import dev.runar.internal.server.RawClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send faster than the handlers of what they send can follow. */
@Timeout(60)
class PressureTest {
  private static final int MESSAGES = 500;

  /** So few that all of them would not fit by far. */
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withQueuedCallbacks(64));

  @TempDir Path folder;

  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const seen = [];
      await node.addService({ name: "s", path: "s", actions: { seen: () => seen } });
      await node.subscribe("in/{from}", (n, ctx) => {
        for (const end = performance.now() + 0.5; performance.now() < end; );
        seen.push([ctx.pathParams.from, n]);
      });
      """;

  private static Client topics(URI node) {
    return Client.connect(URI.create("ws://127.0.0.1:" + node.getPort() + "/topics"));
  }

  private static long paused(Map<String, Object> status) {
    return ((Number) ScriptNode.map(status.get("port")).get("pressurePauses")).longValue();
  }

  @Test
  void whatClientsPublishWaitsInTheirSocketsAndNothingIsRefused() {
    try (ScriptNode app = ScriptNode.create(folder, CONFIG)) {
      app.add("s.ts", SCRIPT).node.start().join();
      try (Client a = topics(app.node.urls().get(0));
          Client b = topics(app.node.urls().get(0))) {
        for (int n = 0; n < MESSAGES; n++) {
          a.send("{\"publish\":\"in/a\",\"data\":" + n + "}");
          b.send("{\"publish\":\"in/b\",\"data\":" + n + "}");
        }
        a.send("{\"ping\":1}");
        b.send("{\"ping\":1}");
        assertThat(a.next()).isEqualTo("{\"pong\":1}");
        assertThat(b.next()).isEqualTo("{\"pong\":1}");
      }
      List<Object> expected = IntStream.range(0, MESSAGES).<Object>mapToObj(n -> n).toList();
      await().untilAsserted(() -> assertThat(seen(app, "a")).isEqualTo(expected));
      await().untilAsserted(() -> assertThat(seen(app, "b")).isEqualTo(expected));
      assertThat(paused(app.status())).isPositive();
    }
  }

  private static List<Object> seen(ScriptNode app, String from) {
    return ((List<?>) app.call("s/seen", null))
        .stream()
            .map(List.class::cast)
            .filter(one -> one.get(0).equals(from))
            .<Object>map(one -> one.get(1))
            .toList();
  }

  @Test
  void whoLeavesIsHeardToTheEnd() throws Exception {
    try (ScriptNode app = ScriptNode.create(folder, CONFIG)) {
      app.add("s.ts", SCRIPT).node.start().join();
      try (var raw = RawClient.webSocket(app.node.urls().get(0).getPort(), "/topics")) {
        for (int n = 0; n < MESSAGES; n++) {
          raw.say("{\"publish\":\"in/raw\",\"data\":" + n + "}");
        }
      }
      List<Object> expected = IntStream.range(0, MESSAGES).<Object>mapToObj(n -> n).toList();
      await().untilAsserted(() -> assertThat(seen(app, "raw")).isEqualTo(expected));
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.status().get("port")))
                      .containsEntry("sessions", 0L));
    }
  }

  @Test
  void whoIsClosedMeanwhileIsNotKeptForLong() throws Exception {
    try (ScriptNode app = ScriptNode.create(folder, CONFIG)) {
      app.add("s.ts", SCRIPT).node.start().join();
      try (var raw = RawClient.webSocket(app.node.urls().get(0).getPort(), "/topics")) {
        for (int n = 0; n < MESSAGES; n++) {
          raw.say("{\"publish\":\"in/raw\",\"data\":" + n + "}");
        }
        await().until(() -> paused(app.status()) > 0);
        app.node.close();
        assertThat(raw.next()).startsWith("close 1001 ");
      }
    }
  }

  @Test
  void aHandlerInJavaHoldsBackThoseWhoFeedItAndNobodyElse() throws Exception {
    try (ScriptNode app = ScriptNode.create(folder, CONFIG)) {
      app.node.start().join();
      var seen = new ConcurrentLinkedQueue<Object>();
      var gate = new CountDownLatch(1);
      app.node
          .addService(
              Service.at("j")
                  .action("echo", (payload, context) -> payload)
                  .on(
                      "in/a",
                      (event, context) -> {
                        gate.await();
                        seen.add(event.payload().value());
                      })
                  .build())
          .join();
      try (Client feeding = topics(app.node.urls().get(0));
          Client other = topics(app.node.urls().get(0))) {
        for (int n = 0; n < 1_000; n++) {
          feeding.send("{\"publish\":\"in/a\",\"data\":" + n + "}");
        }
        feeding.send("{\"ping\":1}");
        await().until(() -> paused(app.status()) > 0);
        other.send("{\"request\":\"j/echo\",\"data\":7,\"id\":1}");
        assertThat(other.next()).isEqualTo("{\"id\":1,\"result\":7}");
        assertThat(feeding.received).as("it is not heard").isEmpty();
        gate.countDown();
        assertThat(feeding.next()).isEqualTo("{\"pong\":1}");
        await().until(() -> seen.size() == 1_000);
        assertThat(seen)
            .containsExactlyElementsOf(IntStream.range(0, 1_000).<Object>mapToObj(n -> n).toList());
      }
    }
  }
}
