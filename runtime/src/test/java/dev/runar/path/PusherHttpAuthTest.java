package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.apps.App;
import dev.runar.apps.AppLimits;
import dev.runar.apps.PusherPort;
import dev.runar.apps.Secret;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P59 to P66: who may call the HTTP API of the Pusher dialect. */
@Timeout(60)
class PusherHttpAuthTest {
  private static final String EVENT = "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}";

  private static final App DISABLED =
      App.of("disabled", "disabled-key", "secret").withEnabled(false);
  private static final App SLOW =
      App.of("slow", "slow-key", "secret").withLimits(AppLimits.DEFAULT.withEventsPerSecond(2));
  private static final App TWO =
      App.of("two", "two-key", "old").withSecrets(List.of(new Secret("new"), new Secret("old")));

  /** The one that the documentation of the protocol signs for. */
  private static final App DOCUMENTED = App.of("3", "278d425bdf160c739803", "7ad3773142a6692b25b8");

  private static PusherNode pusher;

  @BeforeAll
  static void start() {
    pusher =
        PusherNode.start(
            PusherNode.APP, ScriptNode.CONFIG.withApps(List.of(DISABLED, SLOW, TWO, DOCUMENTED)));
  }

  @AfterAll
  static void stop() {
    pusher.close();
  }

  private static PusherServer server(App app) {
    return new PusherServer(pusher.node.urls().getFirst(), app);
  }

  private static PusherServer server() {
    return server(PusherNode.APP);
  }

  private static String spoiled(Consumer<Map<String, String>> change) {
    PusherServer server = server();
    var query = new TreeMap<>(server.signed("POST", "events", EVENT, Map.of()));
    change.accept(query);
    return server.send("POST", "events", query, EVENT).toString();
  }

  @Test
  void p59ASignedRequestIsTaken() {
    assertThat(server().post("events", EVENT)).hasToString("200 {}");
  }

  @Test
  void p60TheSignatureOfTheDocumentationIsRight() {
    String body =
        "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}";
    Map<String, String> query =
        server(DOCUMENTED).signed("POST", "events", body, Map.of("auth_timestamp", "1353088179"));

    assertThat(query)
        .containsEntry("body_md5", "ec365a775a4cd0599faeb73354201b6f")
        .containsEntry(
            "auth_signature", "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");
    assertThat(server(DOCUMENTED).send("POST", "events", query, body).toString())
        .startsWith("401 ")
        .contains("auth_timestamp is more than 600 seconds off");
  }

  @Test
  void p61AWrongSignatureKeyOrVersionIsRefused() {
    assertThat(spoiled(query -> query.put("auth_signature", "0".repeat(64))))
        .startsWith("401 ")
        .contains("auth_signature is wrong")
        .doesNotContain("secret");
    assertThat(spoiled(query -> query.put("auth_key", "other"))).startsWith("401 ");
    assertThat(spoiled(query -> query.put("auth_version", "2.0"))).startsWith("401 ");
    for (String name :
        List.of("auth_key", "auth_timestamp", "auth_version", "auth_signature", "body_md5")) {
      assertThat(spoiled(query -> query.remove(name)))
          .isEqualTo("401 {\"error\":\"" + name + " must be in the query, once\"}");
    }
  }

  @Test
  void p61EachSecretOfAnAppIsTaken() {
    for (String secret : List.of("new", "old")) {
      App signing = TWO.withSecrets(List.of(new Secret(secret)));
      assertThat(server(signing).post("events", EVENT)).hasToString("200 {}");
    }
  }

  @Test
  void p62ATimeThatIsFarOffIsRefused() {
    for (int off : new int[] {-620, 620}) {
      String time = Long.toString(System.currentTimeMillis() / 1_000 + off);
      PusherServer server = server();
      var query = server.signed("POST", "events", EVENT, Map.of("auth_timestamp", time));
      assertThat(server.send("POST", "events", query, EVENT).status()).isEqualTo(401);
    }
    String near = Long.toString(System.currentTimeMillis() / 1_000 - 550);
    PusherServer server = server();
    var query = server.signed("POST", "events", EVENT, Map.of("auth_timestamp", near));
    assertThat(server.send("POST", "events", query, EVENT).status()).isEqualTo(200);
    assertThat(spoiled(bad -> bad.put("auth_timestamp", "soon"))).startsWith("401 ");
  }

  @Test
  void p63AnotherBodyThanTheSignedOneIsRefused() {
    PusherServer server = server();
    var query = server.signed("POST", "events", EVENT, Map.of());
    assertThat(server.send("POST", "events", query, EVENT.replace("\"d\"", "\"x\"")))
        .hasToString("401 {\"error\":\"body_md5 is not the MD5 of the body\"}");
  }

  @Test
  void aSignatureIsTakenOnceUnlessTheRequestOnlyReads() {
    PusherServer server = server();
    var query = server.signed("POST", "events", EVENT, Map.of("auth_timestamp", now()));
    assertThat(server.send("POST", "events", query, EVENT).status()).isEqualTo(200);
    assertThat(server.send("POST", "events", query, EVENT).toString())
        .startsWith("401 ")
        .contains("has come before");

    var reading = server.signed("GET", "channels", "", Map.of("auth_timestamp", now()));
    for (int i = 0; i < 2; i++) {
      assertThat(server.send("GET", "channels", reading, "").status()).isEqualTo(200);
    }
  }

  private static String now() {
    return Long.toString(System.currentTimeMillis() / 1_000 - 300);
  }

  @Test
  void aNodeMayTakeRepeatedRequests() {
    var port = PusherPort.DEFAULT.withRefuseRepeats(false);
    try (Node node = node(port)) {
      var server = new PusherServer(node.urls().getFirst(), PusherNode.APP);
      var query = server.signed("POST", "events", EVENT, Map.of());
      for (int i = 0; i < 2; i++) {
        assertThat(server.send("POST", "events", query, EVENT).status()).isEqualTo(200);
      }
    }
  }

  private static Node node(PusherPort port) {
    return Node.builder()
        .config(
            ScriptNode.CONFIG
                .withServer(ScriptNode.CONFIG.server().withPusher(port))
                .withApps(List.of(PusherNode.APP)))
        .start();
  }

  @Test
  void p64ListsAndEscapesInTheQueryAreVerified() {
    PusherServer server = server();
    String prefix = "a b&c=d%é";
    assertThat(server.get("channels", Map.of("filter_by_prefix", prefix)).status()).isEqualTo(200);

    // As Ruby signs a list, then as PHP does.
    var ruby = server.signed("GET", "channels", "", Map.of("info[]", "subscription_count"));
    assertThat(server.send("GET", "channels", ruby, "").status()).isEqualTo(200);
    var php =
        new TreeMap<>(server.signed("GET", "channels", "", Map.of("info", "user_count,cache")));
    php.remove("info");
    php.put("info[0]", "user_count");
    php.put("info[1]", "cache");
    assertThat(server.send("GET", "channels", php, "").status())
        .as("the signature is right, what is asked is not")
        .isEqualTo(400);
  }

  @Test
  void p65ThePrefixOfThePortIsNotSigned() {
    try (Node node = node(PusherPort.DEFAULT.withPath("/realtime"))) {
      var server = new PusherServer(node.urls().getFirst(), PusherNode.APP);
      assertThat(server.post("events", EVENT).status()).isEqualTo(405); // a static file at best
      assertThat(server.withPrefix("/realtime").post("events", EVENT)).hasToString("200 {}");
    }
  }

  @Test
  void p66AnUnknownADisabledAndAnExhaustedApp() {
    assertThat(server(App.of("nobody", "key", "secret")).post("events", EVENT))
        .hasToString("404 {\"error\":\"there is no app with this id\"}");
    assertThat(server(DISABLED).post("events", EVENT))
        .hasToString("403 {\"error\":\"the app is disabled\"}");
    PusherServer slow = server(SLOW);
    String three = "{\"batch\":[%s,%s,%s]}".formatted(EVENT, EVENT, EVENT);
    PusherServer.Answer answer = slow.post("batch_events", three);
    assertThat(answer)
        .hasToString("403 {\"error\":\"the app publishes at most 2 events in a second\"}");
    assertThat(answer.response().headers().firstValue("retry-after")).hasValue("1");
    assertThat(slow.post("events", EVENT)).hasToString("200 {}");
  }
}
