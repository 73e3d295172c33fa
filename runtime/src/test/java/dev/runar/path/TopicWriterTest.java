package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.RunarException;
import dev.runar.channels.TopicWriter;
import dev.runar.channels.TopicWriter.Outcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Producers of packets, in scripts and in Java. */
@Timeout(60)
class TopicWriterTest {
  @TempDir Path folder;

  private static final String PIPELINE =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const voltage = node.broker.topic("eeg_voltage");
      const seen: unknown[] = [];
      node.addService({
        name: "pipeline", path: "pipeline",
        actions: {
          write: (bytes: number[]) => voltage.write(new Uint8Array(bytes)),
          view: () => voltage.write(new Uint8Array([9, 8, 7, 6]).subarray(1, 3)),
          bad: (name: string) => {
            try { node.broker.topic(name); return "none"; } catch (error) { return (error as { code: string }).code; }
          },
          seen: () => seen,
        },
        events: { "eeg_filtered": (packet: Uint8Array) => { seen.push([...packet]); } },
      });
      await node.start();
      """;

  @Test
  void s4_3_aScriptWritesPacketsThatReachEveryClientAsTheyAre() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, PIPELINE)) {
      try (Client a = app.connect("/topics");
          Client b = app.connect("/topics?bytes=raw")) {
        for (Client client : List.of(a, b)) {
          client.send("{\"subscribe\":\"eeg_voltage\"}");
          assertThat(client.next()).contains("subscribed");
        }
        assertThat(app.call("pipeline/write", List.of(List.of(1, 2, 255)))).isEqualTo("ACCEPTED");
        assertThat(app.call("pipeline/view")).isEqualTo("ACCEPTED");
        assertThat(app.call("pipeline/write", List.of(List.of()))).isEqualTo("ACCEPTED");
        for (Client client : List.of(a, b)) {
          assertThat(client.next()).isEqualTo("bytes:1,2,255");
          assertThat(client.next()).isEqualTo("bytes:8,7");
          assertThat(client.next()).isEqualTo("bytes:");
        }
      }
      assertThat(app.call("pipeline/write", List.of(List.of(1)))).isEqualTo("ACCEPTED"); // nobody
      assertThat(app.call("pipeline/bad", "a//b")).isEqualTo("INVALID_PATH");
      assertThat(app.call("pipeline/bad", "$registry/x")).isEqualTo("PERMISSION_DENIED");
    }
  }

  @Test
  void s4_10_handlersGetPacketsAsEventsAndAClosedNodeTellsTheSender() throws Exception {
    TopicWriter writer;
    try (ScriptNode app = ScriptNode.start(folder, PIPELINE)) {
      writer = app.node.writer("pipeline/eeg_filtered");
      assertThat(app.node.writer("default:pipeline/eeg_filtered")).isSameAs(writer);
      assertThat(writer.topic()).isEqualTo("pipeline/eeg_filtered");
      assertThat(writer.offer(new byte[] {1, 2})).isEqualTo(Outcome.ACCEPTED);
      ByteBuffer buffer = ByteBuffer.wrap(new byte[] {0, 3, 4, 0}, 1, 2);
      assertThat(writer.offer(buffer)).isEqualTo(Outcome.ACCEPTED);
      assertThat(buffer.remaining()).isEqualTo(2);
      await().until(() -> app.json("pipeline/seen").equals("[[1,2],[3,4]]"));
      assertThat(writer.dropped()).isZero();
      assertThatThrownBy(() -> app.node.writer("$registry/x"))
          .isInstanceOf(RunarException.class)
          .hasMessageContaining("nobody else writes on it");
    }
    assertThat(writer.offer(new byte[] {5})).isEqualTo(Outcome.CLOSED);
  }

  @Test
  void s4_4_whoSubscribesBeforeTheTopicExistsGetsItsFirstPacket() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, PIPELINE)) {
      TopicWriter writer = app.node.writer("later");
      assertThat(writer.offer(new byte[] {1})).isEqualTo(Outcome.ACCEPTED); // nobody is there
      try (Client client = app.connect("/topics")) {
        client.send("{\"subscribe\":\"later\"}");
        assertThat(client.next()).contains("\"offset\":0");
        writer.offer(new byte[] {2});
        assertThat(client.next()).isEqualTo("bytes:2");
        client.send("{\"unsubscribe\":\"later\"}");
        client.next();
        writer.offer(new byte[] {3});
        client.send("{\"subscribe\":\"later\"}");
        client.next();
        writer.offer(new byte[] {4});
        assertThat(client.next()).isEqualTo("bytes:4");
      }
    }
  }
}
