package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.internal.node.ServiceDefinition.EventListener;
import dev.runar.internal.node.ServiceDefinition.Lifecycle;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A service is put into the place of one that is away, and before it has begun another one takes
 * that place: who was there last is there, and nothing comes back behind it.
 */
@Timeout(20)
class ReplacementTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NodeCore core = new NodeCore(NodeConfig.DEFAULT, Clock.system(), threads);
  private final NodeServices services = core.services();

  private final ServiceDefinition dead = service("s", "dead", done());
  private final CompletableFuture<Void> init = new CompletableFuture<>();
  private final ServiceDefinition restarted =
      service(
          "s",
          "restarted",
          init,
          new EventListener("news", SubscribeOptions.DEFAULT, delivery -> Delivery.QUEUED));
  private final ServiceDefinition next = service("s", "next", done());
  private CompletableFuture<Void> replaced = done();

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private ServiceDefinition service(
      String path, String name, CompletableFuture<Void> init, EventListener... events) {
    var lifecycle =
        new Lifecycle() {
          @Override
          public CompletableFuture<Void> init() {
            return init;
          }

          @Override
          public CompletableFuture<Void> start() {
            return done();
          }

          @Override
          public CompletableFuture<Void> stop() {
            return done();
          }
        };
    return new ServiceDefinition(
        new ServiceScope(core.config().networkId(), path),
        name,
        "1.0.0",
        "",
        List.of(),
        List.of(events),
        Map.of(),
        List.of(),
        List.of(),
        1,
        lifecycle);
  }

  @BeforeEach
  void replaceTheDeadOne() {
    services.startAll().join();
    services.add(dead).join();
    services.away(dead, "it has died");
    replaced = services.replace(dead, restarted);
    assertThat(there()).containsExactly(restarted);
  }

  @AfterEach
  void stop() {
    services.stopAll().join();
    core.close();
    threads.shutdown();
  }

  private List<ServiceDefinition> there() {
    return Stream.of(dead, restarted, next).filter(services::has).toList();
  }

  private static Holdings of(ServiceDefinition... services) {
    return new Holdings(List.of(services), List.of());
  }

  private void initFails() {
    init.completeExceptionally(new RunarException(Code.HANDLER_FAILED, "no init"));
    assertThat(replaced).isCompletedExceptionally();
  }

  @Test
  void theOneThatIsAwayComesBackWhenNobodyElseHasThePlace() {
    initFails();
    assertThat(there()).containsExactly(dead);
  }

  @Test
  void anExchangeTakesOutWhatIsThereOfAllThatMayBe() {
    assertThat(services.exchange(of(dead, restarted), of(next))).containsExactly(restarted);
    assertThat(there()).containsExactly(next);
  }

  @Test
  void whatIsToComeBackDoesNotFromUnderAnother() {
    services.exchange(of(dead, restarted), of(next));
    initFails();
    assertThat(there()).containsExactly(next);
  }

  @Test
  void whatIsToComeBackDoesNotEvenWhereThePathIsFree() {
    services.exchange(of(dead, restarted), of());
    initFails();
    assertThat(there()).isEmpty();
  }

  @Test
  void whatWasTakenOutAndPutBackIsNotReplacedByWhatWasBeforeIt() {
    List<ServiceDefinition> out = services.exchange(of(dead, restarted), of(next));
    services.exchange(of(next), new Holdings(out, List.of()));
    initFails();
    assertThat(there()).containsExactly(restarted);
  }

  @Test
  void whatWasTakenOutDoesNotBegin() {
    services.exchange(of(dead, restarted), of(next));
    init.complete(null);
    assertThat(replaced)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("service \"s\" was replaced before it began");
    assertThat(there()).containsExactly(next);
  }

  @Test
  void whatIsTakenOutOnItsWaySubscribesToNothing() {
    var _ =
        core.subscribe(
            "$registry/services/s/state/initialized",
            delivery -> {
              services.exchange(of(dead, restarted), of(next));
              return Delivery.CLOSED;
            },
            SubscribeOptions.DEFAULT);
    int before = core.subscriptions();

    init.complete(null);

    assertThat(there()).containsExactly(next);
    assertThat(core.subscriptions()).isEqualTo(before);
    assertThat(replaced)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("service \"s\" was replaced before it began");
  }
}
