package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionHandler;
import dev.runar.Payload.TypeOf;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records of a Java program on both ends of requests and events. */
@Timeout(60)
class TypedRequestsTest {
  @TempDir Path folder;

  record Pair(int a, int b) {}

  record Line(String item, double price) {}

  record Order(String id, List<Line> lines, Instant at) {}

  record Total(String id, double sum, boolean late) {}

  private static final String SHOP =
      """
      import { Node, type Context } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "shop", path: "shop",
        actions: {
          total({ id, lines, at }: any) {
            return { id, sum: lines.reduce((sum: number, l: any) => sum + l.price, 0), late: at.getUTCHours() > 12, more: 1 };
          },
          lines: () => [{ item: "tea", price: 2.5 }, { item: "milk", price: "1" }],
          good: () => [{ item: "tea", price: 2.5 }],
          askJava: (ctx: Context) => ctx.request("sums/add", { a: 5, b: 3 }),
          askJavaWrongly: (ctx: Context) => ctx.request("sums/add", { a: 5, b: "3" }),
          slow: (ctx: Context) => new Promise((resolve) => ctx.signal.addEventListener("abort", () => node.publish("shop/aborted", {}))),
        },
        events: { "shop/ordered": async (order: any, ctx: any) => { await ctx.publish("thanked", { id: order.id, lines: [], at: order.at }); } },
      });
      await node.start();
      """;

  private static final Instant MORNING = Instant.parse("2026-01-01T09:00:00Z");

  @Test
  void aRecordGoesAndAnotherComesBack() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      var order = new Order("o1", List.of(new Line("tea", 2.5), new Line("milk", 1)), MORNING);

      Total total = app.node.request("shop/total", order, Total.class).join();

      assertThat(total).isEqualTo(new Total("o1", 3.5, false));
      assertThat(app.node.request("shop/good", null, new TypeOf<List<Line>>() {}).join())
          .containsExactly(new Line("tea", 2.5));
    }
  }

  @Test
  void aResultThatDoesNotFitNamesTheActionAndThePlace() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      RunarException error =
          failure(app.node.request("shop/lines", null, new TypeOf<List<Line>>() {}));

      assertThat(error.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(error)
          .hasMessageStartingWith(
              "the result of shop/lines: the payload is no List<Line> at $[1].price: ");
    }
  }

  @Test
  void aJavaActionTakesARecord() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      app.node
          .addService(
              Service.at("sums")
                  .action("add", ActionHandler.of(Pair.class, (in, context) -> in.a() + in.b()))
                  .build())
          .join();

      assertThat(app.node.request("shop/askJava", null, int.class).join()).isEqualTo(8);
      RunarException error = failure(app.node.request("shop/askJavaWrongly", null, int.class));
      assertThat(error.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(error).hasMessageContaining("the payload is no Pair at $.b: ");
    }
  }

  @Test
  void eventsCarryRecords() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      var seen = new ConcurrentLinkedQueue<Order>();
      app.node.subscribe("shop/thanked", Order.class, (order, context) -> seen.add(order));
      CompletableFuture<Order> next =
          app.node.on("shop/thanked", Duration.ofSeconds(20), Order.class);
      var order = new Order("o1", List.of(), MORNING);

      assertThat(app.node.publish("shop/ordered", order).join().queued()).isEqualTo(1);

      assertThat(next.join()).isEqualTo(order);
      await().until(() -> seen.contains(order));
    }
  }

  @Test
  void whatCannotBeSentFailsInTheFuture() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      var thread = Thread.currentThread();
      assertThat(failure(app.node.request("shop/total", thread, Total.class)).code())
          .isEqualTo(Code.UNSUPPORTED_VALUE);
      assertThat(failure(app.node.publish("shop/ordered", thread)).code())
          .isEqualTo(Code.UNSUPPORTED_VALUE);
    }
  }

  @Test
  void cancellingTheTypedFutureCancelsTheRequest() {
    try (ScriptNode app = ScriptNode.start(folder, SHOP)) {
      var aborted = app.node.on("shop/aborted", Duration.ofSeconds(20), Object.class);
      var slow =
          app.node.request(
              "shop/slow",
              null,
              Object.class,
              RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(50)));
      app.node.request("shop/good", null, Object.class).join(); // the slow one has begun

      slow.cancel(true);

      assertThat(aborted.join()).isNotNull();
    }
  }

  private static RunarException failure(CompletableFuture<?> future) {
    CompletionException error = catchThrowableOfType(CompletionException.class, future::join);
    return (RunarException) error.getCause();
  }
}
