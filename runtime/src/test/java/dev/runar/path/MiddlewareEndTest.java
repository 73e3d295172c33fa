package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The ends of requests and deliveries that are with middleware: deadlines, bounds, a node that
 * stops.
 */
@Timeout(60)
class MiddlewareEndTest extends MiddlewareFixture {
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
    var config = NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withRequestsInFlight(2));
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
