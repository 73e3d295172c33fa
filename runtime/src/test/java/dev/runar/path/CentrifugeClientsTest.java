package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Service;
import dev.runar.channels.ChannelRule;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code centrifuge} client of npm, as it is published. */
@Timeout(300)
class CentrifugeClientsTest {
  private static final PublishedClients CLIENTS = new PublishedClients("centrifuge-clients");

  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withChannels(
          List.of(
              ChannelRule.of("chat/*")
                  .withHistory(100, Duration.ofMinutes(5))
                  .withPresence(true, true)
                  .withPublish(true)));

  private static final String[] SEEN = {
    "connected",
    "publish news/1",
    "publication",
    "join",
    "client publication",
    "publish refused",
    "presence",
    "history",
    "rpc",
    "leave",
    "recovered",
    "many subscriptions",
    "refused",
    "stop",
    "stopped"
  };

  @Test
  void aSessionInJson() throws Exception {
    assertThat(run("json")).containsExactly(SEEN);
  }

  @Test
  void aSessionInProtobuf() throws Exception {
    assertThat(run("protobuf")).containsExactly(SEEN);
  }

  @ParameterizedTest
  @CsvSource({"json,http_stream", "protobuf,http_stream", "json,sse"})
  void aSessionOverHttp(String spelling, String transport) throws Exception {
    assertThat(run(spelling, transport)).containsExactly(SEEN);
  }

  private static List<String> run(String... spellingAndTransport) throws Exception {
    try (Node node = Node.builder().config(CONFIG).start()) {
      node.addService(
              Service.at("math")
                  .action("add", (payload, context) -> Payload.of(3))
                  .action(
                      "fail",
                      (payload, context) -> {
                        throw RunarException.defined("Broken", "it is broken", null);
                      })
                  .build())
          .join();
      String port = String.valueOf(node.urls().get(0).getPort());
      return CLIENTS.run(
          line -> {
            if (line.equals("publish news/1")) {
              var _ = node.publish("news/1", Payload.object("n", 1)).join();
            } else if (line.equals("stop")) {
              node.close();
            }
          },
          Stream.concat(Stream.of("session.mjs", port), Stream.of(spellingAndTransport))
              .toArray(String[]::new));
    }
  }
}
