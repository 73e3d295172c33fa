package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.spi.Authorizer;
import dev.runar.spi.Authorizer.Decision;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program lets the clients of its port do. */
@Timeout(60)
class AuthorizerTest {
  private static Node start(Authorizer authorizer) {
    Node node = Node.builder().port(0).authorizer(authorizer).start();
    node.addService(
            Service.at("news")
                .action("last", (payload, context) -> Payload.of("rain"))
                .action("secret", (payload, context) -> Payload.of("sun"))
                .build())
        .join();
    return node;
  }

  private static Client connect(Node node) {
    return Client.connect(URI.create("ws://127.0.0.1:" + node.urls().get(0).getPort() + "/topics"));
  }

  private static String denied(String what, int id) {
    return "{\"error\":{\"code\":\"PERMISSION_DENIED\",\"message\":\"clients may not "
        + what
        + "\"},\"id\":"
        + id
        + "}";
  }

  @Test
  void whatIsDeniedReachesTheClientAndTheSessionLives() {
    var asked = new ConcurrentLinkedQueue<String>();
    Authorizer noSecrets =
        (sessionId, verb, path) -> {
          asked.add(verb + " " + path);
          return path.contains("secret") ? Decision.DENIED : Decision.ALLOWED;
        };
    try (Node node = start(noSecrets);
        Client client = connect(node)) {
      assertThat(client.send("{\"subscribe\":\"secret/>\",\"id\":1}").next())
          .isEqualTo(denied("subscribe secret/>", 1));
      assertThat(client.send("{\"publish\":\"secret/a\",\"data\":1,\"id\":2}").next())
          .isEqualTo(denied("publish secret/a", 2));
      assertThat(client.send("{\"request\":\"news/secret\",\"id\":3}").next())
          .isEqualTo(denied("request news/secret", 3));
      assertThat(client.send("{\"subscribe\":\"default:secret/>\",\"id\":4}").next())
          .isEqualTo(denied("subscribe secret/>", 4));

      assertThat(client.send("{\"subscribe\":\"news/*\",\"id\":5}").next())
          .isEqualTo("{\"subscribed\":\"news/*\",\"id\":5}");
      node.publish("secret/a", Payload.of("hidden")).join();
      node.publish("news/a", Payload.of("shown")).join();
      assertThat(client.next()).isEqualTo("{\"topic\":\"news/a\",\"data\":\"shown\",\"offset\":1}");
      assertThat(client.send("{\"request\":\"news/last\",\"id\":6}").next())
          .isEqualTo("{\"id\":6,\"result\":\"rain\"}");

      assertThat(asked)
          .containsExactly(
              "SUBSCRIBE secret/>",
              "PUBLISH secret/a",
              "REQUEST news/secret",
              "SUBSCRIBE secret/>",
              "SUBSCRIBE news/*",
              "REQUEST news/last");
      assertThat(refusals(node)).isEqualTo(4);
    }
  }

  @Test
  void aVersionInAnAddressGetsAroundNoRule() {
    Authorizer noSecrets =
        (sessionId, verb, path) ->
            path.startsWith("news/secret") ? Decision.DENIED : Decision.ALLOWED;
    try (Node node = start(noSecrets);
        Client client = connect(node)) {
      assertThat(client.send("{\"request\":\"news@*/secret\",\"id\":1}").next())
          .isEqualTo(denied("request news/secret", 1));
      assertThat(client.send("{\"request\":\"default:news@*/secret\",\"id\":2}").next())
          .isEqualTo(denied("request news/secret", 2));
      assertThat(client.send("{\"request\":\"news@*/last\",\"id\":3}").next())
          .isEqualTo("{\"id\":3,\"result\":\"rain\"}");
    }
  }

  @Test
  void aRangeThatIsNoneIsAnInvalidPathAndTheSessionLives() {
    try (Node node = start(Authorizer.openToAll());
        Client client = connect(node)) {
      assertThat(client.send("{\"request\":\"news@99999999999/last\",\"id\":1}").next())
          .contains("\"code\":\"INVALID_PATH\"")
          .endsWith("\"id\":1}");
      assertThat(client.send("{\"ping\":2}").next()).isEqualTo("{\"pong\":2}");
    }
  }

  @Test
  void anAuthorizerThatThrowsHasNotAllowedIt() {
    Authorizer broken =
        (sessionId, verb, path) -> {
          throw new IllegalStateException("no directory");
        };
    try (Node node = start(broken);
        Client client = connect(node)) {
      assertThat(client.send("{\"subscribe\":\"news/*\",\"id\":1}").next())
          .isEqualTo(denied("subscribe news/*", 1));
      assertThat(client.send("{\"ping\":2}").next()).isEqualTo("{\"pong\":2}");
    }
  }

  @Test
  void whoAsksTheOpenOneFirstKeepsTheNodesOwnPathsClosed() {
    try (Node node = start(Authorizer.openToAll());
        Client client = connect(node)) {
      assertThat(client.send("{\"request\":\"$runtime/status\",\"id\":1}").next())
          .isEqualTo(denied("request $runtime/status", 1));
    }
  }

  private static int refusals(Node node) {
    var port =
        ScriptNode.map(
            node.request("$runtime/status", Payload.of(null)).join().asMap().get("port"));
    return ((Number) ScriptNode.map(port.get("refusals")).get("DENIED")).intValue();
  }

  @Test
  void noSpellingOfAPatternReachesTheChannelsOfApps() {
    Authorizer open = Authorizer.openToAll();
    for (String odd : List.of("\u2028", "\u2029", "\u0085", "\n", "a", "")) {
      for (String path : List.of("$app/1/{" + odd + "}", "$app/{" + odd + "}/{" + odd + "}")) {
        assertThat(open.decide("s", Authorizer.Verb.SUBSCRIBE, path))
            .as(path)
            .isEqualTo(Authorizer.Decision.DENIED);
      }
    }
    assertThat(open.decide("s", Authorizer.Verb.SUBSCRIBE, "$app/1/news"))
        .isEqualTo(Authorizer.Decision.ALLOWED);
  }
}
