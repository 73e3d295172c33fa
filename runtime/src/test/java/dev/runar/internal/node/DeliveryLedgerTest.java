package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to subscriptions with whatever options: after each step the counts add up. Time
 * is turned by the test, and one thread does everything, so that a seed gives the same run.
 */
@Timeout(60)
class DeliveryLedgerTest {
  private static final int STEPS = 600;

  private final TurnedTime time = new TurnedTime();

  /** A handler in a context that can be full, slow and killed. */
  private static final class Context implements EventEndpoint {
    private final String name;
    private final ArrayDeque<EventDelivery> queue = new ArrayDeque<>();
    private final List<EventDelivery> running = new ArrayList<>();
    private boolean isDead;

    Context(String name) {
      this.name = name;
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      if (isDead) {
        return Delivery.CLOSED;
      }
      if (queue.size() >= 8) {
        return Delivery.FULL;
      }
      queue.add(delivery);
      return Delivery.QUEUED;
    }

    @Override
    public String owner() {
      return name;
    }

    @Override
    public int lane(Event event) {
      return (int) (event.id() % 3);
    }

    void turn() {
      EventDelivery next = queue.poll();
      if (next != null) {
        next.begun();
        running.add(next);
      }
    }

    void finish(SplittableRandom random) {
      if (running.isEmpty()) {
        return;
      }
      EventDelivery one = running.remove(random.nextInt(running.size()));
      if (random.nextInt(3) == 0) {
        one.failed(new RunarException(Code.HANDLER_FAILED, "expected"));
      } else {
        one.handled();
      }
    }

    void kill() {
      isDead = true;
      var gone = new RunarException(Code.CONTEXT_GONE, "killed");
      while (!queue.isEmpty()) {
        queue.remove().failed(gone);
      }
      List<EventDelivery> begun = List.copyOf(running);
      running.clear();
      begun.forEach(each -> each.failed(gone));
    }
  }

  private record Live(Context context, Subscription subscription, String pattern) {}

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theCountsAddUpAfterEachStep(long seed) {
    var random = new SplittableRandom(seed);
    var live = new ArrayList<Live>();
    var contexts = new ArrayList<Context>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        NodeCore core =
            new NodeCore(
                NodeConfig.DEFAULT, time, time, threads, ActionStages.NONE, Outskirts.NONE)) {
      for (int step = 0; step < STEPS; step++) {
        step(random, core, live, contexts);
        assertThatItAddsUp(core);
      }
      contexts.forEach(context -> drain(context, random));
      for (int i = 0; i < 200 && core.ledger().counts().waiting() > 0; i++) {
        time.pass(Duration.ofSeconds(1));
        contexts.forEach(context -> drain(context, random));
        assertThatItAddsUp(core);
      }
      assertThat(core.deliveries().bySubscription())
          .allSatisfy(each -> assertThat(each).containsEntry("waiting", 0L));
      assertThat(core.ledger().counts().failed()).isPositive();
      assertThat(core.ledger().counts().refused()).isPositive();
    }
  }

  private void step(
      SplittableRandom random, NodeCore core, List<Live> live, List<Context> contexts) {
    switch (random.nextInt(16)) {
      case 0 -> {
        String pattern = "t/" + (random.nextBoolean() ? "*" : random.nextInt(3));
        var context = new Context("script " + random.nextInt(4));
        contexts.add(context);
        live.add(new Live(context, core.subscribe(pattern, context, options(random)), pattern));
      }
      case 1 -> {
        if (live.size() > 4) {
          live.remove(random.nextInt(live.size())).subscription.close();
        }
      }
      case 2 -> {
        if (!live.isEmpty()) {
          live.get(random.nextInt(live.size())).context.kill();
        }
      }
      case 3 -> reload(random, core, live, contexts);
      case 4 -> time.pass(Duration.ofMillis(random.nextInt(200)));
      case 5 -> {
        for (Map<String, ?> letter : core.deliveries().deadLetters()) {
          try {
            long _ = core.deliveries().replay((Long) letter.get("id"));
          } catch (RunarException gone) {
            assertThat(gone.code()).isIn(Code.NOT_FOUND, Code.OVERLOADED);
          }
          break;
        }
      }
      case 6, 7, 8 -> contexts.forEach(Context::turn);
      case 9, 10 -> contexts.forEach(context -> context.finish(random));
      default -> publish(random, core);
    }
  }

  private static void publish(SplittableRandom random, NodeCore core) {
    var options =
        random.nextInt(5) == 0
            ? PublishOptions.DEFAULT.withRetainFor(Duration.ofMillis(500))
            : PublishOptions.DEFAULT;
    PublishReceipt receipt =
        core.publish("t/" + random.nextInt(3), Payload.of("x"), options).join();
    assertThat(receipt.matched()).isEqualTo(receipt.queued() + receipt.refused());
  }

  private static void reload(
      SplittableRandom random, NodeCore core, List<Live> live, List<Context> contexts) {
    if (live.isEmpty()) {
      return;
    }
    Live out = live.remove(random.nextInt(live.size()));
    var context = new Context(out.context.name);
    contexts.add(context);
    Subscription in = core.prepare(out.pattern, context, options(random));
    core.services()
        .exchange(
            new Holdings(List.of(), List.of(out.subscription)),
            new Holdings(List.of(), List.of(in)));
    live.add(new Live(context, in, out.pattern));
  }

  private static SubscribeOptions options(SplittableRandom random) {
    var options = SubscribeOptions.DEFAULT;
    if (random.nextInt(3) == 0) {
      return options;
    }
    if (random.nextBoolean()) {
      options = options.withOrder(SubscribeOptions.Order.SERIAL);
    }
    if (random.nextBoolean()) {
      options =
          options.withRetry(
              new ActionOptions.Retry(3, Duration.ofMillis(20), Duration.ofMillis(100), 0.5));
    }
    if (random.nextInt(3) == 0) {
      options = options.withGroup("g" + random.nextInt(2));
    }
    if (random.nextInt(3) == 0) {
      options = options.withTimeout(Duration.ofMillis(50));
    }
    if (random.nextInt(3) == 0) {
      options = options.withReplay(Duration.ofMillis(300));
    }
    if (random.nextInt(3) == 0) {
      options = options.withDeadLetter("t/2");
    }
    var overflows = SubscribeOptions.Overflow.values();
    return options.withOverflow(overflows[random.nextInt(3)], random.nextInt(6));
  }

  private static void drain(Context context, SplittableRandom random) {
    while (!context.queue.isEmpty() || !context.running.isEmpty()) {
      context.turn();
      context.finish(random);
    }
  }

  private static void assertThatItAddsUp(NodeCore core) {
    Ledger.Counts counts = core.ledger().counts();
    assertThat(counts.matched()).isEqualTo(counts.queued() + counts.refused());
    assertThat(counts.waiting()).isNotNegative();
    for (Map<String, ?> each : core.deliveries().bySubscription()) {
      long ended = (Long) each.get("handled") + (Long) each.get("failed");
      assertThat((Long) each.get("queued")).isEqualTo(ended + (Long) each.get("waiting"));
      assertThat((Long) each.get("waiting")).isNotNegative();
    }
    assertThat(sum(core, "queued")).isEqualTo(counts.queued());
    assertThat(sum(core, "refused")).isEqualTo(counts.refused());
    assertThat(sum(core, "handled")).isEqualTo(counts.handled());
    assertThat(sum(core, "failed")).isEqualTo(counts.failed());
    assertThat(sum(core, "waiting")).isEqualTo(counts.waiting());
  }

  private static long sum(NodeCore core, String count) {
    return core.deliveries().bySubscription().stream()
        .mapToLong(each -> (Long) each.get(count))
        .sum();
  }

  @Test
  void whatTheNodeStillHoldsAtItsEndFails() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      NodeCore core =
          new NodeCore(NodeConfig.DEFAULT, time, time, threads, ActionStages.NONE, Outskirts.NONE);
      var context = new Context("script x");
      core.subscribe(
          "t/x", context, SubscribeOptions.DEFAULT.withOrder(SubscribeOptions.Order.SERIAL));
      var receipt =
          core.publish(
              "t/x", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));
      PublishReceipt _ = core.publish("t/x", Payload.of(2));
      context.turn();
      core.close();
      context.kill();
      assertThat(receipt.join().failed()).isEqualTo(1);
      assertThat(core.ledger().counts().failed()).isEqualTo(2);
      assertThat(core.ledger().counts().waiting()).isZero();
    }
  }
}
