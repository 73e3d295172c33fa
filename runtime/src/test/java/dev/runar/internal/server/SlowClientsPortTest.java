package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.http.StaticFiles;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that stop reading, on real sockets. */
@Timeout(60)
class SlowClientsPortTest {
  private static final int SLOW = 5;
  private static final int PACKETS = 20_000;
  private static final int BUDGET = 100_000;
  private static final String KILOBYTE = "x".repeat(1_000);

  private static NodeConfig config(SlowPolicy policy) {
    return NodeConfig.DEFAULT
        .withLimits(NodeConfig.DEFAULT.limits().withSessionBytes(BUDGET))
        .withChannels(List.of(ChannelRule.of("eeg").withSlow(policy)));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void s4_7_fiveThatStopReadingCostTheirBudgetsAndTheOthersGetEverything(Transport transport)
      throws Exception {
    long before = directMemory();
    try (var node = new ServerFixture(transport, config(SlowPolicy.GAP), StaticFiles.none());
        var quick = node.topics()) {
      List<RawClient> slow = new ArrayList<>();
      for (int i = 0; i < SLOW; i++) {
        slow.add(RawClient.webSocket(new RawClient(node.port(), 4_096), "/topics"));
        slow.get(i).say("{\"subscribe\":\"eeg\"}");
        slow.get(i).next();
      }
      quick.say("{\"subscribe\":\"eeg\"}");
      quick.next();
      for (int i = 1; i <= PACKETS; i++) {
        node.gate.publish("eeg", Payload.json("\"" + KILOBYTE + "\""));
        if (i % 50 == 0) { // what the quick one has not read would fill its budget too
          for (int next = i - 49; next <= i; next++) {
            assertThat(quick.next()).endsWith("\",\"offset\":" + next + "}");
          }
        }
      }
      var counts = node.broker.stats().snapshot();
      assertThat(counts.slowDisconnects()).isZero();
      assertThat(counts.droppedForSlow()).isPositive();
      assertThat(directMemory() - before).isLessThan(16L << 20); // of 100 MB that they did not take
      for (RawClient client : slow) {
        assertWhole(client);
        client.close();
      }
      await().until(() -> node.broker.sessionCount() == 1);
    }
  }

  private static long directMemory() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  /** It gets each offset once and in order, or is told that it is missing. */
  private static void assertWhole(RawClient client) throws Exception {
    int gaps = 0;
    int next = 1;
    while (next <= PACKETS) {
      String frame = client.next();
      if (frame.startsWith("{\"gap\":{\"topic\":\"eeg\",\"from\":" + next + ",")) {
        next = Integer.parseInt(frame.replaceAll(".*\"to\":(\\d+)}}", "$1")) + 1;
        gaps++;
      } else {
        assertThat(frame).endsWith("\",\"offset\":" + next + "}");
        next++;
      }
    }
    assertThat(gaps).isPositive();
  }

  /** Without the bound the system alone would take more than all of this. */
  @Test
  void aSmallSocketBufferShowsSoonWhoDoesNotRead() throws Exception {
    var limits = NodeConfig.DEFAULT.limits().withSessionBytes(BUDGET).withSocketBytes(16_384);
    try (var node =
            new ServerFixture(
                Transport.best(), NodeConfig.DEFAULT.withLimits(limits), StaticFiles.none());
        var slow = RawClient.webSocket(new RawClient(node.port(), 4_096), "/topics")) {
      slow.say("{\"subscribe\":\"eeg\"}");
      slow.next();
      for (int i = 0; i < 500; i++) {
        node.gate.publish("eeg", Payload.json("\"" + KILOBYTE + "\""));
      }
      await().until(() -> node.broker.stats().snapshot().slowDisconnects() == 1);
    }
  }

  @Test
  void theLatestIsWhatAClientGetsThatComesBack() throws Exception {
    try (var node =
            new ServerFixture(Transport.best(), config(SlowPolicy.LATEST), StaticFiles.none());
        var slow = RawClient.webSocket(new RawClient(node.port(), 4_096), "/topics")) {
      slow.say("{\"subscribe\":\"eeg\"}");
      slow.next();
      for (int i = 1; i <= PACKETS; i++) {
        node.gate.publish("eeg", Payload.json("\"" + KILOBYTE + "\""));
      }
      assertWhole(slow);
    }
  }
}
