package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions.Retry;
import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Middleware;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishOptions.Ack;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.SubscribeOptions.Order;
import dev.runar.Subscription;
import dev.runar.internal.time.TurnedTime;
import dev.runar.spi.Metrics;
import dev.runar.spi.Telemetry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is around event handlers: how often it is called, and what may wait for it. */
@Timeout(60)
class EventMiddlewareTest {
  private static final PublishOptions RETAINED =
      PublishOptions.DEFAULT.withRetainFor(Duration.ofHours(1));
  private static final Retry TWICE = new Retry(2, Duration.ofMillis(5), Duration.ofSeconds(1), 0);
  private static final SubscribeOptions PAST = new SubscribeOptions(true);

  private final TurnedTime time = new TurnedTime();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private NodeCore core(Middleware middleware) {
    return new NodeCore(
        NodeConfig.DEFAULT,
        time,
        time,
        threads,
        ActionStages.NONE,
        new Outskirts(List.of(middleware), Telemetry.NONE, Metrics.NONE));
  }

  /** A context whose callback queue takes so many. */
  private static final class Context implements EventEndpoint {
    private final ArrayDeque<EventDelivery> queue = new ArrayDeque<>();
    private final List<Object> handled = new ArrayList<>();
    private final int size;
    private boolean isDead;

    Context(int size) {
      this.size = size;
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      if (isDead) {
        return Delivery.CLOSED;
      }
      if (queue.size() == size) {
        return Delivery.FULL;
      }
      queue.add(delivery);
      return Delivery.QUEUED;
    }

    @Override
    public String owner() {
      return "script a";
    }

    EventDelivery begin() {
      EventDelivery next = queue.remove();
      next.begun();
      return next;
    }

    void handle() {
      EventDelivery next = begin();
      handled.add(next.event().payload().value());
      next.handled();
    }
  }

  /** Notes each event with its attempt, and what became of it. */
  private static final class Noting implements Middleware {
    final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

    @Override
    public CompletableFuture<Void> event(
        EventContext context, Event event, Next<Event, Void> next) {
      String name = event.payload().value() + "#" + context.attempt();
      seen.add(name);
      return next.proceed(event)
          .whenComplete((nothing, error) -> seen.add(name + (error == null ? " OK" : " failed")));
    }
  }

  @Test
  void anEventComesOnceHoweverLongTheQueueOfItsHandlerIsFull() {
    var noting = new Noting();
    var context = new Context(1);
    try (NodeCore core = core(noting)) {
      core.subscribe("t/x", context, SubscribeOptions.DEFAULT.withRetry(TWICE));
      for (int i = 1; i <= 3; i++) {
        assertThat(core.publish("t/x", Payload.of(i)).queued()).isEqualTo(1);
      }
      time.pass(Duration.ofSeconds(1));
      assertThat(noting.seen).containsExactly("1#1", "2#1");
      for (int i = 1; i <= 3; i++) {
        context.handle();
        time.pass(Duration.ofMillis(20));
      }
      assertThat(context.handled).containsExactly(1, 2, 3);
      assertThat(noting.seen)
          .containsExactlyInAnyOrder("1#1", "1#1 OK", "2#1", "2#1 OK", "3#1", "3#1 OK");
      assertThat(core.ledger().counts().handled()).isEqualTo(3);
    }
  }

  @Test
  void eachAttemptComesOnce() {
    var noting = new Noting();
    var context = new Context(8);
    try (NodeCore core = core(noting)) {
      core.subscribe("t/x", context, SubscribeOptions.DEFAULT.withRetry(TWICE));
      PublishReceipt _ = core.publish("t/x", Payload.of(1));
      context.begin().failed(new RunarException(Code.HANDLER_FAILED, "expected"));
      time.pass(Duration.ofSeconds(10));
      context.handle();
      assertThat(noting.seen).containsExactly("1#1", "1#1 failed", "1#2", "1#2 OK");
    }
  }

  @Test
  void whatIsHeldBehindTheMiddlewareOutlivesAReload() {
    var noting = new Noting();
    var before = new Context(0);
    var after = new Context(8);
    var serial = SubscribeOptions.DEFAULT.withOrder(Order.SERIAL);
    try (NodeCore core = core(noting)) {
      Subscription out = core.subscribe("t/x", before, serial);
      PublishReceipt _ = core.publish("t/x", Payload.of(1));
      Subscription in = core.prepare("t/x", after, serial);
      core.services()
          .exchange(new Holdings(List.of(), List.of(out)), new Holdings(List.of(), List.of(in)));
      time.pass(Duration.ofMillis(20));
      after.handle();
      assertThat(after.handled).containsExactly(1);
      assertThat(noting.seen).containsExactly("1#1", "1#1 OK");
    }
  }

  @Test
  void whatIsHeldBehindTheMiddlewareFailsWithItsContextAndWithItsNode() {
    var noting = new Noting();
    var dies = new Context(0);
    CompletableFuture<PublishReceipt> ofNode;
    var handled = PublishOptions.DEFAULT.withAck(Ack.HANDLED);
    var serial = SubscribeOptions.DEFAULT.withOrder(Order.SERIAL);
    try (NodeCore core = core(noting)) {
      core.subscribe("t/x", dies, serial);
      var ofContext = core.publish("t/x", Payload.of(1), handled);
      dies.isDead = true;
      time.pass(Duration.ofMillis(20));
      assertThat(ofContext.join().failed()).isEqualTo(1);
      core.subscribe("t/y", new Context(0), serial);
      ofNode = core.publish("t/y", Payload.of(2), handled);
      assertThat(ofNode).isNotDone();
    }
    assertThat(ofNode.join().failed()).isEqualTo(1);
    assertThat(noting.seen).containsExactly("1#1", "1#1 failed", "2#1", "2#1 failed");
  }

  @Test
  void nobodyElseWaitsForTheMiddlewareOfARetainedEvent() {
    var isFirst = new AtomicBoolean(true);
    var inside = new AtomicReference<Future<Integer>>();
    var core = new AtomicReference<NodeCore>();
    Middleware asksElsewhere =
        new Middleware() {
          @Override
          public CompletableFuture<Void> event(
              EventContext context, Event event, Next<Event, Void> next) {
            if (isFirst.compareAndSet(true, false)) {
              inside.set(threads.submit(() -> subscribeAndPublish(core.get())));
              try {
                assertThat(inside.get().get(10, TimeUnit.SECONDS)).isEqualTo(1);
              } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
              }
            }
            return next.proceed(event);
          }
        };
    var context = new Context(8);
    try (NodeCore node = core(asksElsewhere)) {
      core.set(node);
      node.subscribe("t/x", context, SubscribeOptions.DEFAULT);
      assertThat(node.publish("t/x", Payload.of(1), RETAINED).join().queued()).isEqualTo(1);
      assertThat(inside.get()).isDone();
    }
  }

  private static int subscribeAndPublish(NodeCore core) {
    core.subscribe("t/*", new Context(8), PAST).close();
    core.subscribe("t/y", new Context(8), PAST);
    return core.publish("t/y", Payload.of(2), RETAINED).join().queued();
  }

  @Test
  void aLaterRetainedEventStaysBehindAnEarlierOneThatIsWithTheMiddleware() throws Exception {
    var isInside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    Middleware slow =
        new Middleware() {
          @Override
          public CompletableFuture<Void> event(
              EventContext context, Event event, Next<Event, Void> next) {
            if (event.payload().value().equals(1) && isInside.getCount() > 0) {
              isInside.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
            return next.proceed(event);
          }
        };
    var first = new Context(8);
    var second = new Context(8);
    try (NodeCore core = core(slow)) {
      core.subscribe("t/x", first, SubscribeOptions.DEFAULT);
      core.subscribe("t/x", second, SubscribeOptions.DEFAULT);
      var one = threads.submit(() -> core.publish("t/x", Payload.of(1), RETAINED).join());
      isInside.await();
      assertThat(core.publish("t/x", Payload.of(2), RETAINED).join().queued()).isEqualTo(2);
      assertThat(core.publish("t/x", Payload.of(3)).queued()).isEqualTo(2); // the same publisher's
      var late = new Context(8);
      core.subscribe("t/x", late, PAST);
      goOn.countDown();
      assertThat(one.get().queued()).isEqualTo(2);
      for (Context context : List.of(first, second, late)) {
        while (!context.queue.isEmpty()) {
          context.handle();
        }
      }
      assertThat(first.handled).containsExactly(1, 2, 3);
      assertThat(second.handled).containsExactly(1, 2, 3);
      assertThat(late.handled).containsExactly(1, 2);
    }
  }

  @Test
  void aSubscriberSeesEachRetainedEventOnceAndInOrderWhenManyPublish() throws Exception {
    int publishers = 3;
    int each = 300;
    var noting = new Noting();
    try (NodeCore core = core(noting)) {
      var publishing = new ArrayList<Future<?>>();
      for (int i = 0; i < publishers; i++) {
        publishing.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < each; n++) {
                    core.publish("t/x", Payload.of(n), RETAINED).join();
                  }
                }));
      }
      var subscribers = new ArrayList<ConcurrentLinkedQueue<Long>>();
      for (int i = 0; i < 20; i++) {
        var ids = new ConcurrentLinkedQueue<Long>();
        subscribers.add(ids);
        core.subscribe(
            "t/x",
            delivery -> {
              ids.add(delivery.event().id());
              delivery.handled();
              return Delivery.QUEUED;
            },
            PAST);
      }
      for (Future<?> one : publishing) {
        one.get();
      }
      Long[] all = LongStream.rangeClosed(1, (long) publishers * each).boxed().toArray(Long[]::new);
      assertThat(subscribers).allSatisfy(ids -> assertThat(ids).containsExactly(all));
      assertThat(core.ledger().counts().waiting()).isZero();
    }
  }

  @Test
  void anErrorInTheMiddlewareFailsItsEventAndNotThoseBehind() {
    var context = new Context(8);
    Middleware broken =
        new Middleware() {
          @Override
          public CompletableFuture<Void> event(
              EventContext about, Event event, Next<Event, Void> next) {
            if (event.payload().value().equals(1)) {
              throw new AssertionError("broken");
            }
            return next.proceed(event);
          }
        };
    try (NodeCore core = core(broken)) {
      core.subscribe("t/a", context, SubscribeOptions.DEFAULT.withOrder(Order.SERIAL));
      core.subscribe("t/a", context, SubscribeOptions.DEFAULT);
      PublishReceipt receipt = core.publish("t/a", Payload.of(1));
      assertThat(receipt.matched()).isEqualTo(2);
      core.publish("t/a", Payload.of(2));
      context.handle();
      context.handle();
      assertThat(context.handled).containsExactly(2, 2);
      assertThat(core.ledger().counts().failed()).isEqualTo(2);
    }
  }
}
