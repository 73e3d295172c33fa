package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.channels.ChannelRule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients come back to a node whose process was ended, or killed, and started again. */
@Timeout(180)
class DurableChannelsTest {
  private static final Pattern SUBSCRIBED =
      Pattern.compile("\\{\"subscribed\":.*\"offset\":(\\d+),\"epoch\":\"(.+?)\".*");
  private static final Pattern EVENT =
      Pattern.compile("\\{\"topic\":\"chat/1\",\"data\":(\\d+),\"offset\":(\\d+)}");

  @TempDir Path folder;
  private long next = 1;

  /** A node that runs. */
  private final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    final URI uri;

    Running() throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  DurableNodeProcess.class.getName(),
                  folder.resolve("kept").toString(),
                  Long.toString(next))
              .redirectError(folder.resolve("errors.txt").toFile())
              .start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
      in = process.outputWriter(StandardCharsets.US_ASCII);
      uri = URI.create("ws://127.0.0.1:" + read() + "/topics");
    }

    private long read() throws IOException {
      String line = out.readLine();
      assertThat(line).as(() -> "the process died: " + errors()).isNotNull();
      return Long.parseLong(line);
    }

    private String errors() {
      try {
        return Files.readString(folder.resolve("errors.txt"));
      } catch (IOException e) {
        return e.toString();
      }
    }

    void publish(int count) throws IOException {
      in.write(count + "\n");
      in.flush();
      next = read() + 1;
    }

    void kill() throws InterruptedException {
      boolean _ = process.toHandle().destroyForcibly(); // SIGKILL
      assertThat(process.waitFor()).isEqualTo(137);
    }

    @Override
    public void close() throws IOException {
      in.close();
      try {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** A client over all of its connections. */
  private static final class Person {
    final List<Long> seen = new ArrayList<>();
    private long offset;
    private String epoch = "none";

    /** True: what it had missed has come. */
    boolean read(URI uri) {
      try (Client client = Client.connect(uri)) {
        client.send(
            "{\"subscribe\":\"chat/1\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
                .formatted(offset, epoch));
        String first = client.next();
        Matcher subscribed = SUBSCRIBED.matcher(first);
        assertThat(subscribed.matches()).as(first).isTrue();
        epoch = subscribed.group(2);
        long top = Long.parseLong(subscribed.group(1));
        if (!first.contains("\"recovered\":true")) {
          offset = top;
          seen.clear();
          return false;
        }
        while (offset < top) {
          String frame = client.next();
          Matcher event = EVENT.matcher(frame);
          assertThat(event.matches()).as(frame).isTrue();
          assertThat(Long.parseLong(event.group(2))).isEqualTo(++offset);
          seen.add(Long.parseLong(event.group(1)));
        }
        return true;
      }
    }
  }

  @Test
  void afterAStopEveryClientGetsWhatItMissed() throws Exception {
    var person = new Person();
    try (var node = new Running()) {
      assertThat(person.read(node.uri)).isFalse();
      node.publish(100);
      assertThat(person.read(node.uri)).isTrue();
      node.publish(100);
    }
    try (var node = new Running()) {
      node.publish(50);
      assertThat(person.read(node.uri)).isTrue();
    }
    assertThat(person.seen).hasSize(250).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void afterAKillAClientHasAllThatThereIsOrIsToldThatItHasNot() throws Exception {
    var random = new Random(7);
    var away = new Person(); // never sees what is not yet written
    var eager = new Person();
    try (var node = new Running()) {
      node.publish(1);
      var _ = away.read(node.uri);
    }
    int before = 0;
    for (int round = 0; round < 5; round++) {
      var node = new Running();
      assertThat(away.read(node.uri)).as("round %d", round).isTrue();
      assertThat(away.seen).hasSizeGreaterThanOrEqualTo(before).isSorted();
      var _ = eager.read(node.uri);
      assertThat(away.seen).endsWith(eager.seen.toArray(Long[]::new));
      before = away.seen.size();
      node.publish(1 + random.nextInt(300));
      if (random.nextBoolean()) {
        var _ = eager.read(node.uri);
      }
      node.kill();
    }
    assertThat(away.seen).doesNotHaveDuplicates();
  }

  @Test
  void whatWasWrittenOutlivesAKill() throws Exception {
    var person = new Person();
    var node = new Running();
    var _ = person.read(node.uri);
    node.publish(200);
    await().atMost(Duration.ofSeconds(20)).until(() -> written() > 200 * 40);
    node.kill();
    try (var again = new Running()) {
      assertThat(person.read(again.uri)).isTrue();
    }
    assertThat(person.seen).hasSizeGreaterThan(100).isSorted();
  }

  private long written() throws IOException {
    long sum = 0;
    try (var files = Files.list(folder.resolve("kept"))) {
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  @Test
  void withoutAFolderNothingIsDurable() {
    NodeConfig config =
        ScriptNode.CONFIG.withChannels(
            List.of(ChannelRule.of("a/*").withHistory(1, Duration.ofMinutes(1)).withDurable(true)));
    assertThatThrownBy(() -> Node.builder().config(config).start())
        .hasMessageContaining("offline.path");
  }
}
