package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.SubscribeOptions;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.OfflineOptions.Level;
import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
                  assertThat(error)
                      .hasMessageContaining("offline.path")
                      .hasMessageContaining("runs");
                });
      }
    }
    try (Node node = Node.create(config)) {
      node.start().join();
      assertThat(offline(node).get("wasClosed")).isEqualTo(true);
    }
  }

  @Test
  void aNodeThatCannotOpenItsPortGivesTheFolderBack() {
    NodeConfig right =
        config(OfflineOptions.DEFAULT.at(folder.resolve("offline").toString(), Level.SYNCED));
    try (Node node = Node.create(right.withChannels(List.of(ChannelRule.of("chat/>/news"))))) {
      assertThatThrownBy(() -> node.start().join())
          .cause()
          .isInstanceOfSatisfying(
              RunarException.class,
              error -> assertThat(error.code()).isEqualTo(RunarException.Code.CONFIG))
          .hasMessageContaining("the pattern of a rule");
    }
    try (Node node = Node.create(right)) {
      node.start().join();
      assertThat(offline(node).get("level")).isEqualTo("SYNCED");
    }
  }

  /** What a program keeps elsewhere: it outlives the node, and counts how often it was closed. */
  private record Elsewhere(Store kept, AtomicInteger closed) implements Store {
    @Override
    public Level level() {
      return Level.REPLICATED;
    }

    @Override
    public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
      return kept.append(queues, body)
          .thenApply(receipt -> new Receipt(receipt.id(), Level.REPLICATED));
    }

    @Override
    public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
      return kept.remove(queue, ids);
    }

    @Override
    public List<Entry> read(String queue, long after, int limit) {
      return kept.read(queue, after, limit);
    }

    @Override
    public Set<String> queues() {
      return kept.queues();
    }

    @Override
    public Findings findings() {
      return kept.findings();
    }

    @Override
    public Counts counts() {
      return kept.counts();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void aProgramsOwnStoreKeepsThemThroughARestart() {
    var elsewhere = new Elsewhere(MemoryStore.bounded(1 << 20, 1_000), new AtomicInteger());
    Payload phone = Payload.object("group", "g", "user", "ann", "client", "phone");
    try (Node node =
        Node.builder().config(config(OfflineOptions.DEFAULT)).port(0).store(elsewhere).start()) {
      assertThat(offline(node).get("level")).isEqualTo("REPLICATED");
      node.request("$offline/join", phone).join();
      Payload receipt =
          node.request("$offline/publish", Payload.object("group", "g", "data", "hello")).join();
      assertThat(receipt.asMap().get("level")).isEqualTo("REPLICATED");
    }
    assertThat(elsewhere.closed()).hasValue(1);
    try (Node node = Node.builder().port(0).store(elsewhere).start()) {
      List<?> waiting = (List<?>) node.request("$offline/unacked", phone).join().value();
      assertThat(waiting).singleElement().asString().contains("hello");
    }
  }

  @Test
  void aStoreAndAFolderAreOneTooMany() {
    try (Node node =
        Node.builder()
            .config(config(OfflineOptions.DEFAULT.at(folder.toString(), Level.SYNCED)))
            .store(MemoryStore.bounded(1 << 20, 1_000))
            .build()) {
      assertThatThrownBy(() -> node.start().join())
          .hasMessageContaining("offline.path")
          .hasMessageContaining("leave one of them out");
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

  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const chat = node.broker.offline("chat/1");
      node.addService({
        name: "s", path: "s",
        actions: {
          join: (user, client) => chat.client(user, client).join(),
          leave: (user, client) => chat.client(user, client).leave(),
          members: () => chat.members(),
          publish: (data, except) => chat.publish(data, except === null ? {} : { except }),
          offer: (user, client, data) => chat.client(user, client).offer(data),
          unacked: (user, client) => chat.client(user, client).unacked(),
          ack: (user, client, id) => chat.client(user, client).ack(id),
          nack: (user, client, id) => chat.client(user, client).nack(id, "no"),
        },
      });
      """;

  private Node withScript(OfflineOptions options) throws IOException {
    Node node = Node.create(config(options));
    node.addScript(Files.writeString(folder.resolve("app.ts"), SCRIPT)).join();
    node.start().join();
    return node;
  }

  private static @Nullable Object call(Node node, String action, @Nullable Object... input) {
    return node.request("s/" + action, Payload.of(Arrays.asList(input))).join().value();
  }

  /** The ids of what waits, with what else is said of each. */
  private static List<String> waiting(Node node, String user, String client) {
    return ((List<?>) call(node, "unacked", user, client))
        .stream()
            .map(each -> (Map<?, ?>) each)
            .map(each -> each.get("data") + (each.get("redelivered").equals(true) ? " again" : ""))
            .toList();
  }

  private static long id(Node node, String user, String client, int at) {
    Map<?, ?> message = (Map<?, ?>) ((List<?>) call(node, "unacked", user, client)).get(at);
    return ((Number) message.get("id")).longValue();
  }

  @Test
  void aScriptKeepsMessagesForClientsThroughARestart_S1_5() throws IOException {
    OfflineOptions options =
        OfflineOptions.DEFAULT
            .at(folder.resolve("offline").toString(), Level.SYNCED)
            .burying(2, "dead");
    try (Node node = withScript(options)) {
      assertThat(call(node, "join", "ann", "phone")).isEqualTo("SYNCED");
      assertThat(call(node, "join", "ann", "laptop")).isEqualTo("SYNCED");
      assertThat(call(node, "join", "bob", "phone")).isEqualTo("SYNCED");
      Map<?, ?> receipt = (Map<?, ?>) call(node, "publish", Map.of("text", "hé"), "bob");
      assertThat((List<?>) receipt.get("taken")).hasSize(2);
      assertThat(receipt.get("level")).isEqualTo("SYNCED");
      assertThat(call(node, "offer", "ann", "phone", "two")).isInstanceOf(Map.class);
      assertThat(waiting(node, "ann", "phone")).containsExactly("{text=hé}", "two");
      assertThat(waiting(node, "bob", "phone")).isEmpty();
      long first = id(node, "ann", "phone", 0);
      assertThat(call(node, "ack", "ann", "phone", first)).isEqualTo("SYNCED");
      assertThat(call(node, "ack", "ann", "phone", first)).isNull();
    }
    try (Node node = withScript(options)) {
      assertThat((List<?>) call(node, "members")).hasSize(3);
      assertThat(waiting(node, "ann", "phone")).containsExactly("two again");
      assertThat(waiting(node, "ann", "laptop")).containsExactly("{text=hé} again");
      var dead = node.on("dead", Duration.ofSeconds(20), SubscribeOptions.DEFAULT);
      long bad = id(node, "ann", "laptop", 0);
      assertThat(call(node, "nack", "ann", "laptop", bad)).isEqualTo(1);
      assertThat(call(node, "nack", "ann", "laptop", bad)).isEqualTo(2);
      assertThat(dead.join().payload().asMap())
          .containsEntry("cause", "no")
          .containsEntry("client", "laptop")
          .containsEntry("data", Map.of("text", "hé"));
      assertThat(waiting(node, "ann", "laptop")).isEmpty();
      assertThat(call(node, "leave", "ann", "phone")).isEqualTo("SYNCED");
      assertThatThrownBy(() -> call(node, "unacked", "ann", "phone"))
          .hasMessageContaining("has not joined");
    }
  }

  @Test
  void aDeadLetterWaitsUntilAHandlerTakesIt() throws IOException {
    try (Node node = withScript(OfflineOptions.DEFAULT.burying(1, "dead"))) {
      assertThat(call(node, "join", "ann", "phone")).isEqualTo("MEMORY");
      assertThat(call(node, "offer", "ann", "phone", "one")).isInstanceOf(Map.class);
      long bad = id(node, "ann", "phone", 0);
      assertThat(call(node, "nack", "ann", "phone", bad)).isEqualTo(1);
      assertThat(waiting(node, "ann", "phone")).containsExactly("one again");
      assertThat(offline(node).toString()).contains("unburied=1,", " buried=0,");

      var dead = node.on("dead", Duration.ofSeconds(20), SubscribeOptions.DEFAULT);
      assertThat(call(node, "nack", "ann", "phone", bad)).isEqualTo(2);
      assertThat(dead.join().payload().asMap()).containsEntry("data", "one");
      assertThat(waiting(node, "ann", "phone")).isEmpty();
      assertThat(offline(node).toString()).contains("unburied=1,", " buried=1,");
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
