package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.apps.AppLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sends while a hook of its app is asked is done in its order, and is bounded. */
@Timeout(60)
class HookOrderTest {
  private static final String PING = "{\"event\":\"pusher:ping\"}";

  private final PusherSimulation app = new PusherSimulation(AppLimits.DEFAULT);
  private final List<CompletableFuture<Payload>> asked = new ArrayList<>();

  @AfterEach
  void stop() {
    app.close();
  }

  private void hook(String name) {
    app.simulation.gate.actions.put(
        "$hooks-1/" + name,
        subject -> {
          var answer = new CompletableFuture<Payload>();
          asked.add(answer);
          return answer;
        });
  }

  private static String subscribing(String channel) {
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" + channel + "\"}}";
  }

  private List<String> got(Simulation.Client client) {
    app.simulation.settle();
    return client.got();
  }

  @Test
  void theClientIsNotReadWhileAHookIsAsked() {
    hook("subscribe");
    Simulation.Client client = app.connect(0);
    assertThat(got(client)).hasSize(1);
    client.says(subscribing("a"), PING);
    assertThat(got(client)).isEmpty();
    assertThat(client.connection.reading).isFalse();
    asked.getFirst().complete(Payload.of(true));
    assertThat(got(client))
        .satisfiesExactly(
            first -> assertThat(first).contains("succeeded"),
            second -> assertThat(second).contains("count"),
            third -> assertThat(third).contains("pong"));
    assertThat(client.connection.reading).isTrue();
  }

  @Test
  void answersComeInTheOrderOfTheFramesWheneverTheHookAnswers() {
    hook("subscribe");
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      asked.clear();
      Simulation.Client client = app.connect(0);
      assertThat(got(client)).hasSize(1);
      for (int i = 0; i < 5; i++) {
        client.says(subscribing("c" + i));
        if (random.nextBoolean()) {
          app.simulation.step(0);
        }
        if (random.nextBoolean()) {
          asked.forEach(answer -> answer.complete(Payload.of(random.nextBoolean())));
        }
      }
      var answers = new ArrayList<String>();
      while (answers.size() < 5) {
        got(client).stream()
            .filter(frame -> frame.contains("subscription_succeeded") || frame.contains("_error"))
            .forEach(answers::add);
        asked.forEach(answer -> answer.complete(Payload.of(random.nextBoolean())));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(answers.get(i)).as("seed %s", seed).contains("\"c" + i + "\"");
      }
      app.lose(client);
      app.simulation.settle();
    }
    assertThat(app.apps.size()).isZero();
  }

  @Test
  void tooMuchIsRefused() {
    hook("subscribe");
    Simulation.Client client = app.connect(0);
    assertThat(got(client)).hasSize(1);
    client.says(subscribing("a"));
    for (int i = 0; i < 4_097; i++) {
      client.says(PING);
    }
    assertThat(got(client))
        .singleElement()
        .asString()
        .contains("4301")
        .contains("more than 4096 messages wait");
    asked.getFirst().complete(Payload.of(true));
    assertThat(got(client)).filteredOn(frame -> frame.contains("pong")).hasSize(4_096);
  }

  @Test
  void whoGoesWhileAHookIsAskedLeavesNothing() {
    hook("connect");
    hook("disconnect");
    Simulation.Client client = app.connect(0);
    assertThat(got(client)).isEmpty();
    assertThat(app.state().connections()).isEqualTo(1);
    app.lose(client);
    app.simulation.settle();
    asked.getFirst().complete(Payload.of(true));
    app.simulation.settle();
    assertThat(app.apps.size()).isZero();
    assertThat(asked).as("who let it in hears of its end").hasSize(2);
  }

  @Test
  void whoGoesWhileItsSubscriptionIsAskedIsNotSubscribed() {
    hook("subscribe");
    Simulation.Client client = app.connect(0);
    client.says(subscribing("a"));
    app.simulation.settle();
    app.lose(client);
    asked.getFirst().complete(Payload.of(true));
    app.simulation.settle();
    assertThat(app.apps.size()).isZero();
    assertThat(app.simulation.broker.stats().snapshot().subscriptions()).isZero();
  }
}
