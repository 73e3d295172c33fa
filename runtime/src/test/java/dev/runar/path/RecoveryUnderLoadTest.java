package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that lose their connections again and again while threads publish miss nothing. */
@Timeout(120)
class RecoveryUnderLoadTest {
  private static final int PUBLISHERS = 2;
  private static final int EACH = 2_000;
  private static final int CLIENTS = 4;
  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)");
  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");

  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withChannels(
          List.of(ChannelRule.of("chat/*").withHistory(PUBLISHERS * EACH, Duration.ofMinutes(5))));

  @Test
  void reconnectsSeeEveryEventOnceAndInOrder() {
    try (Node node = Node.builder().config(CONFIG).start()) {
      URI uri = URI.create("ws://127.0.0.1:" + node.urls().getFirst().getPort() + "/topics");
      String epoch = epoch(uri);
      var all = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = i;
        all.add(CompletableFuture.runAsync(() -> follow(uri, epoch, new Random(seed)), this::run));
      }
      for (int i = 0; i < PUBLISHERS; i++) {
        all.add(CompletableFuture.runAsync(() -> publish(node), this::run));
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    }
  }

  private void run(Runnable work) {
    var _ = Thread.ofVirtual().start(work);
  }

  private static void publish(Node node) {
    for (int i = 0; i < EACH; i++) {
      node.publish("chat/1", Payload.json("1"));
    }
  }

  private static String epoch(URI uri) {
    try (Client client = Client.connect(uri)) {
      Matcher found =
          EPOCH.matcher(client.send("{\"history\":\"chat/1\",\"limit\":0,\"id\":1}").next());
      assertThat(found.find()).isTrue();
      return found.group(1);
    }
  }

  /** Comes back with what it has seen until it has seen everything. */
  private static void follow(URI uri, String epoch, Random random) {
    long seen = 0;
    while (seen < PUBLISHERS * EACH) {
      try (Client client = Client.connect(uri)) {
        client.send(
            "{\"subscribe\":\"chat/1\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
                .formatted(seen, epoch));
        assertThat(client.next()).contains("\"recovered\":true");
        int patience = 1 + random.nextInt(400);
        for (int i = 0; i < patience && seen < PUBLISHERS * EACH; i++) {
          assertThat(offset(client.next())).isEqualTo(seen + 1);
          seen++;
        }
      }
    }
  }

  private static long offset(String event) {
    Matcher found = OFFSET.matcher(event);
    assertThat(found.find()).as(event).isTrue();
    return Long.parseLong(found.group(1));
  }
}
