package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.OfflineOptions.Level;
import dev.runar.channels.TokenKeys;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take and acknowledge their offline messages themselves. */
@Timeout(300)
class OfflineClientsTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";

  @TempDir Path folder;

  private Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(config(256)).start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private NodeConfig config(int window) {
    return ScriptNode.CONFIG
        .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
        .withOffline(
            OfflineOptions.DEFAULT
                .at(folder.resolve("offline").toString(), Level.SYNCED)
                .burying(2, "chat/dead")
                .withWindow(window));
  }

  private void restart(int window) {
    node.close();
    node = Node.builder().config(config(window)).start();
  }

  private static String token(String user) {
    try {
      var claims = new JWTClaimsSet.Builder().subject(user).build();
      var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(new MACSigner(SECRET));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private Client open(String path) {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + path));
  }

  private Client ann(String device) {
    Client client = open("/topics");
    client.send(
        "{\"connect\":{\"token\":\"%s\",\"client\":\"%s\"}}".formatted(token("ann"), device));
    assertThat(client.next()).contains("\"user\":\"ann\"", "\"client\":\"" + device + "\"");
    return client;
  }

  private void join(String device) {
    node.request("$offline/join", Payload.object("group", "chat", "user", "ann", "client", device))
        .join();
  }

  private void publish(Object data) {
    var receipt =
        node.request("$offline/publish", Payload.object("group", "chat", "data", data)).join();
    assertThat(receipt.asMap().get("level")).isEqualTo("SYNCED");
  }

  private static String message(int id, String data) {
    return again(id, data, 1, false);
  }

  private static String again(int id, String data, int deliveries, boolean redelivered) {
    return "{\"message\":{\"group\":\"chat\",\"id\":%d,%s,\"deliveries\":%d,\"redelivered\":%s}}"
        .formatted(id, data, deliveries, redelivered);
  }

  @Test
  void twoClientsOfAUserAcknowledgeApartAndARestartLosesNothing_S1_5() {
    join("phone"); // the first entry of the store
    join("laptop"); // the second
    publish("one");
    publish(new byte[] {1, 2});
    try (Client phone = ann("phone");
        Client laptop = ann("laptop")) {
      assertThat(phone.send("{\"unacked\":\"chat\",\"id\":1}").next())
          .isEqualTo("{\"unacked\":\"chat\",\"waiting\":2,\"id\":1}");
      assertThat(phone.next()).isEqualTo(message(3, "\"data\":\"one\""));
      assertThat(phone.next()).isEqualTo(message(4, "\"bytes\":\"AQI=\""));
      assertThat(laptop.send("{\"unacked\":\"chat\"}").next())
          .isEqualTo("{\"unacked\":\"chat\",\"waiting\":2}");
      assertThat(laptop.next()).isEqualTo(message(3, "\"data\":\"one\""));
      assertThat(laptop.next()).isEqualTo(message(4, "\"bytes\":\"AQI=\""));
      publish("three");
      assertThat(phone.next()).isEqualTo(message(5, "\"data\":\"three\""));
      assertThat(laptop.next()).isEqualTo(message(5, "\"data\":\"three\""));
      assertThat(phone.send("{\"ack\":[3,5,99],\"group\":\"chat\",\"id\":\"a\"}").next())
          .isEqualTo("{\"acked\":[3,5],\"unknown\":[99],\"level\":\"SYNCED\",\"id\":\"a\"}");
      restart(256);
      assertThat(phone.closed()).isNotEmpty();
    }
    try (Client phone = ann("phone");
        Client laptop = ann("laptop")) {
      // what it had before the restart it may acknowledge before it asks for anything
      assertThat(laptop.send("{\"ack\":3,\"group\":\"chat\"}").next())
          .isEqualTo("{\"acked\":[3],\"unknown\":[],\"level\":\"SYNCED\"}");
      assertThat(phone.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":1");
      assertThat(phone.next()).isEqualTo(again(4, "\"bytes\":\"AQI=\"", 1, true));
      assertThat(laptop.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":2");
      assertThat(laptop.next()).isEqualTo(again(4, "\"bytes\":\"AQI=\"", 1, true));
      assertThat(laptop.next()).isEqualTo(again(5, "\"data\":\"three\"", 1, true));
    }
  }

  @Test
  void whatIsRefusedComesAgainAndThenIsADeadLetter() {
    join("phone");
    publish("bad");
    try (Client phone = ann("phone")) {
      assertThat(phone.send("{\"subscribe\":\"chat/dead\"}").next()).contains("subscribed");
      assertThat(phone.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":1");
      assertThat(phone.next()).isEqualTo(message(2, "\"data\":\"bad\""));
      phone.send("{\"nack\":2,\"group\":\"chat\",\"cause\":\"busy\",\"id\":1}");
      assertThat(new String[] {phone.next(), phone.next()})
          .containsExactlyInAnyOrder(
              "{\"nacked\":2,\"refusals\":1,\"id\":1}", again(2, "\"data\":\"bad\"", 2, true));
      phone.send("{\"nack\":2,\"group\":\"chat\",\"cause\":\"no\",\"id\":2}");
      assertThat(String.join("\n", phone.next(), phone.next()))
          .contains("{\"nacked\":2,\"refusals\":2,\"id\":2}", "\"cause\":\"no\"");
      assertThat(phone.send("{\"nack\":2,\"group\":\"chat\",\"id\":3}").next())
          .contains("NOT_FOUND", "message 2 of chat was not given", "\"id\":3");
    }
  }

  @Test
  void theWindowOpensByAcknowledgements() {
    restart(2);
    join("phone");
    for (int i = 0; i < 5; i++) {
      publish(i);
    }
    try (Client phone = ann("phone")) {
      assertThat(phone.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":5");
      assertThat(phone.next()).isEqualTo(message(2, "\"data\":0"));
      assertThat(phone.next()).isEqualTo(message(3, "\"data\":1"));
      assertThat(phone.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
      assertThat(phone.send("{\"ack\":4,\"group\":\"chat\"}").next()) // never given
          .isEqualTo("{\"acked\":[],\"unknown\":[4],\"level\":\"SYNCED\"}");
      phone.send("{\"ack\":[3,2],\"group\":\"chat\"}");
      assertThat(new String[] {phone.next(), phone.next(), phone.next()})
          .contains(message(4, "\"data\":2"), message(5, "\"data\":3"));
    }
  }

  @Test
  void aNewerSessionOfTheSameClientTakesTheQueueOver() {
    join("phone");
    publish("one");
    try (Client older = ann("phone");
        Client newer = ann("phone")) {
      assertThat(older.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":1");
      assertThat(older.next()).isEqualTo(message(2, "\"data\":\"one\""));
      assertThat(newer.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":1");
      assertThat(newer.next()).isEqualTo(again(2, "\"data\":\"one\"", 2, true));
      assertThat(older.next()).isEqualTo("{\"unacked\":\"chat\",\"ended\":\"taken over\"}");
      publish("two");
      assertThat(newer.next()).isEqualTo(message(3, "\"data\":\"two\""));
      assertThat(older.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
      assertThat(older.send("{\"ack\":2,\"group\":\"chat\"}").next()).contains("\"acked\":[2]");
    }
  }

  @Test
  void whatWaitsCanBeHadOnce() {
    join("phone");
    publish("one");
    try (Client phone = ann("phone")) {
      assertThat(phone.send("{\"unacked\":\"chat\",\"live\":false}").next())
          .contains("\"waiting\":1");
      assertThat(phone.next()).isEqualTo(message(2, "\"data\":\"one\""));
      assertThat(phone.next()).isEqualTo("{\"unacked\":\"chat\",\"ended\":\"done\"}");
      publish("two");
      assertThat(phone.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
    }
  }

  @Test
  void aQueueOfLargeMessagesDoesNotUseUpTheBudget() {
    join("phone");
    String large = "x".repeat(200_000);
    for (int i = 0; i < 5; i++) {
      publish(large);
    }
    try (Client phone = ann("phone")) {
      assertThat(phone.send("{\"unacked\":\"chat\"}").next()).contains("\"waiting\":5");
      for (int i = 0; i < 5; i++) {
        assertThat(phone.next()).isEqualTo(message(2 + i, "\"data\":\"" + large + "\""));
      }
    }
  }

  @Test
  void badInputIsAnsweredAndTheSessionLives() {
    join("phone");
    String[][] bad = {
      {"{\"unacked\":7,\"id\":1}", "\\\"unacked\\\" must be a string"},
      {"{\"unacked\":\"nowhere\",\"id\":1}", "NOT_FOUND"},
      {"{\"unacked\":\"\",\"id\":1}", "INVALID_INPUT"},
      {"{\"unacked\":\"" + "g".repeat(201) + "\",\"id\":1}", "INVALID_INPUT"},
      {"{\"unacked\":\"chat\",\"live\":1,\"id\":1}", "\\\"live\\\" must be true or false"},
      {"{\"unacked\":\"chat\",\"group\":\"x\",\"id\":1}", "\\\"group\\\" goes with ack and nack"},
      {"{\"ack\":7,\"id\":1}", "\\\"ack\\\" needs a \\\"group\\\""},
      {"{\"ack\":\"7\",\"group\":\"chat\",\"id\":1}", "the number of a message, or an array"},
      {"{\"ack\":[],\"group\":\"chat\",\"id\":1}", "whole and above 0"},
      {"{\"ack\":[1,\"a\"],\"group\":\"chat\",\"id\":1}", "whole and above 0"},
      {"{\"ack\":[1,[2]],\"group\":\"chat\",\"id\":1}", "whole and above 0"},
      {"{\"ack\":0,\"group\":\"chat\",\"id\":1}", "PROTOCOL"},
      {"{\"ack\":1.5,\"group\":\"chat\",\"id\":1}", "PROTOCOL"},
      {"{\"ack\":99999999999999999999,\"group\":\"chat\",\"id\":1}", "PROTOCOL"},
      {"{\"ack\":[" + "1,".repeat(1_000) + "1],\"group\":\"chat\",\"id\":1}", "1000 numbers"},
      {"{\"ack\":1,\"group\":\"nowhere\",\"id\":1}", "NOT_FOUND"},
      {"{\"ack\":1,\"group\":\"chat\",\"cause\":\"x\",\"id\":1}", "\\\"cause\\\" goes with nack"},
      {"{\"nack\":[1],\"group\":\"chat\",\"id\":1}", "PROTOCOL"},
      {"{\"nack\":1,\"group\":\"chat\",\"id\":1}", "NOT_FOUND"},
      {"{\"nack\":1,\"group\":\"chat\",\"cause\":7,\"id\":1}", "\\\"cause\\\" must be a string"},
    };
    try (Client phone = ann("phone")) {
      for (String[] each : bad) {
        assertThat(phone.send(each[0]).next())
            .as(each[0])
            .startsWith("{\"error\":")
            .contains(each[1])
            .endsWith(",\"id\":1}");
      }
      assertThat(phone.send("{\"ack\":5,\"group\":\"chat\"}").next())
          .isEqualTo("{\"acked\":[],\"unknown\":[5],\"level\":\"SYNCED\"}");
    }
  }

  @Test
  void whoIsNobodyHasNoMessages() {
    try (Node open = Node.builder().config(ScriptNode.CONFIG).start()) {
      int port = open.urls().get(0).getPort();
      try (Client nobody = Client.connect(URI.create("ws://127.0.0.1:" + port + "/topics"))) {
        assertThat(nobody.send("{\"unacked\":\"chat\",\"id\":1}").next())
            .contains("PERMISSION_DENIED", "connect with a token first");
        assertThat(nobody.send("{\"connect\":{\"client\":\"phone\"}}").next())
            .contains("\"user\":\"\"");
        assertThat(nobody.send("{\"ack\":1,\"group\":\"chat\"}").next())
            .contains("PERMISSION_DENIED");
        assertThat(nobody.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
      }
    }
  }

  @Test
  void theCentrifugalDialectSaysItByCalls() {
    join("phone");
    publish("one");
    try (Client phone = open("/connection/websocket")) {
      phone.send("{\"id\":1,\"connect\":{\"token\":\"" + token("ann") + "\"}}");
      assertThat(phone.next()).contains("\"connect\":{");
      assertThat(rpc(phone, 2, "connect", "{\"connect\":{\"client\":\"phone\"}}"))
          .contains("\"user\":\"ann\",\"client\":\"phone\"");
      assertThat(rpc(phone, 3, "unacked", "{\"unacked\":\"chat\"}"))
          .isEqualTo("{\"id\":3,\"rpc\":{\"data\":{\"unacked\":\"chat\",\"waiting\":1}}}");
      assertThat(phone.next())
          .isEqualTo(
              "{\"push\":{\"message\":{\"data\":{\"offline\":{\"group\":\"chat\",\"id\":2,"
                  + "\"data\":\"one\",\"deliveries\":1,\"redelivered\":false}}}}}");
      assertThat(rpc(phone, 4, "ack", "{\"ack\":[2,3],\"group\":\"chat\"}"))
          .isEqualTo(
              "{\"id\":4,\"rpc\":{\"data\":{\"acked\":[2],\"unknown\":[3],\"level\":\"SYNCED\"}}}");
      assertThat(rpc(phone, 5, "ack", "{\"nack\":2,\"group\":\"chat\"}"))
          .contains("\"code\":401", "the data of $offline/ack is");
      assertThat(rpc(phone, 6, "nack", "{\"nack\":2,\"group\":\"chat\"}")).contains("\"code\":104");
      assertThat(rpc(phone, 7, "unacked", "{\"unacked\":\"nowhere\"}")).contains("\"code\":104");
      assertThat(rpc(phone, 8, "ack", "{\"ack\":\"2\",\"group\":\"chat\"}")).contains("401");
      assertThat(rpc(phone, 9, "members", "{\"group\":\"chat\"}")).contains("\"error\"");
      assertThat(rpc(phone, 10, "connect", "{\"connect\":{\"client\":\"other\"}}"))
          .contains("the session is of the client");
    }
  }

  @Test
  void theCentrifugeClientAsItIsPublished() throws Exception {
    var clients = new PublishedClients("centrifuge-clients");
    NodeConfig config = config(256).withOffline(OfflineOptions.DEFAULT);
    for (String spelling : List.of("json", "protobuf")) {
      try (Node memory = Node.builder().config(config).start()) {
        var phone = Payload.object("group", "chat", "user", "ann", "client", "phone");
        var _ = memory.request("$offline/join", phone).join();
        for (int n = 1; n <= 2; n++) {
          var _ =
              memory
                  .request(
                      "$offline/publish", Payload.object("group", "chat", "data", Map.of("n", n)))
                  .join();
        }
        String port = String.valueOf(memory.urls().get(0).getPort());
        assertThat(clients.run(line -> {}, "offline.mjs", port, spelling, token("ann")))
            .containsExactly("messages", "acked", "again", "refused");
      }
    }
  }

  private static String rpc(Client client, int id, String action, String data) {
    return client
        .send(
            "{\"id\":%d,\"rpc\":{\"method\":\"$offline/%s\",\"data\":%s}}"
                .formatted(id, action, data))
        .next();
  }
}
