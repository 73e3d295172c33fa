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
import dev.runar.RunarException;
import dev.runar.Service;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.OfflineOptions.Level;
import dev.runar.channels.TokenKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code runar-ts/client} in Node.js against real nodes, over a line that is cut. */
@Timeout(300)
class ClientSdkTest {
  private static final PublishedClients CLIENTS = new PublishedClients("client-sdk");
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG
          .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
          .withChannels(
              List.of(
                  ChannelRule.of("chat/*")
                      .withHistory(100, Duration.ofMinutes(5))
                      .withPresence(true, true),
                  ChannelRule.of("short/*").withHistory(2, Duration.ofMinutes(5))));

  private static Node start() {
    Node node = Node.builder().config(CONFIG).start();
    node.addService(
            Service.at("math")
                .action("add", (payload, context) -> Payload.of(8))
                .action("never", (payload, context) -> new CompletableFuture<Payload>().get())
                .action(
                    "fail",
                    (payload, context) -> {
                      throw RunarException.defined("Broken", "it is broken", payload);
                    })
                .build())
        .join();
    node.addService(
            Service.at("who")
                .action("am-i", (payload, context) -> context.identity().orElseThrow())
                .build())
        .join();
    node.addService(
            Service.at("letters")
                .action("join", (payload, context) -> letters(node, "join", Map.of()))
                .build())
        .join();
    return node;
  }

  private static String token(String user, Map<String, ?> info) throws JOSEException {
    var claims = new JWTClaimsSet.Builder().subject(user).claim("info", info).build();
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    token.sign(new MACSigner(SECRET));
    return token.serialize();
  }

  private static int port(Node node) {
    return node.urls().get(0).getPort();
  }

  private static void publish(Node node, String topic, String... data) {
    for (String each : data) {
      var _ = node.publish(topic, Payload.of(each)).join();
    }
  }

  /** To the phone of Ada. */
  private static Payload letters(Node node, String action, Map<String, ?> more) {
    var asked = new HashMap<String, Object>(more);
    asked.putAll(Map.of("group", "letters", "user", "ada", "client", "phone"));
    return node.request("$offline/" + action, Payload.of(asked)).join();
  }

  @Test
  void aClientComesBackAndSaysWhatItHasMissed() throws Exception {
    copySdk();
    Node first = start();
    var second = new CompletableFuture<Node>();
    try (var proxy = new CutProxy(port(first))) {
      List<String> seen =
          CLIENTS.run(
              line -> {
                switch (line) {
                  case "cut, publish chat/1, mend" -> {
                    proxy.cut();
                    publish(first, "chat/1", "two", "three", "four");
                    proxy.mend(port(first));
                  }
                  case "cut, publish short/1, mend" -> {
                    proxy.cut();
                    publish(first, "short/1", "a", "b", "c");
                    proxy.mend(port(first));
                  }
                  case "offer letters" -> {
                    var _ = letters(first, "offer", Map.of("data", "dear"));
                    var _ = letters(first, "offer", Map.of("data", "sir"));
                  }
                  case "cut, offer letters, mend" -> {
                    proxy.cut();
                    var _ = letters(first, "offer", Map.of("data", "yours"));
                    proxy.mend(port(first));
                  }
                  case "stop" -> first.close();
                  case "start" -> {
                    second.complete(start());
                    proxy.mend(port(second.join()));
                  }
                  default -> {}
                }
              },
              "session.mjs",
              String.valueOf(proxy.port()),
              token("ada", Map.of("name", "Ada")),
              token("bob", Map.of()));
      assertThat(seen)
          .containsExactly(
              "live",
              "errors",
              "events",
              "bytes",
              "presence",
              "history",
              "cut, publish chat/1, mend",
              "resumed",
              "cut, publish short/1, mend",
              "gapped",
              "offer letters",
              "cut, offer letters, mend",
              "letters",
              "stop",
              "start",
              "another node",
              "closed");
    } finally {
      first.close();
      if (second.isDone()) {
        second.join().close();
      }
    }
  }

  @Test
  void aClientOfADurableTopicMissesNothingWhenItsNodeIsRestarted(@TempDir Path folder)
      throws Exception {
    copySdk();
    NodeConfig config =
        ScriptNode.CONFIG
            .withChannels(
                List.of(
                    ChannelRule.of("kept/*")
                        .withHistory(100, Duration.ofMinutes(5))
                        .withDurable(true)))
            .withOffline(OfflineOptions.DEFAULT.at(folder.toString(), Level.WRITTEN));
    Node first = Node.builder().config(config).start();
    var second = new CompletableFuture<Node>();
    try (var proxy = new CutProxy(port(first))) {
      List<String> seen =
          CLIENTS.run(
              line -> {
                switch (line) {
                  case "restart, publish, mend" -> {
                    proxy.cut();
                    first.close();
                    second.complete(Node.builder().config(config).start());
                    publish(second.join(), "kept/1", "two");
                    proxy.mend(port(second.join()));
                  }
                  case "cut, publish, mend" -> {
                    proxy.cut();
                    publish(second.join(), "kept/1", "three");
                    proxy.mend(port(second.join()));
                  }
                  default -> {}
                }
              },
              "durable.mjs",
              String.valueOf(proxy.port()));
      assertThat(seen)
          .containsExactly(
              "live", "restart, publish, mend", "resumed", "cut, publish, mend", "resumed again");
    } finally {
      first.close();
      if (second.isDone()) {
        second.join().close();
      }
    }
  }

  /** As it is in the jar, beside the script that uses it. */
  private static void copySdk() throws IOException {
    URL errors =
        Objects.requireNonNull(ClientSdkTest.class.getResource("/dev/runar/sdk/errors.js"));
    Path from = Path.of(URI.create(errors.toString())).getParent();
    Path to = Path.of("target/client-sdk/sdk");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".js")).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
