package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NodeCoreTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NodeCore core = new NodeCore(NodeConfig.DEFAULT, Clock.system(), threads);

  @AfterEach
  void stop() {
    core.services().stopAll().join();
    core.close();
    threads.shutdown();
  }

  private static Service math() {
    return Service.at("math")
        .action(
            "add",
            (payload, context) ->
                Payload.of((Integer) payload.asMap().get("a") + (Integer) payload.asMap().get("b")))
        .action(
            "fail",
            (payload, context) -> {
              throw new IllegalStateException("broken");
            })
        .action("echo/{word}", (payload, context) -> Payload.of(context.pathParams().get("word")))
        .build();
  }

  private static Code codeOf(CompletableFuture<?> future) {
    try {
      future.join();
      throw new AssertionError("it succeeded");
    } catch (java.util.concurrent.CompletionException e) {
      return ((RunarException) e.getCause()).code();
    }
  }

  private CompletableFuture<Payload> request(String path, Payload payload) {
    return core.request(path, payload, RequestOptions.DEFAULT);
  }

  @Test
  void aRequestReachesItsAction() {
    core.services().add(math()).join();
    core.services().startAll().join();

    assertThat(request("math/add", Payload.object("a", 5, "b", 3)).join().asInt()).isEqualTo(8);
    assertThat(request("default:math/echo/hi", Payload.of(null)).join().asString()).isEqualTo("hi");
  }

  @Test
  void aServiceThatIsNotRunningSaysItsState() {
    core.services().add(math()).join();

    assertThatThrownBy(() -> request("math/add", Payload.of(null)).join())
        .hasMessageContaining("Service is not Running - it is in Initialized state");
  }

  @Test
  void failuresHaveCodes() {
    core.services().add(math()).join();
    core.services().startAll().join();

    assertThat(codeOf(request("math/nothing", Payload.of(null)))).isEqualTo(Code.NOT_FOUND);
    assertThat(codeOf(request("math//add", Payload.of(null)))).isEqualTo(Code.INVALID_PATH);
    assertThat(codeOf(request("math/fail", Payload.of(null)))).isEqualTo(Code.HANDLER_FAILED);
    assertThat(codeOf(core.services().add(math()))).isEqualTo(Code.DUPLICATE);
    assertThat(codeOf(core.services().add(Service.at("$x").build()))).isEqualTo(Code.INVALID_PATH);
  }

  @Test
  void whoStillWaitsAtTheEndIsTold() {
    var release = new CountDownLatch(1);
    core.services()
        .add(
            Service.at("slow")
                .action(
                    "never",
                    (payload, context) -> {
                      release.await();
                      return Payload.of(null);
                    })
                .build())
        .join();
    core.services().startAll().join();
    CompletableFuture<Payload> waiting = request("slow/never", Payload.of(null));
    core.close();
    assertThat(codeOf(waiting)).isEqualTo(Code.SHUTDOWN);
    assertThat(codeOf(request("slow/never", Payload.of(null)))).isEqualTo(Code.SHUTDOWN);
    release.countDown();
  }

  @Test
  void aRequestEndsAtItsDeadlineAndALateResultIsCounted() {
    var release = new CountDownLatch(1);
    core.services()
        .add(
            Service.at("slow")
                .action(
                    "wait",
                    (payload, context) -> {
                      release.await();
                      return Payload.of(1);
                    })
                .build())
        .join();
    core.services().startAll().join();

    var options = RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(50));
    assertThat(codeOf(core.request("slow/wait", Payload.of(null), options)))
        .isEqualTo(Code.TIMEOUT);

    release.countDown();
    Awaitility.await().until(() -> core.ledger().lateSettles() == 1);
    assertThat(core.requestsInFlight()).isZero();
  }

  static List<Duration> practicallyForEver() {
    return List.of(
        Duration.ofMillis(9_007_199_254_740_991L), // Number.MAX_SAFE_INTEGER, the SDK's most
        Duration.ofNanos(Long.MAX_VALUE),
        ChronoUnit.FOREVER.getDuration());
  }

  @ParameterizedTest
  @MethodSource("practicallyForEver")
  void aTimeLongerThanAnyClockIsWaitedFor(Duration time) {
    var release = new CountDownLatch(1);
    core.services()
        .add(
            Service.at("far")
                .action(
                    "days", (payload, context) -> Payload.of((int) context.remaining().toDays()))
                .action("wait", (payload, context) -> waitFor(release))
                .build())
        .join();
    core.services().startAll().join();

    var asked = RequestOptions.DEFAULT.withTimeout(time);
    var waiting = core.request("far/wait", Payload.of(null), asked);
    var soon = RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(1));
    assertThat(codeOf(core.request("far/wait", Payload.of(null), soon))).isEqualTo(Code.TIMEOUT);
    assertThat(waiting).isNotDone(); // though the deadlines were looked at
    release.countDown();
    assertThat(waiting.join().asInt()).isEqualTo(1);
    assertThat(core.request("far/days", Payload.of(null), asked).join().asInt())
        .isGreaterThan(36_500);

    var retained = PublishOptions.DEFAULT.withRetainFor(time);
    core.publish("far/news", Payload.of(1), retained).join();
    var past = new SubscribeOptions(true);
    assertThat(core.on("far/news", time, past).join().payload().asInt()).isEqualTo(1);
  }

  private static Payload waitFor(CountDownLatch release) throws InterruptedException {
    release.await();
    return Payload.of(1);
  }

  @Test
  void aCancelledRequestTellsItsHandler() {
    var cancelled = new CompletableFuture<Boolean>();
    var entered = new CountDownLatch(1);
    core.services()
        .add(
            Service.at("slow")
                .action(
                    "wait",
                    (payload, context) -> {
                      context.onCancel(() -> cancelled.complete(context.isCancelled()));
                      entered.countDown();
                      return Payload.of(cancelled.join());
                    })
                .build())
        .join();
    core.services().startAll().join();
    var future = core.request("slow/wait", Payload.of(null), RequestOptions.DEFAULT);
    Awaitility.await().until(() -> entered.getCount() == 0);

    future.cancel(true);

    assertThat(cancelled.join()).isTrue();
    assertThat(future).isCancelled();
  }

  @Test
  void wildcardSubscribersGetLiveAndRetainedEventsWithTheRealTopic() {
    var seen = Collections.synchronizedList(new ArrayList<String>());
    core.publish(
            "news/old",
            Payload.of("past"),
            PublishOptions.DEFAULT.withRetainFor(Duration.ofMinutes(1)))
        .join();

    core.subscribe(
        "news/*",
        (event, context) -> seen.add(context.topic() + "=" + event.payload().asString()),
        new SubscribeOptions(true));
    PublishReceipt receipt = core.publish("news/new", Payload.of("live"));

    assertThat(receipt.matched()).isEqualTo(1);
    assertThat(receipt.queued()).isEqualTo(1);
    Awaitility.await().until(() -> seen.size() == 2);
    assertThat(seen).containsExactly("news/old=past", "news/new=live");
    assertThat(core.clearRetained("news/>")).isEqualTo(1);
  }

  @Test
  void aRefusedEventIsInTheReceipt() {
    core.subscribe("a/b", delivery -> Delivery.FULL, SubscribeOptions.DEFAULT);

    PublishReceipt receipt = core.publish("a/b", Payload.of(1));

    assertThat(receipt.refused()).isEqualTo(1);
    assertThat(receipt.refusals())
        .containsExactly(new PublishReceipt.Refusal("a/b", Delivery.FULL));
    assertThat(core.ledger().counts().refused()).isEqualTo(1);
    assertThat(core.ledger().counts().waiting()).isZero();
  }

  @Test
  void onIsSubscribedBeforeItReturns() {
    var event = core.on("a/b", Duration.ofSeconds(5), SubscribeOptions.DEFAULT);
    core.publish("a/b", Payload.of(7));

    assertThat(event.join().payload().asInt()).isEqualTo(7);
    assertThat(codeOf(core.on("a/b", Duration.ofMillis(20), SubscribeOptions.DEFAULT)))
        .isEqualTo(Code.TIMEOUT);
    assertThat(core.subscriptions()).isZero();
  }

  @Test
  void ackHandledWaitsForTheHandlers() {
    core.subscribe("a/b", (event, context) -> {}, SubscribeOptions.DEFAULT);
    core.subscribe(
        "a/*",
        (event, context) -> {
          throw new IllegalStateException("expected by this test");
        },
        SubscribeOptions.DEFAULT);

    PublishReceipt receipt =
        core.publish(
                "a/b", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED))
            .join();

    assertThat(receipt.handled()).isEqualTo(1);
    assertThat(receipt.failed()).isEqualTo(1);
  }

  @Test
  void aServiceThatFailsToStartIsReportedAndTheOthersRun() {
    core.services()
        .add(
            Service.at("bad")
                .lifecycle(
                    new Service.Lifecycle() {
                      @Override
                      public void start(dev.runar.NodeContext context) {
                        throw new IllegalStateException("no database");
                      }
                    })
                .build())
        .join();
    core.services().add(math()).join();

    assertThatThrownBy(() -> core.services().startAll().join())
        .hasMessageContaining("service \"bad\" failed to start: no database");
    assertThat(request("math/add", Payload.object("a", 1, "b", 1)).join().asInt()).isEqualTo(2);
    assertThat(
            request("$registry/services/bad/state", Payload.of(null)).join().asMap().get("state"))
        .isEqualTo("ERROR");
  }

  @Test
  void servicesStopInTheReverseOrderOfTheirStart() {
    var order = Collections.synchronizedList(new ArrayList<String>());
    for (String name : List.of("a", "b", "c")) {
      core.services()
          .add(
              Service.at(name)
                  .lifecycle(
                      new Service.Lifecycle() {
                        @Override
                        public void stop(dev.runar.NodeContext context) {
                          order.add(name);
                        }
                      })
                  .build())
          .join();
    }
    core.services().startAll().join();

    core.services().stopAll().join();

    assertThat(order).containsExactly("c", "b", "a");
  }

  /** After any mix of work from 8 threads: what began has ended, or is still counted as waiting. */
  @ParameterizedTest
  @ValueSource(longs = {1, 42, 20_261_121})
  void theLedgerAddsUp(long seed) throws InterruptedException {
    int eachThread = 2_000;
    var threadList = new ArrayList<Thread>();
    var receipts =
        new java.util.concurrent.atomic.LongAdder[] {
          new java.util.concurrent.atomic.LongAdder(), new java.util.concurrent.atomic.LongAdder()
        };
    for (int t = 0; t < 8; t++) {
      var random = new SplittableRandom(seed + t);
      threadList.add(Thread.ofPlatform().start(() -> mixedWork(random, eachThread, receipts)));
    }
    for (Thread thread : threadList) {
      thread.join();
    }
    Awaitility.await().until(() -> core.ledger().counts().waiting() == 0);

    Ledger.Counts counts = core.ledger().counts();
    assertThat(counts.matched()).isEqualTo(counts.queued() + counts.refused());
    assertThat(counts.queued()).isEqualTo(counts.handled() + counts.failed());
    assertThat(counts.queued()).isEqualTo(receipts[0].sum());
    assertThat(counts.refused()).isEqualTo(receipts[1].sum());
    assertThat(counts.failed()).isPositive();
    assertThat(counts.refused()).isPositive();
  }

  private void mixedWork(
      SplittableRandom random, int rounds, java.util.concurrent.atomic.LongAdder[] receipts) {
    var mine = new ArrayList<Subscription>();
    for (int i = 0; i < rounds; i++) {
      String topic = "t" + random.nextInt(3) + "/" + random.nextInt(3);
      switch (random.nextInt(6)) {
        case 0 -> mine.add(subscribeSomehow(random, topic));
        case 1 -> {
          if (!mine.isEmpty()) {
            mine.remove(random.nextInt(mine.size())).close();
          }
        }
        default -> {
          PublishReceipt receipt = core.publish(topic, Payload.of(i));
          assertThat(receipt.matched()).isEqualTo(receipt.queued() + receipt.refused());
          receipts[0].add(receipt.queued());
          receipts[1].add(receipt.refused());
        }
      }
    }
    mine.forEach(Subscription::close);
  }

  private Subscription subscribeSomehow(SplittableRandom random, String topic) {
    String pattern = random.nextBoolean() ? topic : topic.charAt(0) + topic.substring(1, 2) + "/*";
    return switch (random.nextInt(4)) {
      case 0 -> core.subscribe(pattern, delivery -> Delivery.FULL, SubscribeOptions.DEFAULT);
      case 1 ->
          core.subscribe(
              pattern,
              delivery -> {
                delivery.failed(new RunarException(Code.HANDLER_FAILED, "expected"));
                return Delivery.QUEUED;
              },
              SubscribeOptions.DEFAULT);
      default -> core.subscribe(pattern, (event, context) -> {}, SubscribeOptions.DEFAULT);
    };
  }
}
