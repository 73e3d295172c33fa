package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Node;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.RequestContext;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.bean.Action;
import dev.runar.bean.OnEvent;
import dev.runar.bean.OnStart;
import dev.runar.bean.OnStop;
import dev.runar.bean.Param;
import dev.runar.bean.ServiceBean;
import dev.runar.bean.ServicePath;
import dev.runar.bean.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Annotated objects as services. */
@Timeout(60)
class ServiceBeanTest {
  @TempDir Path folder;

  record Line(String item, int count) {}

  record Order(String id, List<Line> lines) {}

  record Receipt(String id, int items) {}

  static final class OutOfTea extends Exception {
    private static final long serialVersionUID = 1L;

    OutOfTea() {
      super("no tea left");
    }
  }

  @ServicePath("stock")
  interface StockApi {
    int left(String item);
  }

  /** Everything that a bean can do. */
  @ServiceBean(path = "shop", version = "1.2.0", description = "Sells")
  static class Shop {
    final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

    @Action(description = "Adds", timeoutMs = 500, idempotent = true)
    int add(int a, int b) {
      return a + b;
    }

    @Action
    public Receipt buy(Order order, RequestContext context) throws OutOfTea {
      if (order.lines().isEmpty()) {
        throw new OutOfTea();
      }
      return new Receipt(
          order.id() + " " + context.path(), order.lines().stream().mapToInt(Line::count).sum());
    }

    @Action("greet/{name}")
    public String greet(RequestContext context) {
      return "Hello " + context.pathParams().get("name");
    }

    @Action
    public CompletableFuture<String> later(@Param("text") String given, Optional<String> more) {
      return CompletableFuture.supplyAsync(() -> given + more.orElse("!"));
    }

    @Action
    public void nothing() {}

    @Action
    public int stock(String item, RequestContext context) {
      return Services.client(context, StockApi.class).left(item);
    }

    @OnEvent("order/*")
    public void ordered(Order order, EventContext context) {
      seen.add(context.topic() + " " + order.id());
    }

    @OnEvent("count/changed")
    public void counted(int by) {
      seen.add("by " + by);
    }

    @OnEvent("pair/made")
    public void paired(String a, String b) {
      seen.add(a + b);
    }

    @OnEvent("raw/*")
    public void raw(Event event) {
      seen.add(event.topic());
    }

    @OnStart
    public void start(NodeContext context) {
      seen.add("started " + context.servicePath());
    }

    @OnStop
    public void stop() {
      seen.add("stopped");
    }
  }

  /** As a framework's proxy is: a subclass that overrides without annotations. */
  static class ShopProxy extends Shop {
    @Override
    public void nothing() {
      seen.add("by the proxy");
    }
  }

  private static final String SCRIPT =
      """
      import { Node, type Context } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "stock", path: "stock",
        actions: {
          left: (item: string) => item.length,
          buy: (ctx: Context) => ctx.request("shop/buy", { id: "o1", lines: [{ item: "tea", count: 2 }, { item: "milk", count: 1 }] }),
          sum: (ctx: Context) => ctx.request("shop/add", { a: 5, b: 3 }),
        },
      });
      await node.start();
      """;

  @Test
  void methodsAnswerActions() {
    var shop = new Shop();
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node.addService(Services.of(shop)).join();

      assertThat(app.call("stock/sum")).isEqualTo(8);
      assertThat(app.call("shop/add", List.of(5, 3))).isEqualTo(8);
      assertThat(app.call("stock/buy")).isEqualTo(Map.of("id", "o1 shop/buy", "items", 3));
      assertThat(app.call("shop/greet/Ada")).isEqualTo("Hello Ada");
      assertThat(app.call("shop/later", Map.of("text", "hi"))).isEqualTo("hi!");
      assertThat(app.call("shop/later", Map.of("text", "hi", "more", "?"))).isEqualTo("hi?");
      assertThat(app.call("shop/later", List.of("hi"))).isEqualTo("hi!");
      assertThat(app.call("shop/nothing")).isNull();
      assertThat(app.call("shop/stock", Map.of("item", "milk"))).isEqualTo(4);
    }
    assertThat(shop.seen).containsExactly("started shop", "stopped");
  }

  @Test
  void methodsTakeEvents() {
    var shop = new Shop();
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node.addService(Services.of(shop)).join();

      app.node.publish("order/placed", new Order("o1", List.of())).join();
      app.node.publish("count/changed", 3).join();
      app.node.publish("pair/made", Map.of("b", "2", "a", "1")).join();
      app.node.publish("raw/x", Payload.of(null)).join();

      await()
          .untilAsserted(
              () ->
                  assertThat(shop.seen)
                      .containsExactlyInAnyOrder(
                          "started shop", "order/placed o1", "by 3", "12", "raw/x"));
    }
  }

  @Test
  void whatDoesNotFitAndWhatIsThrownReachesTheCaller() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node.addService(Services.of(new Shop())).join();

      RunarException wrong = failure(app.node, "shop/add", Map.of("a", 1, "b", "x"));
      assertThat(wrong.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(wrong).hasMessageEndingWith("does not fit: b: string found, integer expected");
      RunarException missing = failure(app.node, "shop/add", Map.of("a", 1));
      assertThat(missing.code()).isEqualTo(Code.INVALID_INPUT);
      RunarException nested =
          failure(
              app.node,
              "shop/buy",
              Map.of("id", "o", "lines", List.of(Map.of("item", "tea", "count", 1.5))));
      assertThat(nested.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(nested).hasMessageContaining("does not fit: lines.0.count: ");
      RunarException thrown = failure(app.node, "shop/buy", new Order("o", List.of()));
      assertThat(thrown.code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(thrown).hasMessage("no tea left").hasCauseInstanceOf(OutOfTea.class);
    }
  }

  @Test
  void aProxyOfABeanIsServedLikeTheBean() {
    var shop = new ShopProxy();
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node.addService(Services.of(shop)).join();

      assertThat(app.call("shop/add", List.of(5, 3))).isEqualTo(8);
      app.call("shop/nothing");

      assertThat(shop.seen).contains("by the proxy");
    }
  }

  @Test
  void actionsSayWhatTheyTake() {
    Service shop = Services.of(new Shop());

    assertThat(shop.version()).isEqualTo("1.2.0");
    Service.Action add = shop.actions().get("add");
    assertThat(add.options().description()).isEqualTo("Adds");
    assertThat(add.options().timeout()).hasMillis(500);
    assertThat(add.options().idempotent()).isTrue();
    assertThat(add.options().input().value())
        .isEqualTo(
            Map.of(
                "type", "object",
                "properties",
                    Map.of("a", Map.of("type", "integer"), "b", Map.of("type", "integer")),
                "required", List.of("a", "b")));
    assertThat(add.options().output().value()).isEqualTo(Map.of("type", "integer"));
    assertThat(shop.actions().get("buy").options().input().text())
        .isEqualTo(
            "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":[\"string\",\"null\"]},\"lines\":"
                + "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\",\"properties\":"
                + "{\"count\":{\"type\":\"integer\"},\"item\":{\"type\":[\"string\",\"null\"]}},"
                + "\"required\":[\"count\"]}}}}");
    assertThat(shop.actions().get("nothing").options().input()).isNull();
    assertThat(shop.actions().get("nothing").options().output()).isNull();
  }

  static class NotAnnotated {}

  @ServiceBean(path = "x")
  static class Private {
    @Action
    private void hidden() {}
  }

  @ServiceBean(path = "x")
  static class Static {
    @Action
    static void shared() {}
  }

  @ServiceBean(path = "x")
  static class TwoOfOneName {
    @Action
    void add(int a) {}

    @Action
    void add(String a) {}
  }

  @ServiceBean(path = "x")
  static class UnknownType {
    @Action
    void run(Runnable task) {}
  }

  @ServiceBean(path = "x")
  static class WrongContext {
    @Action
    void run(String a, EventContext context) {}
  }

  @ServiceBean(path = "x")
  static class ContextFirst {
    @Action
    void run(RequestContext context, String a) {}
  }

  @ServiceBean(path = "x")
  static class StreamResult {
    @Action
    Stream<String> run() {
      return Stream.of();
    }
  }

  @ServiceBean(path = "x")
  static class WrongStart {
    @OnStart
    void start(String what) {}
  }

  static Stream<Map.Entry<Object, String>> misuses() {
    return Stream.of(
        Map.entry(new NotAnnotated(), "NotAnnotated is no service: write @ServiceBean"),
        Map.entry(new Private(), "@Action Private.hidden is private"),
        Map.entry(new Static(), "@Action Static.shared is static"),
        Map.entry(new TwoOfOneName(), "service x has two definitions of action add"),
        Map.entry(
            new UnknownType(), "UnknownType.run, parameter task: nothing that is sent becomes a"),
        Map.entry(new WrongContext(), "WrongContext.run, parameter context: nothing that is sent"),
        Map.entry(new ContextFirst(), "RequestContext comes last"),
        Map.entry(new StreamResult(), "StreamResult.run, result: nothing that is sent becomes a"),
        Map.entry(new WrongStart(), "WrongStart.start takes nothing or a NodeContext"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void misuseIsRefusedAtDefinition(Map.Entry<Object, String> misuse) {
    assertThatThrownBy(() -> Services.of(misuse.getKey())).hasMessageContaining(misuse.getValue());
  }

  private static RunarException failure(Node node, String path, Object input) {
    CompletionException error =
        catchThrowableOfType(
            CompletionException.class, () -> node.request(path, input, Object.class).join());
    return (RunarException) error.getCause();
  }
}
