package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UsersTest {
  private final Users users = new Users();
  private final Client a = new Client("1.1");
  private final Client b = new Client("1.2");
  private final Client watcher = new Client("1.3");

  /** A session that keeps whether somebody it watches came or went. */
  private static final class Client implements Session {
    private final String id;
    private final List<String> got = new CopyOnWriteArrayList<>();

    Client(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String path() {
      return "/app/key";
    }

    @Override
    public Map<String, String> query() {
      return Map.of();
    }

    @Override
    public String remoteAddress() {
      return "127.0.0.1:1";
    }

    @Override
    public Optional<Payload> identity() {
      return Optional.empty();
    }

    @Override
    public Delivery send(Payload message) {
      got.add(message.text().contains("\"online\"") ? "online" : "offline");
      return Delivery.QUEUED;
    }

    @Override
    public void close(int code, String reason) {}
  }

  @Test
  void p58AWatcherHearsOfTheFirstAndTheLastConnectionOnly() {
    assertThat(users.watch("u", watcher)).isFalse();
    users.enter("u", a);
    users.enter("u", b);
    users.leave("u", a);
    assertThat(watcher.got).containsExactly("online");
    users.leave("u", b);
    assertThat(watcher.got).containsExactly("online", "offline");
  }

  @Test
  void p57WhoIsHereAlreadyIsSaidAtOnceAndNotAgain() {
    users.enter("u", a);
    assertThat(users.watch("u", watcher)).isTrue();
    users.enter("u", b);
    assertThat(watcher.got).isEmpty();
  }

  @Test
  void whoWatchesNoLongerHearsNothingAndNothingIsKept() {
    users.enter("u", a);
    users.watch("u", watcher);
    users.unwatch("u", watcher);
    users.leave("u", a);
    assertThat(watcher.got).isEmpty();
    assertThat(users.size()).isZero();
    assertThat(users.signedIn()).isZero();
  }

  @Test
  void p55TheSessionsOfAUserAreKnownWhileTheyAreHere() {
    users.enter("u", a);
    users.enter("u", b);
    assertThat(users.sessions("u")).containsExactlyInAnyOrder(a, b);
    users.leave("u", a);
    assertThat(users.sessions("u")).containsExactly(b);
    assertThat(users.sessions("nobody")).isEmpty();
  }

  @Test
  void comingAndGoingAlternateForEveryWatcherHoweverManyThreadsComeAndGo() throws Exception {
    int threads = 4;
    var together = new CyclicBarrier(threads);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        var own = new Client("2." + i);
        pool.submit(
            () -> {
              for (int round = 0; round < 500; round++) {
                together.await();
                users.enter("u", own);
                users.leave("u", own);
              }
              return null;
            });
      }
      pool.submit(() -> users.watch("u", watcher));
    }
    users.unwatch("u", watcher);
    assertThat(users.size()).isZero();
    for (int i = 1; i < watcher.got.size(); i++) {
      assertThat(watcher.got.get(i)).isNotEqualTo(watcher.got.get(i - 1));
    }
  }
}
