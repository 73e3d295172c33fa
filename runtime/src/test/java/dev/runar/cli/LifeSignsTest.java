package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When an init system is told that a node lives. */
@Timeout(60)
class LifeSignsTest {
  /** Keeps the times of the signs, in nanoseconds. */
  private record Signs(Duration time, BlockingQueue<Long> given) implements InitSystem {
    static Signs every(Duration time) {
      return new Signs(time, new LinkedBlockingQueue<>());
    }

    @Override
    public void ready(String status) {}

    @Override
    public void alive() {
      given.add(System.nanoTime());
    }

    @Override
    public void stopping(Duration patience) {}

    @Override
    public Optional<Duration> watchdog() {
      return Optional.of(time);
    }
  }

  @Test
  void aNodeThatRefusesForLoadLives() throws Exception {
    var limits = NodeConfig.DEFAULT.limits().withRequestsInFlight(4);
    Node node = Node.builder().config(NodeConfig.DEFAULT.withLimits(limits)).build();
    var end = new CountDownLatch(1);
    Service slow =
        Service.at("slow")
            .action(
                "wait",
                (payload, context) -> {
                  end.await();
                  return payload;
                })
            .build();
    node.addService(slow).join();
    node.start().join();
    var waiting =
        Stream.generate(() -> node.request("slow/wait", Payload.of(null))).limit(8).toList();

    assertThat(waiting).anyMatch(CompletableFuture::isCompletedExceptionally); // beyond the bound

    Signs signs = Signs.every(Duration.ofMillis(200));
    try (var _ = LifeSigns.begin(node, signs)) {
      assertThat(node.request("$health/live", Payload.of(null)))
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableThat()
          .havingCause()
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
      assertThat(signs.given.poll(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(signs.given.poll(10, TimeUnit.SECONDS)).isNotNull();
    } finally {
      end.countDown();
      node.stop().join();
    }
  }

  @Test
  void oneLateAnswerLeavesNoGapThatEndsTheProcess() throws Exception {
    var asked = new AtomicInteger();
    Node node =
        Node.builder()
            .use(
                new Middleware() {
                  @Override
                  public CompletableFuture<Payload> request(
                      Request request, Next<Request, Payload> next) {
                    return asked.incrementAndGet() == 2
                        ? new CompletableFuture<>() // until its deadline
                        : next.proceed(request);
                  }
                })
            .build();
    node.start().join();
    var time = Duration.ofSeconds(6);

    Signs signs = Signs.every(time);
    try (var _ = LifeSigns.begin(node, signs)) {
      long first = signs.given.take();
      long second = signs.given.take();
      assertThat(asked).hasValue(3);
      // Asked again after 3 s, given up after 1.5 s more, and asked at once.
      assertThat(Duration.ofNanos(second - first)).isLessThan(time);
    } finally {
      node.stop().join();
    }
  }
}
