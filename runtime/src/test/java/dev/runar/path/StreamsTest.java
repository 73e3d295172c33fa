package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Items between scripts, Java programs and contexts: each once, in order, no further ahead. */
@Timeout(120)
class StreamsTest extends StreamFixture {
  @Test
  void itemsCrossBetweenContexts() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/total", Map.of("path", "nums/count", "to", 10_000, "readAhead", 64)))
          .isEqualTo(50_005_000);
      assertThat(app.call("c/total", Map.of("path", "nums/count", "to", 100, "readAhead", 1)))
          .isEqualTo(5_050);
      assertThat(app.call("c/values"))
          .isEqualTo(
              "[object Null],[object Boolean],[object String],[object Number],[object"
                  + " Number]-0,[object BigInt],[object Date],[object Uint8Array],[object"
                  + " Object],[object Map]");
      noneIsOpen(app);
      assertThat(((Number) streams(app).get("mostAhead")).longValue()).isLessThanOrEqualTo(64);
    }
  }

  @Test
  void anErrorComesBehindTheItemsBeforeIt() {
    try (ScriptNode app = node()) {
      assertThat(ScriptNode.map(app.call("c/broken")))
          .containsEntry("got", List.of(1, Map.of("two", 2)))
          .containsEntry("code", "HANDLER_FAILED")
          .containsEntry("name", "LuckError")
          .containsEntry("message", "no luck");
      noneIsOpen(app);
    }
  }

  @Test
  void itemsGoToTheActionAndBothWays() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/sends", Map.of("path", "nums/sum", "to", 5_000)))
          .isEqualTo(12_502_500);
      assertThat(app.call("c/both", Map.of("to", 5_000))).isEqualTo(25_005_000);
      assertThat(app.call("c/endsInput")).isEqualTo(7);
      assertThat(app.call("c/badInput"))
          .isEqualTo(List.of("HANDLER_FAILED", "TypeError", "no more"));
      assertThat(app.call("nums/sum")).isEqualTo(0);
      noneIsOpen(app);
    }
  }

  @Test
  void aSubscriberInJavaIsToldWhatItAskedFor() {
    try (ScriptNode app = node()) {
      Told few =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 3);
      await().untilAsserted(() -> assertThat(few.items).isEqualTo(List.of(1, 2, 3)));
      few.subscription.request(2);
      await().untilAsserted(() -> assertThat(few.items).hasSize(5));
      assertThat((Integer) ScriptNode.map(app.call("nums/state")).get("produced"))
          .isLessThanOrEqualTo(5 + 65);
      few.subscription.cancel();
      awaitTheEndOfTheProducer(app);

      Told all =
          subscribe(
              app.node.stream("nums/count", Payload.object("to", 500), RequestOptions.DEFAULT),
              Long.MAX_VALUE);
      assertThat(all.end()).isEqualTo("complete");
      assertThat(all.items).isEqualTo(IntStream.rangeClosed(1, 500).boxed().toList());

      Told broken =
          subscribe(app.node.stream("nums/broken", Payload.of(null), RequestOptions.DEFAULT), 10);
      assertThat(broken.end()).isEqualTo("HANDLER_FAILED");
      assertThat(broken.items).isEqualTo(List.of(1, Map.of("two", 2)));

      Told misused =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 1);
      misused.subscription.request(0);
      assertThat(misused.end()).contains("IllegalArgumentException");
      noneIsOpen(app);
    }
  }

  @Test
  void aServiceInJavaAnswersWithAStream() {
    try (ScriptNode app = node()) {
      app.node
          .addService(
              Service.at("java").stream(
                      "count",
                      (payload, context) ->
                          subscriber -> {
                            var numbers = new Numbers((Integer) payload.asMap().get("to"));
                            numbers.subscribe(subscriber);
                          })
                  .action(
                      "sum",
                      dev.runar.ActionOptions.builder().takesStream(true).build(),
                      (payload, context) -> {
                        Told told = subscribe(context.input(), Long.MAX_VALUE);
                        assertThat(told.end()).isEqualTo("complete");
                        return Payload.of(told.items.stream().mapToInt(n -> (Integer) n).sum());
                      })
                  .build())
          .join();
      assertThat(app.call("c/total", Map.of("path", "java/count", "to", 1_000, "readAhead", 64)))
          .isEqualTo(500_500);
      assertThat(app.call("c/sends", Map.of("path", "java/sum", "to", 1_000))).isEqualTo(500_500);
    }
  }

  /** A cold publisher of numbers, one subscriber each. */
  private record Numbers(int to) implements Flow.Publisher<Payload> {
    @Override
    public void subscribe(Flow.Subscriber<? super Payload> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            private int next = 1;
            private boolean over;
            private boolean telling;
            private long wanted;

            @Override
            public synchronized void request(long n) {
              wanted += n;
              if (telling) {
                return;
              }
              telling = true;
              while (wanted > 0 && !over) {
                wanted--;
                subscriber.onNext(Payload.of(next));
                if (next++ == to) {
                  over = true;
                  subscriber.onComplete();
                }
              }
              telling = false;
            }

            @Override
            public synchronized void cancel() {
              over = true;
            }
          });
    }
  }

  @Test
  void whatDoesNotFitIsSaid() {
    try (ScriptNode app = node()) {
      assertThatThrownBy(() -> app.call("nums/count", Map.of("to", 3)))
          .hasMessageContaining("use stream(\"nums/count\"");
      Told one =
          subscribe(app.node.stream("nums/one", Payload.of(null), RequestOptions.DEFAULT), 1);
      assertThat(one.end()).isEqualTo("INVALID_INPUT");
      var items = new SubmissionPublisher<Payload>();
      assertThatThrownBy(
              () ->
                  ScriptNode.value(
                      app.node.request(
                          "nums/one", Payload.of(null), RequestOptions.DEFAULT, items)))
          .hasMessageContaining("takes no stream");
      assertThatThrownBy(() -> app.call("nums/returns"))
          .hasMessageContaining("stream({ handler })");
      Told none =
          subscribe(app.node.stream("nums/none", Payload.of(null), RequestOptions.DEFAULT), 1);
      assertThat(none.end()).isEqualTo("NOT_FOUND");
      noneIsOpen(app);
      try (Client client = app.connect("/topics")) {
        client.send("{\"request\":\"nums/count\",\"id\":1,\"data\":{\"to\":3}}");
        assertThat(client.next()).contains("INVALID_INPUT").contains("stream");
      }
    }
  }

  @Test
  void aStreamStaysWithTheOldVersionOfItsScript() {
    try (ScriptNode app = node(ScriptNode.CONFIG.withDrainTimeout(Duration.ofSeconds(1)))) {
      Told endless =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 2);
      Told short1 =
          subscribe(
              app.node.stream("nums/count", Payload.object("to", 100), RequestOptions.DEFAULT), 2);
      await()
          .untilAsserted(() -> assertThat(endless.items.size() + short1.items.size()).isEqualTo(4));
      app.file("nums.ts", PRODUCER.replace("yield n;", "yield -n;"));
      var reloaded = app.node.reload(app.path("nums.ts"));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                Told fresh =
                    subscribe(
                        app.node.stream(
                            "nums/count", Payload.object("to", 1), RequestOptions.DEFAULT),
                        2);
                fresh.end();
                assertThat(fresh.items).isEqualTo(List.of(-1));
              });
      short1.subscription.request(Long.MAX_VALUE);
      assertThat(short1.end()).isEqualTo("complete");
      assertThat(short1.items).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
      ScriptNode.value(reloaded);
      endless.subscription.request(1_000_000_000L);
      assertThat(endless.end()).isEqualTo("CONTEXT_GONE");
      noneIsOpen(app);
    }
  }

  @Test
  void aStreamStaysWithItsInstance() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "many", path: "many", instances: 2, key: "id",
              actions: { async *who(id) { for (let n = 0; n < 3; n++) { await null; yield node.instance; } } },
            });
            await node.start();
            """)) {
      for (String id : List.of("a", "b", "c")) {
        Told told =
            subscribe(
                app.node.stream("many/who", Payload.object("id", id), RequestOptions.DEFAULT), 9);
        assertThat(told.end()).isEqualTo("complete");
        assertThat(told.items).hasSize(3);
        assertThat(told.items.stream().distinct()).hasSize(1);
      }
    }
  }

  @Test
  void openStreamsAreBounded() {
    NodeConfig config = ScriptNode.CONFIG.withLimits(ScriptNode.CONFIG.limits().withOpenStreams(1));
    try (ScriptNode app = node(config)) {
      Told first =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 1);
      await().untilAsserted(() -> assertThat(first.items).hasSize(1));
      Told second =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 1);
      assertThat(second.end()).isEqualTo("OVERLOADED");
      assertThat(streams(app)).containsEntry("refused", 1L);
      first.subscription.cancel();
      noneIsOpen(app);
    }
  }

  @Test
  void aMillionItemsWaitNowhere() {
    try (ScriptNode app = node()) {
      var long1 = RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(110));
      Payload sum =
          app.node
              .request(
                  "c/total",
                  Payload.object("path", "nums/count", "to", 1_000_000, "readAhead", 64),
                  long1)
              .join();
      assertThat(sum.asDouble()).isEqualTo(500_000_500_000.0);
      Map<String, Object> streams = streams(app);
      assertThat(((Number) streams.get("items")).longValue()).isEqualTo(1_000_000);
      assertThat(((Number) streams.get("mostAhead")).longValue()).isLessThanOrEqualTo(64);
      assertThat(((Number) streams.get("mostBytes")).longValue()).isLessThan(1_024);
    }
  }
}
