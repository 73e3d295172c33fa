package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishOptions.Ack;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an embedding program and a script put around a node. */
@Timeout(60)
class MiddlewareTest {
  private static final String SCRIPT =
      """
      import { type Context, type EventContext, Node } from "runar-ts";
      const node = new Node();
      node.use({
        async action(ctx, next) {
          ctx.identify({ seenBy: "script", was: ctx.identity ?? null });
          return { inScript: await next() };
        },
      });
      await node.addService({
        name: "app", path: "app",
        actions: {
          add: (a: number, b: number, ctx: Context) =>
            ({ sum: a + b, identity: ctx.identity, nested: ctx.meta.nested ?? null }),
          nested: (ctx: Context) => ctx.request("app/add", [1, 2], { meta: { nested: "yes" } }),
          fails: () => { throw new RangeError("too far"); },
        },
        hooks: { before: { add: (ctx, input: any) => ({ ...input, b: input.b * 10 }) } },
        events: { "app/*": (payload: any) => { if (payload === "bad") throw new Error("no"); } },
      });
      """;

  @TempDir Path folder;

  private Node start(Middleware... middlewares) throws Exception {
    Path app = Files.writeString(folder.resolve("app.ts"), SCRIPT);
    var builder = Node.builder().port(-1);
    for (Middleware middleware : middlewares) {
      builder.use(middleware);
    }
    Node node = builder.start();
    ScriptNode.value(node.addScript(app));
    return node;
  }

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
  void toCancelARequestCancelsWhatTheMiddlewareHasPassedOn() throws Exception {
    var begun = new CountDownLatch(1);
    var cancelled = new CountDownLatch(1);
    Middleware passing =
        new Middleware() {
          @Override
          public CompletableFuture<Payload> request(Request request, Next<Request, Payload> next) {
            return next.proceed(request).thenApply(result -> result);
          }
        };
    try (Node node = start(passing)) {
      node.addService(
              Service.at("java")
                  .action(
                      "waits",
                      (in, ctx) -> {
                        ctx.onCancel(cancelled::countDown);
                        begun.countDown();
                        cancelled.await();
                        return in;
                      })
                  .build())
          .join();
      CompletableFuture<Payload> answer = node.request("java/waits", Payload.of(null));
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      answer.cancel(false);
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(answer::join).isInstanceOf(CancellationException.class);
    }
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

  private static PublishReceipt publish(Node node, String topic, Object payload) {
    PublishOptions options = PublishOptions.DEFAULT.withAck(Ack.HANDLED);
    return ScriptNode.value(node.publish(topic, Payload.of(payload), options));
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

  /** Requests of {@code slow/…} never come back from it, nor do actions go on in time. */
  private static final class Slow implements Middleware {
    final CompletableFuture<Void> goOn = new CompletableFuture<>();
    final CompletableFuture<Payload> wentOn = new CompletableFuture<>();

    @Override
    public CompletableFuture<Payload> request(Request request, Next<Request, Payload> next) {
      return switch (request.path()) {
        case "slow/never" -> new CompletableFuture<>();
        case "slow/itself" -> CompletableFuture.completedFuture(Payload.of("no items"));
        default -> next.proceed(request);
      };
    }

    @Override
    public CompletableFuture<Payload> action(
        RequestContext context, Payload input, Next<Payload, Payload> next) {
      if (context.path().equals("slow/runs")) {
        CompletableFuture<Payload> answer = next.proceed(input);
        var _ = answer.whenComplete((result, error) -> goOn.complete(null));
        return answer;
      }
      return goOn.thenCompose(
          nothing -> {
            CompletableFuture<Payload> late = next.proceed(input);
            var _ = late.whenComplete((result, error) -> wentOn.completeExceptionally(error));
            return late;
          });
    }
  }

  private static final RequestOptions SHORT =
      RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(50));

  @Test
  void aRequestHasADeadlineWhileItIsWithMiddleware() throws Exception {
    Node node = start(new Slow());
    try (node) {
      assertThatThrownBy(
              () -> ScriptNode.value(node.request("slow/never", Payload.of(null), SHORT)))
          .hasMessage("request slow/never timed out after 50 ms; it was with the middleware");
      CompletableFuture<Payload> open = node.request("slow/never", Payload.of(null));
      node.close();
      assertThatThrownBy(open::join)
          .hasRootCauseMessage("request slow/never: the node has stopped");
    }
  }

  @Test
  void aMiddlewareThatWaitsForAHandlerIsToldThatTheNodeStops() throws Exception {
    var inside = new CompletableFuture<CompletableFuture<Payload>>();
    Middleware waiting =
        new Middleware() {
          @Override
          public CompletableFuture<Payload> action(
              RequestContext context, Payload input, Next<Payload, Payload> next) {
            CompletableFuture<Payload> answer = next.proceed(input);
            inside.complete(answer);
            return answer.exceptionally(error -> Payload.of("never seen"));
          }
        };
    var release = new CountDownLatch(1);
    try (Node node =
        Node.builder()
            .config(NodeConfig.DEFAULT.withDrainTimeout(Duration.ofMillis(50)))
            .use(waiting)
            .build()) {
      node.addService(
              Service.at("s")
                  .action(
                      "a",
                      (in, ctx) -> {
                        release.await();
                        return in;
                      })
                  .build())
          .join();
      node.start().join();
      CompletableFuture<Payload> outside = node.request("s/a", Payload.of(null));
      CompletableFuture<Payload> answer = inside.get(20, TimeUnit.SECONDS);
      node.close();
      assertThat(answer).isCompletedExceptionally();
      assertThat(((RunarException) answer.exceptionNow()).code()).isEqualTo(Code.SHUTDOWN);
      assertThatThrownBy(outside::join).hasRootCauseMessage("request s/a: the node has stopped");
    } finally {
      release.countDown();
    }
  }

  @Test
  void requestsThatMiddlewareHoldsAreBounded() throws Exception {
    var held = new ConcurrentLinkedQueue<CompletableFuture<Payload>>();
    Middleware holding =
        new Middleware() {
          @Override
          public CompletableFuture<Payload> request(Request request, Next<Request, Payload> next) {
            if (!request.path().startsWith("held/")) {
              return next.proceed(request);
            }
            var answer = new CompletableFuture<Payload>();
            held.add(answer);
            return answer;
          }
        };
    var config =
        NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withRequestsInFlight(2));
    try (Node node = Node.builder().config(config).use(holding).build()) {
      node.start().join();
      var first = node.request("held/a", Payload.of(null));
      var second = node.request("held/b", Payload.of(null));
      assertThatThrownBy(() -> ScriptNode.value(node.request("held/c", Payload.of(null))))
          .isInstanceOfSatisfying(
              RunarException.class, error -> assertThat(error.code()).isEqualTo(Code.OVERLOADED))
          .hasMessageContaining("more than 2 requests are unanswered");
      assertThat(held).hasSize(2);
      held.forEach(answer -> answer.complete(Payload.of("answered")));
      assertThat(ScriptNode.value(first)).isEqualTo(ScriptNode.value(second));
      assertThat(node.request("held/d", Payload.of(null)).cancel(false)).isTrue();
      var _ = node.request("held/e", Payload.of(null)); // the one given up has left its place
      var _ = node.request("held/f", Payload.of(null));
      assertThat(held).hasSize(5);
    }
  }

  @Test
  void aMiddlewareThatAnswersAStreamItselfDoesNotLeaveItsConsumerWaiting() throws Exception {
    try (Node node = start(new Slow())) {
      var failure = new CompletableFuture<Payload>();
      node.stream("slow/itself", Payload.of(null), RequestOptions.DEFAULT)
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(1);
                }

                @Override
                public void onNext(Payload item) {
                  failure.complete(item);
                }

                @Override
                public void onError(Throwable error) {
                  failure.completeExceptionally(error);
                }

                @Override
                public void onComplete() {
                  failure.complete(Payload.of("complete"));
                }
              });
      assertThatThrownBy(() -> ScriptNode.value(failure))
          .hasMessage(
              "a middleware has answered slow/itself itself; it can go on or fail, but give no"
                  + " items");
    }
  }

  @Test
  void whoGoesOnAfterTheEndOfARequestRunsNoHandler() throws Exception {
    var slow = new Slow();
    var runs = new ConcurrentLinkedQueue<String>();
    var release = new CountDownLatch(1);
    try (Node node = start(slow)) {
      node.addService(
              Service.at("slow")
                  .action(
                      "action",
                      (in, ctx) -> {
                        runs.add("ran");
                        return in;
                      })
                  .action(
                      "runs",
                      (in, ctx) -> {
                        release.await();
                        return in;
                      })
                  .build())
          .join();
      assertThatThrownBy(() -> ScriptNode.value(node.request("slow/action", Payload.of(1), SHORT)))
          .hasMessageMatching("request slow/action timed out after .. ms");
      // that the other one hears of the end of its request lets the first one go on
      assertThatThrownBy(() -> ScriptNode.value(node.request("slow/runs", Payload.of(1), SHORT)))
          .hasMessageMatching("request slow/runs timed out after .. ms");
      assertThatThrownBy(() -> ScriptNode.value(slow.wentOn))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
      release.countDown();
      assertThat(runs).isEmpty();
    }
  }

  @Test
  void whoGoesOnAfterTheEndOfADeliveryRunsNoHandler() throws Exception {
    var goOn = new CompletableFuture<Void>();
    var wentOn = new CompletableFuture<Payload>();
    var seen = new ConcurrentLinkedQueue<String>();
    Middleware late =
        new Middleware() {
          @Override
          public CompletableFuture<Void> event(
              EventContext context, Event event, Next<Event, Void> next) {
            if (!event.topic().equals("java/late")) {
              return next.proceed(event);
            }
            var _ =
                goOn.thenCompose(nothing -> next.proceed(event))
                    .whenComplete((nothing, error) -> wentOn.completeExceptionally(error));
            return CompletableFuture.completedFuture(null);
          }
        };
    try (Node node = start(late)) {
      node.subscribe("java/late", (event, context) -> seen.add(event.topic()));
      assertThat(publish(node, "java/late", 1).handled()).isEqualTo(1);
      goOn.complete(null);
      assertThatThrownBy(() -> ScriptNode.value(wentOn)).hasMessageContaining("is over");
      assertThat(seen).isEmpty();
    }
  }
}
