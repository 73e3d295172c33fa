package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.channels.ChannelRule;
import dev.runar.spi.Authorizer;
import dev.runar.spi.Authorizer.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node of a test, and clients that speak the Centrifugal protocol as JSON with it. */
abstract class CentrifugalNodeFixture {
  static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withChannels(
          List.of(
              ChannelRule.of("chat/*").withHistory(3, Duration.ofMinutes(1)).withPublish(true),
              ChannelRule.of("room/*").withPresence(true, true)));

  final Authorizer noSecrets =
      (session, verb, path) ->
          path.contains("secret")
              ? Decision.DENIED
              : Authorizer.openToAll().decide(session, verb, path);
  Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(CONFIG).authorizer(noSecrets).start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  Client open() {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + "/connection/websocket"));
  }

  /** One that has connected; its id stands for every id of a session. */
  Client connect() {
    Client client = open();
    assertThat(client.send("{\"id\":1,\"connect\":{\"name\":\"js\"}}").next())
        .matches(
            "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"ping\":25,\"pong\":true}}");
    return client;
  }

  static String error(int id, int code, String message) {
    return "{\"id\":%d,\"error\":{\"code\":%d,\"message\":\"%s\"}}".formatted(id, code, message);
  }

  static String subscribe(int id, String channel) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\",\"flag\":1}}".formatted(id, channel);
  }
}
