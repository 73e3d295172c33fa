package dev.runar.internal.broker;

import dev.runar.apps.App;
import dev.runar.apps.AppLimits;
import dev.runar.apps.AppStore;
import dev.runar.internal.broker.pusher.AppState;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One app of the Pusher dialect in a {@link Simulation}: id {@code 1}, key and secret. */
final class PusherSimulation implements AutoCloseable {
  static final int LANES = 3;
  static final App APP = App.of("1", "key", "secret");

  private static final BrokerOptions OPTIONS =
      new BrokerOptions(
          InMemoryGate.NETWORK,
          10_000,
          1 << 20,
          5,
          3,
          2,
          4,
          1 << 20,
          1 << 20,
          Duration.ofSeconds(25),
          Duration.ofSeconds(60),
          List.of());

  private final Delays delays;
  final Apps apps;
  final Simulation simulation;

  PusherSimulation(AppLimits limits) {
    this(APP.withLimits(limits), Delays.system());
  }

  PusherSimulation(App app, Delays delays) {
    this.delays = delays;
    var found = CompletableFuture.completedFuture(Optional.of(app));
    var store =
        new AppStore() {
          @Override
          public CompletionStage<Optional<App>> byKey(String key) {
            return found;
          }

          @Override
          public CompletionStage<Optional<App>> byId(String id) {
            return found;
          }
        };
    apps = new Apps(store, Clock.system(), delays);
    simulation = new Simulation(OPTIONS, LANES, gate -> new PusherPaths(apps, gate, ""));
  }

  /** Of an app with sessions. */
  AppState state() {
    return apps.state("1").orElseThrow();
  }

  Simulation.Client connect(int lane) {
    var arrival = new Arrival("/app/key", "protocol=7", null, false);
    return simulation.connect(lane, simulation.broker.route("/app/key").orElseThrow(), arrival);
  }

  void lose(Simulation.Client client) {
    simulation.on(client.lane, () -> client.session.closedByPeer(1006, ""));
  }

  /** {@code pusher:subscribe} as a user. */
  static String joining(Simulation.Client client, String channel, String userId) {
    String data = "{\"user_id\":\"" + userId + "\"}";
    String signed = client.session.id() + ":" + channel + ":" + data;
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"key:%s\",\"channel_data\":\"%s\"}}"
        .formatted(channel, Signature.sign("secret", signed), data.replace("\"", "\\\""));
  }

  static String leaving(String channel) {
    return "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" + channel + "\"}}";
  }

  /** {@code pusher:signin} as a user who watches others. */
  static String signing(Simulation.Client client, String userId, String... watched) {
    String list = watched.length == 0 ? "" : "\"" + String.join("\",\"", watched) + "\"";
    String data = "{\"id\":\"%s\",\"watchlist\":[%s]}".formatted(userId, list);
    String signed = client.session.id() + "::user::" + data;
    return "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"key:%s\",\"user_data\":\"%s\"}}"
        .formatted(Signature.sign("secret", signed), data.replace("\"", "\\\""));
  }

  @Override
  public void close() {
    delays.close();
  }
}
