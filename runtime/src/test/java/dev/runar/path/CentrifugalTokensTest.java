package dev.runar.path;

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
import dev.runar.channels.ChannelRule;
import dev.runar.channels.TokenKeys;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of the Centrifugal dialect that show signed tokens. */
@Timeout(60)
class CentrifugalTokensTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG
          .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
          .withChannels(List.of(ChannelRule.of("room/*").withPresence(true, false)));

  private Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(CONFIG).start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Client open() {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + "/connection/websocket"));
  }

  private static JWTClaimsSet.Builder ada() {
    return new JWTClaimsSet.Builder().subject("ada");
  }

  private static String token(JWTClaimsSet.Builder claims) throws JOSEException {
    return token(claims, SECRET);
  }

  private static String token(JWTClaimsSet.Builder claims, String secret) throws JOSEException {
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private static String connect(String token) {
    return "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}";
  }

  private static String subscribe(int id, String channel, String token) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\",\"token\":\"%s\",\"flag\":1}}"
        .formatted(id, channel, token);
  }

  private static Date inAnHour() {
    return Date.from(Instant.now().plusSeconds(3_600));
  }

  @Test
  void whoItIsAndWhatItIsSubscribedToIsInTheToken() throws Exception {
    String token =
        token(
            ada()
                .expirationTime(inAnHour())
                .claim("info", Map.of("name", "Ada"))
                .claim("channels", List.of("room/1")));
    try (Client client = open()) {
      assertThat(client.send(connect(token)).next())
          .contains("\"connect\":{")
          .contains("\"expires\":true,\"ttl\":3")
          .contains("\"subs\":{\"room/1\":{");
      node.publish("room/1", Payload.of("hello")).join();
      assertThat(client.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"room/1\",\"pub\":{\"data\":\"hello\",\"offset\":1}}}");
      assertThat(client.send("{\"id\":2,\"presence\":{\"channel\":\"room/1\"}}").next())
          .contains("\"user\":\"ada\"")
          .contains("\"conn_info\":{\"name\":\"Ada\"}");
    }
  }

  @Test
  void withoutATokenOrWithAWrongOneNobodyComesIn() throws Exception {
    String other = "another secret, also of 32 bytes and more";
    for (String bad :
        List.of(
            "",
            "no.token.atall",
            token(ada(), other),
            new PlainJWT(ada().build()).serialize(), // alg: none
            token(ada().claim("channel", "room/1")),
            token(ada().claim("b64info", "!")),
            token(ada().claim("b64info", Base64.getEncoder().encodeToString(new byte[] {'{'}))),
            token(ada().claim("expire_at", "soon")))) {
      try (Client client = open()) {
        client.send(connect(bad));
        assertThat(client.closed()).as(bad).startsWith("3500 ");
      }
    }
  }

  @Test
  void anExpiredOneMayBeReplaced() throws Exception {
    try (Client client = open()) {
      client.send(connect(token(ada().expirationTime(Date.from(Instant.now().minusSeconds(1))))));
      assertThat(client.next())
          .isEqualTo("{\"id\":1,\"error\":{\"code\":109,\"message\":\"token expired\"}}");
    }
  }

  @Test
  void aSessionMayOutliveItsToken() throws Exception {
    String token = token(ada().expirationTime(inAnHour()).claim("expire_at", 0));
    try (Client client = open()) {
      assertThat(client.send(connect(token)).next()).doesNotContain("expires");
    }
  }

  @Test
  void aSubscriptionHasATokenOfItsOwn() throws Exception {
    try (Client client = open()) {
      assertThat(client.send(connect(token(ada()))).next()).contains("\"connect\"");
      String good = token(ada().claim("channel", "room/2"));
      assertThat(client.send(subscribe(2, "room/2", good)).next())
          .isEqualTo("{\"id\":2,\"subscribe\":{}}");
      String expired =
          token(
              ada()
                  .claim("channel", "room/3")
                  .expirationTime(Date.from(Instant.now().minusSeconds(1))));
      assertThat(client.send(subscribe(3, "room/3", expired)).next())
          .isEqualTo("{\"id\":3,\"error\":{\"code\":109,\"message\":\"token expired\"}}");
      client.send(subscribe(4, "room/4", good)); // of another channel
      assertThat(client.closed()).startsWith("3500 ");
    }
  }

  @Test
  void theTokenOfAnotherUserIsNotForThisOne() throws Exception {
    try (Client client = open()) {
      assertThat(client.send(connect(token(ada()))).next()).contains("\"connect\"");
      String bobs = token(new JWTClaimsSet.Builder().subject("bob").claim("channel", "room/2"));
      client.send(subscribe(2, "room/2", bobs));
      assertThat(client.closed()).startsWith("3500 ");
    }
  }

  @Test
  void aNewerTokenKeepsTheSession() throws Exception {
    String first = token(ada().expirationTime(inAnHour()));
    String second = token(ada().expirationTime(Date.from(Instant.now().plusSeconds(7_200))));
    try (Client client = open()) {
      assertThat(client.send(connect(first)).next()).contains("\"ttl\":3");
      assertThat(client.send("{\"id\":2,\"refresh\":{\"token\":\"" + second + "\"}}").next())
          .startsWith("{\"id\":2,\"refresh\":{")
          .contains("\"expires\":true,\"ttl\":7");
    }
  }
}
