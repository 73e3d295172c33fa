package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.http.StaticFiles;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client may cost the server, and what it is told at the bound. */
@Timeout(60)
class ServerLimitsTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aSlowReaderIsDisconnectedWhileOthersGoOn(Transport transport) throws Exception {
    var config =
        NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withSessionBytes(100_000));
    try (var node = new ServerFixture(transport, config, StaticFiles.none());
        var slow = RawClient.webSocket(new RawClient(node.port(), 4_096), "/topics");
        var quick = node.topics()) {
      slow.say("{\"subscribe\":\"t\"}");
      quick.say("{\"subscribe\":\"t\"}");
      slow.next();
      quick.next();
      Payload big = Payload.json("\"" + "x".repeat(16_000) + "\"");
      int published = 0;
      while (node.broker.stats().snapshot().slowDisconnects() == 0) {
        node.gate.publish("t", big);
        published++;
        assertThat(quick.next()).endsWith(",\"offset\":" + published + "}");
      }
      node.gate.publish("t", big);
      assertThat(quick.next()).endsWith(",\"offset\":" + (published + 1) + "}");
      assertThat(slow.lastOfAll()).startsWith("close 4008 too slow");
      assertThat(node.broker.sessionCount()).isEqualTo(1);
    }
  }

  @Test
  void headsThatAreTooLargeAreRefused() throws Exception {
    try (var node = new ServerFixture(Transport.best())) {
      try (var client = new RawClient(node.port())) {
        String headers = "X-Header: 1\r\n".repeat(20_000);
        client.write(("GET /up HTTP/1.1\r\nHost: x\r\n" + headers).getBytes(ISO_8859_1));
        assertThat(client.response()).startsWith("431");
      }
      try (var client = new RawClient(node.port())) {
        client.write(("GET /" + "x".repeat(100_000)).getBytes(ISO_8859_1));
        assertThat(client.response()).startsWith("414");
      }
    }
  }

  @Test
  void whoeverIsSilentIsCut() throws Exception {
    var quickly =
        NodeConfig.DEFAULT.withServer(
            NodeConfig.DEFAULT
                .server()
                .withHandshakeTimeout(Duration.ofMillis(200))
                .withPingInterval(Duration.ofMillis(200))
                .withIdleTimeout(Duration.ofMillis(600)));
    try (var node = new ServerFixture(Transport.best(), quickly, StaticFiles.none());
        var client = node.topics();
        var halfOpen = new RawClient(node.port());
        var silent = new RawClient(node.port())) {
      halfOpen.write("GET /up HTTP/1.1\r\nHos".getBytes(ISO_8859_1));
      assertThat(halfOpen.isAtEnd()).isTrue();
      assertThat(silent.isAtEnd()).isTrue();
      assertThat(client.next()).isEqualTo("ping");
      assertThat(client.lastOfAll()).startsWith("close 4009");
    }
  }

  @Test
  void sessionsBeyondTheBoundGet503() throws Exception {
    var one = NodeConfig.DEFAULT.limits().withSessions(1);
    try (var node =
            new ServerFixture(
                Transport.best(), NodeConfig.DEFAULT.withLimits(one), StaticFiles.none());
        var first = node.topics();
        var second = new RawClient(node.port())) {
      second.write(RawClient.handshake("/topics").getBytes(ISO_8859_1));
      assertThat(second.response()).startsWith("503");
      first.close();
      await().until(() -> node.broker.sessionCount() == 0);
      node.topics().close();
    }
  }
}
