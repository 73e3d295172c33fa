package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.http.StaticFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients come and go on every lane while several threads publish without a pause. */
@Timeout(60)
class SubscriptionRaceTest {
  private static final NodeConfig ROOMY =
      NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withSessionBytes(64 << 20));

  @Test
  void whoSubscribesGetsEverythingAfterItsOffsetAndNothingElse() throws Exception {
    try (var node = new ServerFixture(Transport.best(), ROOMY, StaticFiles.none());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var steady = node.topics()) {
      steady.say("{\"subscribe\":\"t\"}"); // keeps the channel alive
      steady.next();
      var done = new AtomicBoolean();
      var window = new Semaphore(200); // publications that the steady reader has not seen
      threads.submit(() -> readForEver(steady, window));
      for (int i = 0; i < 4; i++) {
        threads.submit(() -> publishUntil(done, window, node));
      }
      var clients = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 6; i++) {
        Callable<Integer> visits = () -> visit(node);
        clients.add(threads.submit(visits));
      }
      int seen = 0;
      try {
        for (Future<Integer> client : clients) {
          seen += client.get(30, TimeUnit.SECONDS);
        }
      } finally {
        done.set(true);
        steady.close();
      }
      assertThat(seen).isPositive();
    }
  }

  private static void publishUntil(AtomicBoolean done, Semaphore window, ServerFixture node) {
    while (!done.get()) {
      window.acquireUninterruptibly();
      node.gate.publish("t", Payload.json("1"));
    }
  }

  private static void readForEver(RawClient client, Semaphore window) {
    try {
      while (true) {
        client.next();
        window.release();
      }
    } catch (IOException e) {
      window.release(1_000); // the test is over: nobody is to wait any more
    }
  }

  /** Subscribes and leaves thirty times; returns the publications seen. */
  private static int visit(ServerFixture node) throws IOException {
    int seen = 0;
    try (var client = node.topics()) {
      for (int round = 0; round < 30; round++) {
        client.say("{\"subscribe\":\"t\"}");
        String subscribed = client.next();
        assertThat(subscribed).startsWith("{\"subscribed\":\"t\",\"offset\":");
        long offset = number(subscribed, "\"offset\":");
        for (int i = 0; i < 20; i++) {
          assertThat(number(client.next(), "\"offset\":")).isEqualTo(++offset);
          seen++;
        }
        client.say("{\"unsubscribe\":\"t\"}");
        String next = client.next();
        while (!next.equals("{\"unsubscribed\":\"t\"}")) {
          assertThat(number(next, "\"offset\":")).isEqualTo(++offset);
          seen++;
          next = client.next();
        }
      }
    }
    return seen;
  }

  private static long number(String frame, String key) {
    int at = frame.indexOf(key) + key.length();
    int end = at;
    while (Character.isDigit(frame.charAt(end))) {
      end++;
    }
    return Long.parseLong(frame, at, end, 10);
  }
}
