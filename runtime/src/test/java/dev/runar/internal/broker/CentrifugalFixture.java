package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Clients of the Centrifugal protocol on one lane that the test steps. */
abstract class CentrifugalFixture {
  private static final List<ChannelRule> RULES =
      List.of(
          ChannelRule.of("slow/*").withHistory(100, Duration.ofMinutes(1)).withSlow(SlowPolicy.GAP),
          ChannelRule.of("chat/*")
              .withHistory(10, Duration.ofMinutes(1))
              .withPresence(true, true)
              .withPublish(true));

  final HeldTokens tokens = new HeldTokens();
  final StoppedTime time = new StoppedTime();

  CentrifugalPaths paths;
  final Simulation simulation =
      new Simulation(
          Simulation.options(1 << 20, 4 << 20, 100_000, RULES),
          1,
          gate -> {
            paths = new CentrifugalPaths(gate, new ClientSetting(tokens, time, time));
            return paths;
          });

  Simulation.Client open() {
    Optional<Broker.Route> route = simulation.broker.route("/connection/websocket");
    return simulation.connect(
        0, route.orElseThrow(), new Arrival("/connection/websocket", "", null, false));
  }

  List<String> got(Simulation.Client client) {
    simulation.settle();
    return client.got();
  }

  Simulation.Client connect(ClientTokens.Connecting verdict) {
    Simulation.Client client = open();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    tokens.connecting.getLast().complete(verdict);
    simulation.settle();
    return client;
  }

  static ClientTokens.Connecting ada(long expiresAt, String... channels) {
    return new ClientTokens.Connecting.Allowed(
        "ada", Payload.json("{\"n\":1}"), expiresAt, List.of(channels));
  }

  static String epoch(String subscribed) {
    return subscribed.replaceAll("(?s).*\"epoch\":\"([^\"]+)\".*", "$1");
  }

  static List<Integer> offsets(String text) {
    return Pattern.compile("\"offset\":(\\d+)")
        .matcher(text)
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  static Payload text(int bytes) {
    return Payload.json("\"" + "x".repeat(bytes) + "\"");
  }

  void publish(String channel, int count) {
    for (int i = 0; i < count; i++) {
      simulation.gate.publish(channel, text(60_000));
      simulation.settle();
    }
  }

  static ClientTokens.Connecting someone(String user, int infoBytes, String... channels) {
    return new ClientTokens.Connecting.Allowed(user, text(infoBytes), 0, List.of(channels));
  }
}
