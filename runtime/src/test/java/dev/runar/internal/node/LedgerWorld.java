package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.time.TurnedTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A node whose contexts and whose time are the test's. One thread does everything. */
final class LedgerWorld implements AutoCloseable {
  private record Live(LedgerContext context, Subscription subscription, String pattern) {}

  private final TurnedTime time = new TurnedTime();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NodeCore core =
      new NodeCore(NodeConfig.DEFAULT, time, time, threads, ActionStages.NONE, Outskirts.NONE);
  private final List<Live> live = new ArrayList<>();
  private final List<LedgerContext> contexts = new ArrayList<>();

  Ledger.Counts counts() {
    return core.ledger().counts();
  }

  void take(LedgerStep step) {
    switch (step) {
      case LedgerStep.Publish(int topic, boolean retained) -> publish(topic, retained);
      case LedgerStep.Subscribe(String pattern, int script, SubscribeOptions options) -> {
        var context = new LedgerContext("script " + script);
        contexts.add(context);
        live.add(new Live(context, core.subscribe(pattern, context, options), pattern));
      }
      case LedgerStep.Unsubscribe(int which) when !live.isEmpty() ->
          live.remove(which % live.size()).subscription.close();
      case LedgerStep.Reload(int which, SubscribeOptions options) when !live.isEmpty() ->
          reload(live.remove(which % live.size()), options);
      case LedgerStep.Kill(int which) when !live.isEmpty() ->
          live.get(which % live.size()).context.kill();
      case LedgerStep.Unsubscribe _, LedgerStep.Reload _, LedgerStep.Kill _ -> {}
      case LedgerStep.Turn() -> contexts.forEach(LedgerContext::turn);
      case LedgerStep.Finish(int which, boolean fails) ->
          contexts.forEach(context -> context.finish(which, fails));
      case LedgerStep.Pass(int ms) -> time.pass(Duration.ofMillis(ms));
      case LedgerStep.Replay() -> replay();
    }
  }

  private void publish(int topic, boolean retained) {
    var options =
        retained
            ? PublishOptions.DEFAULT.withRetainFor(Duration.ofMillis(500))
            : PublishOptions.DEFAULT;
    PublishReceipt receipt = core.publish("t/" + topic, Payload.of("x"), options).join();
    assertThat(receipt.matched()).isEqualTo(receipt.queued() + receipt.refused());
  }

  private void reload(Live out, SubscribeOptions options) {
    var context = new LedgerContext(out.context.owner());
    contexts.add(context);
    Subscription in = core.prepare(out.pattern, context, options);
    core.services()
        .exchange(
            new Holdings(List.of(), List.of(out.subscription)),
            new Holdings(List.of(), List.of(in)));
    live.add(new Live(context, in, out.pattern));
  }

  private void replay() {
    for (Map<String, ?> letter : core.deliveries().deadLetters()) {
      try {
        long _ = core.deliveries().replay((Long) letter.get("id"));
      } catch (RunarException gone) {
        assertThat(gone.code()).isIn(Code.NOT_FOUND, Code.OVERLOADED);
      }
      return;
    }
  }

  /** Everything that waits comes to its end. */
  void drain() {
    contexts.forEach(LedgerContext::drain);
    for (int i = 0; i < 200 && counts().waiting() > 0; i++) {
      time.pass(Duration.ofSeconds(1));
      contexts.forEach(LedgerContext::drain);
      assertThatItAddsUp();
    }
    assertThat(core.deliveries().bySubscription())
        .allSatisfy(each -> assertThat(each).containsEntry("waiting", 0L));
  }

  void assertThatItAddsUp() {
    Ledger.Counts counts = counts();
    assertThat(counts.matched()).isEqualTo(counts.queued() + counts.refused());
    assertThat(counts.waiting()).isNotNegative();
    for (Map<String, ?> each : core.deliveries().bySubscription()) {
      long ended = (Long) each.get("handled") + (Long) each.get("failed");
      assertThat((Long) each.get("queued")).isEqualTo(ended + (Long) each.get("waiting"));
      assertThat((Long) each.get("waiting")).isNotNegative();
    }
    assertThat(sum("queued")).isEqualTo(counts.queued());
    assertThat(sum("refused")).isEqualTo(counts.refused());
    assertThat(sum("handled")).isEqualTo(counts.handled());
    assertThat(sum("failed")).isEqualTo(counts.failed());
    assertThat(sum("waiting")).isEqualTo(counts.waiting());
  }

  private long sum(String count) {
    return core.deliveries().bySubscription().stream()
        .mapToLong(each -> (Long) each.get(count))
        .sum();
  }

  @Override
  public void close() {
    core.close();
    threads.close();
  }
}
