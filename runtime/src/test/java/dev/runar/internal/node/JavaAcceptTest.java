package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Session;
import dev.runar.SocketHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers in Java that are asked who may connect. */
@Timeout(60)
class JavaAcceptTest {
  private static final SocketHandler.Request REQUEST =
      new SocketHandler.Request("/live", Map.of(), Map.of(), "127.0.0.1:1", List.of());

  private final CountDownLatch go = new CountDownLatch(1);
  private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private final SocketHandler handler =
      new SocketHandler() {
        @Override
        public @Nullable Payload accept(Request request) throws Exception {
          seen.add("asked");
          try {
            go.await();
          } catch (InterruptedException e) {
            seen.add("interrupted");
            throw e;
          }
          return Payload.of("ann");
        }

        @Override
        public void message(Session session, Payload message) {}
      };

  @Test
  void aHandlerThatHangsIsInterruptedWhenNobodyWaitsAnyMore() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var accept = new JavaAccept(handler, threads);
      CompletableFuture<Optional<Payload>> word = accept.ask(REQUEST);
      assertThat(seen.poll(50, TimeUnit.SECONDS)).isEqualTo("asked");
      assertThat(word.cancel(false)).isTrue();
      assertThat(seen.poll(50, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }
  }

  @Test
  void aClientThatHasGoneKeepsItsPlaceUntilTheHandlerHasReturned() throws Exception {
    var tasks = new ArrayList<Runnable>();
    var accept = new JavaAccept(handler, tasks::add);
    for (int i = 0; i < JavaAccept.MOST_RUNNING; i++) {
      assertThat(accept.ask(REQUEST).cancel(false)).isTrue();
    }
    assertThatThrownBy(() -> accept.ask(REQUEST).join())
        .cause()
        .isInstanceOfSatisfying(
            RunarException.class,
            error -> assertThat(error.code()).isEqualTo(RunarException.Code.OVERLOADED));
    tasks.removeFirst().run(); // its client has gone: the handler is not called
    assertThat(seen).isEmpty();
    CompletableFuture<Optional<Payload>> next = accept.ask(REQUEST);
    go.countDown();
    tasks.removeLast().run();
    assertThat(next.get().orElseThrow().value()).isEqualTo("ann");
  }
}
