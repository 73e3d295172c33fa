package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.spi.Telemetry;
import dev.runar.spi.TraceContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an embedding program and a script put around a node. */
@Timeout(60)
class MiddlewareTest extends MiddlewareFixture {
  private static Object call(Node node, String path, Object payload) {
    return ScriptNode.value(node.request(path, Payload.of(payload))).value();
  }

  /** The node's own listening is nobody's handler. */
  @Test
  void whatEmptiesACacheGoesPastTheMiddleware() {
    var seen = new ConcurrentLinkedQueue<String>();
    Middleware swallows =
        new Middleware() {
          @Override
          public CompletableFuture<Void> event(
              EventContext context, Event event, Next<Event, Void> next) {
            seen.add(event.topic());
            return CompletableFuture.completedFuture(null);
          }
        };
    var runs = new AtomicInteger();
    var options =
        ActionOptions.builder()
            .cache(
                new ActionOptions.Cache(
                    Duration.ofMinutes(1), 10, List.of(), List.of(), List.of("changed")))
            .build();
    try (Node node = Node.builder().port(-1).use(swallows).start()) {
      node.addService(
              Service.at("s")
                  .action("runs", options, (input, context) -> Payload.of(runs.incrementAndGet()))
                  .build())
          .join();
      assertThat(node.request("s/runs", Payload.of(1)).join()).isEqualTo(Payload.of(1));
      node.publish("s/changed", Payload.of(1)).join();
      assertThat(node.request("s/runs", Payload.of(1)).join()).isEqualTo(Payload.of(2));
      node.removeService("s").join();
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void aScriptsMiddlewareAndHooksStandAroundItsActions() throws Exception {
    try (Node node = start()) {
      Map<String, Object> identity = new java.util.HashMap<>();
      identity.put("seenBy", "script");
      identity.put("was", null);
      Map<String, Object> outer = ScriptNode.map(call(node, "app/add", List.of(1, 2)));
      assertThat(ScriptNode.map(outer.get("inScript")))
          .containsEntry("sum", 21)
          .containsEntry("identity", identity);
      // the identity goes on to what is asked from there
      Map<String, Object> nested = ScriptNode.map(call(node, "app/nested", null));
      Map<String, Object> inner = ScriptNode.map(nested.get("inScript"));
      inner = ScriptNode.map(inner.get("inScript"));
      assertThat(ScriptNode.map(inner.get("identity"))).containsEntry("was", identity);
    }
  }

  @Test
  void theFirstThatIsAddedIsTheOutermost() throws Exception {
    var order = new ConcurrentLinkedQueue<String>();
    try (Node node = start(named("one", order), named("two", order), named("three", order))) {
      Map<String, Object> result = ScriptNode.map(call(node, "app/add", Map.of("a", 1, "b", 2)));
      assertThat(result).containsKey("inScript");
      assertThat(order)
          .containsExactly(
              "one app/add", "two app/add", "three app/add", "three OK", "two OK", "one OK");
    }
  }

  private static Middleware named(String name, ConcurrentLinkedQueue<String> order) {
    return new Middleware() {
      @Override
      public CompletableFuture<Payload> action(
          RequestContext context, Payload input, Next<Payload, Payload> next) {
        order.add(name + " " + context.path());
        return next.proceed(input).whenComplete((result, error) -> order.add(name + " OK"));
      }
    };
  }

  @Test
  void itChangesInputAndResultAnswersItselfFailsAndTriesAgain() throws Exception {
    var tries = new ConcurrentLinkedQueue<String>();
    Middleware middleware =
        new Middleware() {
          @Override
          public CompletableFuture<Payload> action(
              RequestContext context, Payload input, Next<Payload, Payload> next) {
            context.replyMeta("around", "java");
            return switch (context.path()) {
              case "java/itself" -> CompletableFuture.completedFuture(Payload.of("itself"));
              case "java/fails" -> throw new IllegalStateException("thrown in middleware");
              case "java/again" ->
                  next.proceed(input).exceptionallyCompose(e -> next.proceed(input));
              default ->
                  next.proceed(Payload.of(input.asInt() + 1))
                      .thenApply(result -> Payload.of(result.asInt() * 2));
            };
          }
        };
    try (Node node = start(middleware)) {
      node.addService(
              Service.at("java")
                  .action("same", (in, ctx) -> in)
                  .action("itself", (in, ctx) -> Payload.of("never"))
                  .action("fails", (in, ctx) -> Payload.of("never"))
                  .action(
                      "again",
                      (in, ctx) -> {
                        tries.add("try");
                        if (tries.size() == 1) {
                          throw new IllegalStateException("first");
                        }
                        return Payload.of("second");
                      })
                  .build())
          .join();
      assertThat(call(node, "java/same", 4)).isEqualTo(10);
      assertThat(call(node, "java/itself", 1)).isEqualTo("itself");
      assertThat(call(node, "java/again", 1)).isEqualTo("second");
      assertThatThrownBy(() -> call(node, "java/fails", 1))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.HANDLER_FAILED))
          .hasMessage("thrown in middleware");
      var told = new ConcurrentLinkedQueue<Map<String, String>>();
      ScriptNode.value(
          node.request("java/same", Payload.of(1), RequestOptions.DEFAULT.withOnMeta(told::add)));
      assertThat(told).containsExactly(Map.of("around", "java"));
    }
  }

  @Test
  void aBorderSaysForWhomARequestIs() throws Exception {
    Middleware border =
        new Middleware() {
          @Override
          public CompletableFuture<Payload> request(Request request, Next<Request, Payload> next) {
            String user = request.options().headers().get("user");
            if ("mallory".equals(user)) {
              throw new RunarException(Code.PERMISSION_DENIED, "not you");
            }
            return user == null
                ? next.proceed(request)
                : next.proceed(
                    new Request(
                        request.path(),
                        request.payload(),
                        request.options().withIdentity(Payload.of(user))));
          }
        };
    try (Node node = start(border)) {
      node.addService(
              Service.at("java")
                  .action("who", (in, ctx) -> ctx.identity().orElse(Payload.of("nobody")))
                  .build())
          .join();
      assertThat(as(node, "ada")).isEqualTo("ada");
      assertThat(call(node, "java/who", null)).isEqualTo("nobody");
      assertThatThrownBy(() -> as(node, "mallory")).hasMessage("not you");
    }
  }

  private static Object as(Node node, String user) {
    RequestOptions options = RequestOptions.DEFAULT.withHeaders(Map.of("user", user));
    return ScriptNode.value(node.request("java/who", Payload.of(null), options)).value();
  }

  @Test
  void itStandsAroundEventsAndPublications() throws Exception {
    var seen = new ConcurrentLinkedQueue<String>();
    Middleware middleware =
        new Middleware() {
          @Override
          public Publication publish(Publication publication) {
            if (publication.topic().equals("app/secret")) {
              throw new RunarException(Code.PERMISSION_DENIED, "not this");
            }
            return publication.topic().startsWith("$")
                ? publication
                : new Publication(
                    publication.topic(),
                    publication.payload(),
                    publication.options().withMeta(Map.of("by", "middleware")));
          }

          @Override
          public CompletableFuture<Void> event(
              EventContext context, Event event, Next<Event, Void> next) {
            if (!event.topic().startsWith("app/")) {
              return next.proceed(event);
            }
            seen.add(event.topic() + context.meta());
            return event.topic().equals("app/dropped")
                ? CompletableFuture.completedFuture(null)
                : next.proceed(event)
                    .whenComplete((nothing, error) -> seen.add(error == null ? "OK" : "failed"));
          }
        };
    try (Node node = start(middleware)) {
      PublishReceipt good = publish(node, "app/good", "fine");
      assertThat(good.handled()).isEqualTo(1);
      PublishReceipt bad = publish(node, "app/bad", "bad");
      assertThat(bad.failed()).isEqualTo(1);
      assertThat(publish(node, "app/dropped", "bad").handled()).isEqualTo(1);
      assertThat(seen)
          .containsExactly(
              "app/good{by=middleware}",
              "OK",
              "app/bad{by=middleware}",
              "failed",
              "app/dropped{by=middleware}");
      assertThatThrownBy(() -> publish(node, "app/secret", 1)).hasMessage("not this");
    }
  }

  @Test
  void itSeesDefinitionsAndMayRefuseThem() throws Exception {
    var seen = new ConcurrentLinkedQueue<String>();
    Middleware middleware =
        new Middleware() {
          @Override
          public void service(Registration service) {
            seen.add(service.path() + service.actions().keySet() + service.events());
            if (service.path().equals("refused")) {
              throw new RunarException(Code.INVALID_INPUT, "not this one");
            }
          }
        };
    try (Node node = start(middleware)) {
      assertThat(seen).containsExactly("app[add, nested, fails][app/*]");
      assertThatThrownBy(() -> ScriptNode.value(node.addService(Service.at("refused").build())))
          .hasMessage("not this one");
    }
  }

  @Test
  void telemetryHearsOfRequestsPublicationsAndHandlersAsSpansOfOneTrace() throws Exception {
    var ended = new ConcurrentLinkedQueue<String>();
    var traces = new ConcurrentLinkedQueue<String>();
    Telemetry telemetry =
        (operation, parent) -> {
          traces.add(parent.map(TraceContext::traceId).orElse("none"));
          var context =
              parent.map(known -> known.child(7)).orElseGet(() -> new TraceContext(1, 2, 3, 1, ""));
          return new Telemetry.Span() {
            @Override
            public Optional<TraceContext> context() {
              return Optional.of(context);
            }

            @Override
            public void end(String code, Optional<Throwable> failure) {
              ended.add(operation.kind() + " " + operation.name() + " " + code);
            }
          };
        };
    Path app = Files.writeString(folder.resolve("app.ts"), SCRIPT);
    try (Node node = Node.builder().port(-1).telemetry(telemetry).start()) {
      ScriptNode.value(node.addScript(app));
      ended.clear();
      traces.clear();
      call(node, "app/nested", null);
      assertThatThrownBy(() -> call(node, "app/fails", null)).hasMessage("too far");
      publish(node, "app/bad", "bad");
      assertThat(ended)
          .containsExactlyInAnyOrder(
              "REQUEST app/add OK",
              "REQUEST app/nested OK",
              "REQUEST app/fails HANDLER_FAILED",
              "PUBLISH app/bad OK",
              "HANDLE app/bad HANDLER_FAILED");
      String trace = new TraceContext(1, 2, 3, 1, "").traceId();
      assertThat(traces).containsExactly("none", trace, "none", "none", trace);
    }
  }
}
