package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.server.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The recording of examples/05-eeg, as its viewers see it. */
@Timeout(120)
class EegExampleTest {
  private static final Path EXAMPLE = Path.of("../examples/05-eeg").toAbsolutePath().normalize();
  private static final int PACKET = 16 + 8 * 64 * 4;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Node node =
      Node.builder()
          .config(patient(NodeConfig.load(EXAMPLE.resolve("runar.yaml"))))
          .port(0)
          .build();

  /** These viewers answer no ping, however long it all takes. */
  private static NodeConfig patient(NodeConfig config) {
    NodeConfig.Server server = config.server().withPingInterval(Duration.ofHours(1));
    return config.withServer(server.withIdleTimeout(Duration.ofHours(2)));
  }

  @BeforeEach
  void start() {
    node.addScript(EXAMPLE.resolve("app.ts")).join();
  }

  @AfterEach
  void stop() {
    node.close();
    http.close();
  }

  private URI url(String path) {
    return node.urls().getFirst().resolve(path);
  }

  private String get(String path) throws Exception {
    return http.send(HttpRequest.newBuilder(url(path)).build(), BodyHandlers.ofString()).body();
  }

  private void post(String path) throws Exception {
    var request = HttpRequest.newBuilder(url(path)).POST(BodyPublishers.noBody()).build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  private RawClient viewer(String query) throws Exception {
    return RawClient.webSocket(node.urls().getFirst().getPort(), "/topics" + query);
  }

  private static Set<String> next(RawClient client, int frames) throws Exception {
    var all = new HashSet<String>();
    for (int i = 0; i < frames; i++) {
      all.add(client.next());
    }
    return all;
  }

  /** The number of its first sample. */
  private static long first(byte[] packet) {
    assertThat(packet).hasSize(PACKET);
    return Integer.toUnsignedLong(ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN).getInt());
  }

  @Test
  void s4_1_s4_2_s4_5_aViewerGetsThePacketsAsTheyWereWrittenInOrder() throws Exception {
    assertThat(get("/")).contains("<title>Runar · EEG</title>");
    assertThat(get("/pipeline/montage")).contains("{\"name\":\"Fp1\",");
    try (RawClient viewer = viewer("")) {
      viewer.say("{\"subscribe\":\"eeg/filtered\"}");
      assertThat(viewer.next()).startsWith("{\"subscribed\":\"eeg/filtered\"");
      long before = first(viewer.nextBytes());
      for (int i = 0; i < 20; i++) {
        long now = first(viewer.nextBytes());
        assertThat(now).isGreaterThan(before);
        assertThat(now % 8).isZero();
        before = now;
      }
    }
  }

  @Test
  void s4_4_s4_9_topicsComeAndGoWithThePipelineAndViewersWhenTheyLike() throws Exception {
    try (RawClient during = viewer("")) {
      during.say("{\"watch\":\"topics\"}");
      String topics = "[\"eeg/bands\",\"eeg/filtered\",\"eeg/voltage\"]";
      await().until(() -> get("/topics").equals(topics)); // the script may still be at its start
      assertThat(during.next()).startsWith("{\"topics\":[");
      await().until(() -> get("/pipeline").contains("\"running\":true"));

      post("/pipeline/stop");
      assertThat(get("/topics")).isEqualTo("[]");
      post("/pipeline/stop"); // again: nothing happens
      try (RawClient before = viewer("")) {
        before.say("{\"subscribe\":\"eeg/voltage\"}"); // there is no such topic yet
        assertThat(before.next()).startsWith("{\"subscribed\":\"eeg/voltage\"");

        post("/pipeline/start");
        assertThat(first(before.nextBytes())).isZero();
        assertThat(get("/topics")).isEqualTo(topics);
      }
      post("/pipeline/stop");
      try (RawClient after = viewer("")) {
        after.say("{\"ping\":1}");
        assertThat(after.next()).isEqualTo("{\"pong\":1}");
      }
      var told = new HashSet<String>();
      while (told.size() < 6) {
        told.addAll(next(during, 1));
      }
      assertThat(told)
          .containsExactlyInAnyOrder(
              "{\"appeared\":\"eeg/voltage\"}",
              "{\"appeared\":\"eeg/filtered\"}",
              "{\"appeared\":\"eeg/bands\"}",
              "{\"disappeared\":\"eeg/voltage\"}",
              "{\"disappeared\":\"eeg/filtered\"}",
              "{\"disappeared\":\"eeg/bands\"}");
    }
  }

  @Test
  void s4_7_whoReadsTooSlowlyIsToldOfItsGapsAndTheOthersMissNothing() throws Exception {
    int port = node.urls().getFirst().getPort();
    try (RawClient quick = viewer("?bytes=framed");
        RawClient slow = RawClient.webSocket(new RawClient(port, 4_096), "/topics?bytes=framed")) {
      for (RawClient viewer : new RawClient[] {quick, slow}) {
        viewer.say("{\"subscribe\":\"eeg/voltage\"}");
        assertThat(viewer.next()).startsWith("{\"subscribed\":\"eeg/voltage\"");
      }
      long offset = offset(quick.nextBytes());
      while (dropped() == 0) {
        long next = offset(quick.nextBytes());
        assertThat(next).isEqualTo(offset + 1);
        offset = next;
      }
      long seen = -1;
      String gap = "";
      while (gap.isEmpty()) {
        String frame = slow.next();
        if (frame.startsWith("binary ")) {
          seen++;
        } else {
          gap = frame;
        }
      }
      assertThat(gap).startsWith("{\"gap\":{\"topic\":\"eeg/voltage\",\"from\":");
      assertThat(seen).isPositive();
    }
  }

  private long dropped() {
    Payload status = node.request("$runtime/status", Payload.object()).join();
    Map<?, ?> port = (Map<?, ?>) status.asMap().get("port");
    return ((Number) port.get("droppedForSlow")).longValue();
  }

  /** Behind a byte that is 1 and the number of the topic, both of one byte here. */
  private static long offset(byte[] framed) {
    long value = 0;
    for (int at = 2, shift = 0; ; at++, shift += 7) {
      value |= (framed[at] & 0x7fL) << shift;
      if (framed[at] >= 0) {
        return value;
      }
    }
  }
}
