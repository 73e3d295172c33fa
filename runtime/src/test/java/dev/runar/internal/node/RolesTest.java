package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A role that one service hands to the next is there all the time. */
@Timeout(60)
class RolesTest {
  private static final String PATH = "$hooks-chat";
  private static final int REPLACEMENTS = 5_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NodeCore core = new NodeCore(NodeConfig.DEFAULT, Clock.system(), threads);

  @AfterEach
  void stop() {
    core.services().stopAll().join();
    core.close();
    threads.shutdown();
  }

  /** Each life makes another definition; that of a failing one fails at {@code init}. */
  private static ServiceDefinition hooks(int life, boolean fails) {
    ActionEndpoint endpoint = call -> Delivery.CLOSED;
    return new ServiceDefinition(
        new ServiceScope("default", PATH),
        "hooks " + life,
        "1.0.0",
        "",
        List.of(new ServiceDefinition.Action("subscribe", null, ActionOptions.DEFAULT, endpoint)),
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        1,
        new Lifecycle(fails));
  }

  private record Lifecycle(boolean fails) implements ServiceDefinition.Lifecycle {
    @Override
    public CompletableFuture<Void> init() {
      return fails
          ? CompletableFuture.failedFuture(new RunarException(Code.SCRIPT, "it does not begin"))
          : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> start() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> stop() {
      return CompletableFuture.completedFuture(null);
    }
  }

  /** How often somebody who looks all the time has found nothing while it ran. */
  private long missesDuring(Runnable changes) throws Exception {
    var isOver = new AtomicBoolean();
    Supplier<Long> looks =
        () -> {
          long misses = 0;
          while (!isOver.get()) {
            misses += core.hasRole(PATH, "subscribe") ? 0 : 1;
          }
          return misses;
        };
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      CompletableFuture<Long> misses = CompletableFuture.supplyAsync(looks, reader);
      try {
        changes.run();
      } finally {
        isOver.set(true);
      }
      return misses.get();
    }
  }

  @Test
  void aServiceThatIsReplacedHasItsRoleAllTheTime() throws Exception {
    core.services().add(hooks(0, false)).join();
    long misses =
        missesDuring(
            () -> {
              for (int life = 1; life <= REPLACEMENTS; life++) {
                core.services().replace(hooks(life - 1, false), hooks(life, false)).join();
              }
            });
    assertThat(misses).isZero();
  }

  @Test
  void oneThatDoesNotBeginLeavesTheRoleToTheOneBefore() throws Exception {
    ServiceDefinition first = hooks(0, false);
    core.services().add(first).join();
    long misses =
        missesDuring(
            () -> {
              for (int life = 1; life <= REPLACEMENTS; life++) {
                var replaced = core.services().replace(first, hooks(life, true));
                assertThat(replaced).isCompletedExceptionally();
              }
            });
    assertThat(misses).isZero();
    assertThat(core.services().has(first)).isTrue();
  }
}
