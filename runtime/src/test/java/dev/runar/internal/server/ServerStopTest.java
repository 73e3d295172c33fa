package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.internal.protocol.ClientFrames;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a server stops, and what its clients hear of it: real sockets. */
@Timeout(60)
class ServerStopTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aStopWithoutPatienceStillTellsTheClientsAndWritesNothingAfterTheEnd(Transport transport)
      throws Exception {
    var problems = new ConcurrentLinkedQueue<String>();
    var handler = new LogCollector(problems);
    Logger netty = Logger.getLogger("io.netty");
    netty.addHandler(handler);
    try {
      for (int i = 0; i < 30; i++) {
        var node = new ServerFixture(transport);
        try (var client = node.topics()) {
          node.server.stop(Duration.ZERO).join();
          assertThat(client.lastOfAll()).isEqualTo("close 1001 the node stops");
        } finally {
          node.broker.close();
        }
      }
    } finally {
      netty.removeHandler(handler);
    }
    assertThat(problems).isEmpty();
  }

  private static final class LogCollector extends Handler {
    private final Queue<String> lines;

    LogCollector(Queue<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        lines.add(line.getMessage() + " " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void stoppingTellsTheClientsAndGivesEverythingBack(Transport transport) throws Exception {
    var node = new ServerFixture(transport);
    // The idle one first: with the other's answer it has been accepted too. A connection that waits
    // to be accepted is reset by the kernel when the listening socket closes.
    try (var idle = new RawClient(node.port());
        var client = node.topics()) {
      client.say("{\"ping\":1}");
      client.next();
      CompletableFuture<Void> stopped = node.server.stop(Duration.ofSeconds(5));
      assertThat(client.next()).isEqualTo("close 1001 the node stops");
      client.write(ClientFrames.close(1001, new byte[0]));
      assertThat(client.isAtEnd()).isTrue();
      assertThat(idle.isAtEnd()).isTrue();
      stopped.get(10, TimeUnit.SECONDS);
      assertThat(node.server.stop(Duration.ofSeconds(5))).isSameAs(stopped);
      int port = node.port();
      assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aPublisherWithoutPauseDoesNotKeepTheFarewellFromTheClients(Transport transport)
      throws Exception {
    var node = new ServerFixture(transport);
    var done = new AtomicBoolean();
    Thread publisher =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    for (int i = 0; i < 1_000; i++) {
                      var _ = node.gate.publish("a/b", Payload.of("x".repeat(200)));
                    }
                    LockSupport.parkNanos(100_000); // or nobody else gets a processor
                  }
                });
    try (var client = node.topics()) {
      client.say("{\"subscribe\":\"a/b\"}");
      client.next();
      client.next();
      CompletableFuture<Void> stopped = node.server.stop(Duration.ofSeconds(4));
      assertThat(client.lastOfAll()).isEqualTo("close 1001 the node stops");
      client.close();
      stopped.get(20, TimeUnit.SECONDS);
    } finally {
      done.set(true);
      publisher.join();
      node.broker.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientThatDoesNotReadIsCutOffByAStop(Transport transport) throws Exception {
    var node = new ServerFixture(transport);
    try (var client = node.topics()) {
      client.say("{\"subscribe\":\"a/b\"}");
      client.next();
      for (int i = 0; i < 100; i++) {
        var _ = node.gate.publish("a/b", Payload.of("x".repeat(100_000)));
      }
      node.server.stop(Duration.ofSeconds(1)).get(20, TimeUnit.SECONDS);
      assertThat(client.ends()).isTrue();
    } finally {
      node.broker.close();
    }
  }
}
