package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P42 and P13 in turned time: counts of subscribers, and silent clients. */
@Timeout(60)
class SubscriptionCountTest {
  private static final App APP =
      App.of("1", "key", "secret")
          .withActivityTimeout(Duration.ofSeconds(120))
          .withPingTimeout(Duration.ofSeconds(30));

  private long nanos;
  private final List<Runnable> later = new ArrayList<>();
  private final Simulation simulation =
      new Simulation(
          new BrokerOptions(
              InMemoryGate.NETWORK,
              1_000,
              1 << 20,
              5,
              3,
              2,
              4,
              1 << 20,
              1 << 20,
              Duration.ofSeconds(25),
              Duration.ofSeconds(60),
              List.of()),
          2,
          gate -> new PusherPaths(new Apps(new One(), new Turned(), new Collected()), gate, ""));

  private static final class One implements AppStore {
    @Override
    public CompletionStage<Optional<App>> byKey(String key) {
      return CompletableFuture.completedFuture(Optional.of(APP));
    }

    @Override
    public CompletionStage<Optional<App>> byId(String id) {
      return byKey(id);
    }
  }

  private final class Turned implements Clock {
    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long wallMs() {
      return nanos / 1_000_000;
    }
  }

  private final class Collected implements Delays {
    @Override
    public Runnable after(long wait, Runnable task) {
      later.add(task);
      return () -> later.remove(task);
    }

    @Override
    public void close() {}
  }

  private Simulation.Client connect(int lane) {
    var arrival = new Arrival("/app/key", "protocol=7", null, false);
    var client =
        simulation.connect(lane, simulation.broker.route("/app/key").orElseThrow(), arrival);
    assertThat(client.got()).singleElement().asString().contains("connection_established");
    return client;
  }

  private static String subscribing(String channel) {
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" + channel + "\"}}";
  }

  private static String count(int count) {
    return "{\"channel\":\"news\",\"event\":\"pusher_internal:subscription_count\","
        + "\"data\":\"{\\\"subscription_count\\\":"
        + count
        + "}\"}";
  }

  @Test
  void p42EachChangeWhileTheyAreFew() {
    var one = connect(0);
    one.says(subscribing("news"));
    assertThat(one.got())
        .satisfiesExactly(
            answer -> assertThat(answer).contains("subscription_succeeded"),
            told -> assertThat(told).isEqualTo(count(1)));
    var two = connect(1);
    two.says(subscribing("news"));
    simulation.settle();
    assertThat(one.got()).containsExactly(count(2));
    assertThat(two.got()).hasSize(2).contains(count(2));
    two.says("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
    simulation.settle();
    assertThat(one.got()).containsExactly(count(1));
    assertThat(two.got()).isEmpty();
    assertThat(later).isEmpty();
  }

  @Test
  void p42EveryFiveSecondsWhenTheyAreMany() {
    var first = connect(0);
    first.says(subscribing("news"));
    IntStream.range(0, 99).forEach(i -> connect(i % 2).says(subscribing("news")));
    simulation.settle();
    assertThat(first.got()).hasSize(101).last().isEqualTo(count(100));
    IntStream.range(0, 20).forEach(i -> connect(i % 2).says(subscribing("news")));
    simulation.settle();
    assertThat(first.got()).as("nothing for a while").isEmpty();
    nanos += TimeUnit.SECONDS.toNanos(5);
    assertThat(later).as("one notice waits").hasSize(1);
    later.removeFirst().run();
    simulation.settle();
    assertThat(first.got()).containsExactly(count(120));
  }

  @Test
  void p42NotOnPresenceChannels() {
    var client = connect(0);
    String signed = client.session.id() + ":presence-news:{\"user_id\":\"u\"}";
    client.says(
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-news\",\"auth\":\"key:"
            + Signature.sign("secret", signed)
            + "\",\"channel_data\":\"{\\\"user_id\\\":\\\"u\\\"}\"}}");
    assertThat(client.got()).singleElement().asString().contains("subscription_succeeded");
  }

  @Test
  void aClientSubscribesToSoManyChannelsOnly() {
    var client = connect(0);
    IntStream.range(0, 5).forEach(i -> client.says(subscribing("news-" + i)));
    assertThat(client.got()).filteredOn(told -> told.contains("succeeded")).hasSize(5);
    client.says(subscribing("news-5"));
    assertThat(client.got())
        .singleElement()
        .asString()
        .contains("pusher:subscription_error", "LimitReached", "has 5 subscriptions");
  }

  @Test
  void p13ASilentClientIsAskedByPusherPing() {
    var client = connect(0);
    sweepAfter(119);
    assertThat(client.got()).isEmpty();
    sweepAfter(2);
    assertThat(client.got()).containsExactly("{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
    simulation.on(0, client.session::heard);
    sweepAfter(119);
    assertThat(client.got()).isEmpty();
    sweepAfter(2);
    assertThat(client.got()).hasSize(1);
    sweepAfter(28);
    assertThat(client.connection.closeCode).isZero();
    sweepAfter(3);
    assertThat(client.connection.closeCode).isEqualTo(4201);
    assertThat(client.connection.pings).as("a ping of WebSocket is not asked for").isZero();
  }

  private void sweepAfter(int seconds) {
    simulation.nanos += TimeUnit.SECONDS.toNanos(seconds);
    simulation.on(0, simulation.lanes.get(0)::sweep);
    simulation.settle();
  }
}
