package dev.runar.path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.channels.TokenKeys;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of {@code /topics} that show signed tokens to a node with a key. */
@Timeout(60)
class TopicTokensTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withServer(
          ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)));

  private Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(CONFIG).start();
    node.addService(
            Service.at("who")
                .action(
                    "am-i", (payload, context) -> context.identity().orElse(Payload.of("nobody")))
                .build())
        .join();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Client open() {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + "/topics"));
  }

  private static JWTClaimsSet.Builder ada() {
    return new JWTClaimsSet.Builder().subject("ada");
  }

  private static String token(JWTClaimsSet.Builder claims, String secret) throws JOSEException {
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private static String connect(String token, int id) {
    return "{\"connect\":{\"token\":\"%s\",\"client\":\"phone\"},\"id\":%d}".formatted(token, id);
  }

  @Test
  void anActionIsToldWhoCallsIt() throws Exception {
    String token =
        token(
            ada()
                .expirationTime(Date.from(Instant.now().plusSeconds(3_600)))
                .claim("info", Map.of("name", "Ada")),
            SECRET);
    try (Client client = open()) {
      assertThat(client.send(connect(token, 1)).next())
          .matches(
              "\\{\"connected\":\\{\"session\":\"[\\w-]+\",\"user\":\"ada\",\"client\":\"phone\","
                  + "\"expires\":3\\d{3}},\"id\":1}");
      assertThat(client.send("{\"request\":\"who/am-i\",\"id\":2}").next())
          .isEqualTo(
              "{\"id\":2,\"result\":{\"client\":\"phone\",\"user\":\"ada\","
                  + "\"info\":{\"name\":\"Ada\"}}}");
    }
  }

  @Test
  void whatIsNoRightTokenIsDeniedAndTheSessionLives() throws Exception {
    List<String> wrong =
        List.of(
            "",
            "no.token.atall",
            token(ada(), "another secret, also of 32 bytes and more"),
            token(ada().expirationTime(Date.from(Instant.now().minusSeconds(60))), SECRET),
            token(ada().claim("channel", "a"), SECRET),
            new PlainJWT(ada().build()).serialize()); // alg none
    try (Client client = open()) {
      int id = 0;
      for (String each : wrong) {
        String answer = client.send(connect(each, ++id)).next();
        assertThat(answer).as(each).contains("PERMISSION_DENIED").endsWith(",\"id\":" + id + "}");
      }
      assertThat(client.send("{\"subscribe\":\"a\",\"id\":9}").next())
          .contains("PERMISSION_DENIED", "connect with a token first");
      assertThat(client.send(connect(token(ada(), SECRET), 10)).next())
          .contains("\"user\":\"ada\"");
      assertThat(client.send("{\"subscribe\":\"a/*\",\"id\":11}").next())
          .isEqualTo("{\"subscribed\":\"a/*\",\"id\":11}");
    }
  }

  @Test
  void whatATokenSaysForgesNoLineOfTheLog() throws Exception {
    String header = "{\"alg\":\"x\\n2027-01-01 INFO all is well " + "y".repeat(1_000) + "\"}";
    String token =
        Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(UTF_8)) + ".e30.AA";
    var lines = new CopyOnWriteArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger("dev.runar.internal.boot.SignedTokens");
    log.addHandler(handler);
    try (Client client = open()) {
      assertThat(client.send(connect(token, 1)).next()).contains("PERMISSION_DENIED");
    } finally {
      log.removeHandler(handler);
    }
    assertThat(lines)
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("a token was refused: ")
        .contains("x\\n2027")
        .doesNotContain("\n")
        .hasSizeLessThan(300);
  }
}
