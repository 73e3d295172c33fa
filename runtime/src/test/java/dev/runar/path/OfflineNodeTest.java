package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.OfflineOptions.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The offline queues of a real node. */
@Timeout(60)
class OfflineNodeTest {
  @TempDir Path folder;

  private static NodeConfig config(OfflineOptions options) {
    return NodeConfig.DEFAULT
        .withServer(NodeConfig.Server.DEFAULT.withPort(0))
        .withOffline(options);
  }

  private static Map<?, ?> offline(Node node) {
    Payload status = node.request("$runtime/status", Payload.of(null)).join();
    return (Map<?, ?>) ((Map<?, ?>) status.asMap().get("port")).get("offline");
  }

  @Test
  void withoutAFolderTheyAreInMemory() {
    try (Node node = Node.create(config(OfflineOptions.DEFAULT))) {
      node.start().join();
      assertThat(offline(node).get("level")).isEqualTo("MEMORY");
    }
  }

  @Test
  void aFolderBelongsToOneNodeAndIsGivenBack() {
    Path place = folder.resolve("offline");
    NodeConfig config = config(OfflineOptions.DEFAULT.at(place.toString(), Level.SYNCED));
    try (Node node = Node.create(config)) {
      node.start().join();
      assertThat(offline(node).get("level")).isEqualTo("SYNCED");
      assertThat(offline(node).get("wasClosed")).isEqualTo(true);
      try (Node second = Node.create(config)) {
        assertThatThrownBy(() -> second.start().join())
            .cause()
            .isInstanceOfSatisfying(
                RunarException.class,
                error -> {
                  assertThat(error.code()).isEqualTo(RunarException.Code.CONFIG);
                  assertThat(error).hasMessageContaining("offline.path").hasMessageContaining("runs");
                });
      }
    }
    try (Node node = Node.create(config)) {
      node.start().join();
      assertThat(offline(node).get("wasClosed")).isEqualTo(true);
    }
  }

  @Test
  void whatCannotBeUsedIsRefusedAtStart() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    try (Node node =
        Node.create(config(OfflineOptions.DEFAULT.at(file.toString(), Level.WRITTEN)))) {
      assertThatThrownBy(() -> node.start().join()).hasMessageContaining("offline.path");
    }
    try (Node node = Node.create(config(OfflineOptions.DEFAULT.burying(1, "a/*")))) {
      assertThatThrownBy(() -> node.start().join()).hasMessageContaining("offline.deadLetters");
    }
  }

  @Test
  void theMetricsPageHasTheirCounts() throws Exception {
    try (Node node = Node.create(config(OfflineOptions.DEFAULT));
        HttpClient client = HttpClient.newHttpClient()) {
      node.start().join();
      URI page = URI.create(node.urls().get(0).toString().replaceAll("/$", "") + "/metrics");
      String text =
          client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
      assertThat(text)
          .contains("runar_offline_messages ")
          .contains("runar_offline_outcomes_total{outcome=\"expired\"}")
          .contains("runar_store_damages_total");
    }
  }
}
