package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever happens to subscriptions with whatever options: after each step the counts add up. What
 * fails is told as the shortest list of steps that fails, with its seed.
 */
class LedgerPropertyTest {
  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theCountsAddUpAfterEachStep(@ForAll("steps") List<LedgerStep> steps) {
    try (var world = new LedgerWorld()) {
      for (LedgerStep step : steps) {
        world.take(step);
        world.assertThatItAddsUp();
      }
      world.drain();
      Statistics.label("refused").collect(world.counts().refused() > 0);
      Statistics.label("failed").collect(world.counts().failed() > 0);
    }
    for (String label : List.of("refused", "failed")) { // or the steps try too little
      Statistics.label(label).coverage(seen -> seen.check(true).percentage(share -> share > 30));
    }
  }

  @Provide
  Arbitrary<List<LedgerStep>> steps() {
    Arbitrary<Integer> any = Arbitraries.integers().between(0, 20);
    Arbitrary<Boolean> seldom = Arbitraries.integers().between(0, 4).map(n -> n == 4);
    Arbitrary<LedgerStep> publish =
        Combinators.combine(Arbitraries.integers().between(0, 2), seldom)
            .as(LedgerStep.Publish::new);
    Arbitrary<LedgerStep> subscribe =
        Combinators.combine(
                Arbitraries.of("t/0", "t/1", "t/2", "t/*"),
                Arbitraries.integers().between(0, 3),
                options())
            .as(LedgerStep.Subscribe::new);
    Arbitrary<LedgerStep> reload = Combinators.combine(any, options()).as(LedgerStep.Reload::new);
    Arbitrary<LedgerStep> finish =
        Combinators.combine(any, Arbitraries.of(false, false, true)).as(LedgerStep.Finish::new);
    Arbitrary<LedgerStep> pass = Arbitraries.integers().between(0, 200).map(LedgerStep.Pass::new);
    return Arbitraries.frequencyOf(
            Tuple.of(9, publish),
            Tuple.of(2, subscribe),
            Tuple.of(1, any.map(LedgerStep.Unsubscribe::new)),
            Tuple.of(1, reload),
            Tuple.of(1, any.map(LedgerStep.Kill::new)),
            Tuple.of(3, Arbitraries.just(new LedgerStep.Turn())),
            Tuple.of(2, finish),
            Tuple.of(1, pass),
            Tuple.of(1, Arbitraries.just(new LedgerStep.Replay())))
        .list()
        .ofMinSize(1)
        .ofMaxSize(300)
        .withSizeDistribution(RandomDistribution.uniform()); // else most are short
  }

  private static Arbitrary<SubscribeOptions> options() {
    Arbitrary<Boolean> maybe = Arbitraries.of(false, true);
    return Combinators.combine(
            Combinators.combine(maybe, maybe, maybe, maybe, maybe).as(LedgerPropertyTest::options),
            Arbitraries.integers().between(0, 2),
            Arbitraries.of(SubscribeOptions.Overflow.class),
            Arbitraries.integers().between(0, 5))
        .as(
            (options, group, overflow, maxWaiting) ->
                (group == 0 ? options : options.withGroup("g" + group))
                    .withOverflow(overflow, maxWaiting));
  }

  private static SubscribeOptions options(
      boolean serial, boolean retried, boolean timed, boolean replayed, boolean buried) {
    var options = SubscribeOptions.DEFAULT;
    if (serial) {
      options = options.withOrder(SubscribeOptions.Order.SERIAL);
    }
    if (retried) {
      options =
          options.withRetry(
              new ActionOptions.Retry(3, Duration.ofMillis(20), Duration.ofMillis(100), 0.5));
    }
    if (timed) {
      options = options.withTimeout(Duration.ofMillis(50));
    }
    if (replayed) {
      options = options.withReplay(Duration.ofMillis(300));
    }
    return buried ? options.withDeadLetter("t/2") : options;
  }
}
