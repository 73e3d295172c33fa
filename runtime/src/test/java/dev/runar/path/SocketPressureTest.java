package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows S0-4, S0-8 and S0-9: what waits for a script that cannot keep up. */
@Timeout(60)
class SocketPressureTest {
  @TempDir Path folder;

  @Test
  void s04_aQueueOfDepth0IsToldAndTheNodeDoesNotSayReady() {
    String script =
        "import { Node } from 'runar-ts'; new Node({ limits: { queuedCallbacks: 0 } });";
    assertThatThrownBy(() -> ScriptNode.start(folder, script))
        .hasMessageContaining("limits.queuedCallbacks must be 1 to 2000000, it is 0");
    assertThatThrownBy(() -> withQueue(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1024})
  void s04_aFullQueueHoldsTheClientBackAndLosesNothing(int depth) throws Exception {
    int clients = 6;
    int messages = 200;
    try (ScriptNode app = ScriptNode.start(folder, withQueue(depth), CallRecorder.SCRIPT);
        var threads = Executors.newFixedThreadPool(clients)) {
      var done =
          IntStream.range(0, clients)
              .mapToObj(
                  c ->
                      threads.submit(
                          () -> {
                            Client client = app.connect("/live?client=" + c);
                            for (int m = 0; m < messages; m++) {
                              client.send(String.valueOf(m));
                            }
                            client.close(1000, "");
                          }))
              .toList();
      for (var each : done) {
        each.get();
      }
      for (int c = 0; c < clients; c++) {
        String key = String.valueOf(c);
        await().ignoreExceptions().until(() -> CallRecorder.size(app, key) == messages + 2);
        assertThat(CallRecorder.calls(app, key).subList(1, messages + 1))
            .isEqualTo(
                IntStream.range(0, messages).mapToObj(m -> "message(object,string) " + m).toList());
      }
    }
  }

  /** As in offers: of what waits, one message may be larger than all the room. */
  @Test
  void s04_messagesLargerThanTheRoomForMessagesComeOneByOne() throws Exception {
    var small = ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withQueuedBytes(1_000));
    try (ScriptNode app = ScriptNode.start(folder, small, CallRecorder.SCRIPT)) {
      Client client = app.connect("/live?client=a");
      String six = "\"" + "x".repeat(600) + "\"";
      String twenty = "\"" + "y".repeat(2_000) + "\"";

      for (int i = 0; i < 50; i++) {
        client.send(six);
        client.send(twenty);
      }
      client.close(1000, "");

      await().ignoreExceptions().until(() -> CallRecorder.size(app, "a") == 102);
      assertThat(CallRecorder.calls(app, "a").subList(1, 101))
          .isEqualTo(
              Collections.nCopies(
                      50,
                      List.of("message(object,string) " + six, "message(object,string) " + twenty))
                  .stream()
                  .flatMap(List::stream)
                  .toList());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1024})
  void s04_s09_offeredIsDeliveredPlusRefused(int depth) {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            withQueue(depth),
            """
            import { Node } from "runar-ts";
            const node = new Node();
            let delivered = 0;
            node.addService({
              name: "slow", path: "slow",
              actions: { delivered: () => delivered },
              events: {
                tick() {
                  delivered++;
                  const until = Date.now() + 1;
                  while (Date.now() < until);
                },
              },
            });
            """)) {
      int offered = 3_000;
      int queued = 0;
      int refused = 0;
      for (int i = 0; i < offered; i++) {
        var receipt = ScriptNode.value(app.node.publish("slow/tick", Payload.of(i)));
        assertThat(receipt.matched()).isEqualTo(receipt.queued() + receipt.refused());
        queued += receipt.queued();
        refused += receipt.refused();
      }
      int taken = queued;
      await().ignoreExceptions().until(() -> app.call("slow/delivered").equals(taken));
      assertThat(queued + refused).isEqualTo(offered);
      assertThat(refused).isPositive();
      await().until(() -> ScriptNode.number(app.ledger(), "waiting") == 0);
      Map<String, Object> ledger = app.ledger();
      assertThat(ScriptNode.number(ledger, "refused")).isEqualTo(refused);
      assertThat(ScriptNode.number(ledger, "handled") + ScriptNode.number(ledger, "failed"))
          .isEqualTo(ScriptNode.number(ledger, "queued"));
      assertThat(ScriptNode.number(app.context(), "refusedFull")).isGreaterThanOrEqualTo(refused);
    }
  }

  @Test
  void s08_aScriptThatIsBusyForSecondsLosesNothingAndKeepsTheOrder() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: unknown[] = [];
            node.addService({
              name: "busy", path: "busy",
              actions: {
                work() {
                  const until = Date.now() + 5_000;
                  while (Date.now() < until) {
                    for (let i = 0; i < 10_000; i++); // each time costs memory, when interpreted
                  }
                  return "done";
                },
                seen: () => seen,
              },
              events: { tick: (n) => { seen.push(n); } },
              sockets: { "/busy": { message: (_, data) => { seen.push(data); } } },
            });
            """)) {
      Client client = app.connect("/busy");
      var working = app.node.request("busy/work", Payload.of(null));
      for (int i = 0; i < 500; i++) {
        assertThat(app.publish("busy/tick", i).queued()).isEqualTo(1);
        client.send("m" + i);
      }
      assertThat(working).isNotDone();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ((List<?>) app.call("busy/seen")).size() == 1000);
      List<?> seen = (List<?>) app.call("busy/seen");
      assertThat(seen.stream().filter(Integer.class::isInstance).toList())
          .isEqualTo(IntStream.range(0, 500).boxed().toList());
      assertThat(seen.stream().filter(String.class::isInstance).toList())
          .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "m" + i).toList());
    }
  }

  private static NodeConfig withQueue(int depth) {
    return ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withQueuedCallbacks(depth));
  }
}
