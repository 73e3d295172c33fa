package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.AppLimits;
import dev.runar.internal.protocol.pusher.Signature;
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
  private static final String EVENT =
      "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":1}";

  private final PusherSimulation app =
      new PusherSimulation(AppLimits.DEFAULT.withClientEventsPerSecond(10_000));
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

  private Simulation.Client onPrivateChannel() {
    Simulation.Client client = app.connect(0);
    client.says(signed(client));
    assertThat(got(client)).anyMatch(frame -> frame.contains("succeeded"));
    return client;
  }

  private static String signed(Simulation.Client client) {
    String auth = "key:" + Signature.sign("secret", client.session.id() + ":private-a");
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",\"auth\":\"%s\"}}"
        .formatted(auth);
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

  private void answers(String name, CompletableFuture<Payload> answer) {
    app.simulation.gate.actions.put("$hooks-1/" + name, subject -> answer);
  }

  private static Payload json(String text) {
    return Payload.encoded(Payload.Kind.JSON, text.getBytes(UTF_8));
  }

  private static CompletableFuture<Payload> failing(RunarException why) {
    return CompletableFuture.failedFuture(why);
  }

  private static RunarException away() {
    return new RunarException(Code.NOT_RUNNING, "service \"$hooks-1\" is away");
  }

  private long count(String hook, String outcome) {
    return app.apps.stats().hooks().count(hook, outcome);
  }

  @Test
  void answersThatComeAtOnceAreTakenOneAfterTheOther() {
    hook("client-event");
    Simulation.Client client = onPrivateChannel();
    client.says(EVENT);
    for (int i = 0; i < 4_000; i++) {
      client.says(EVENT);
    }
    assertThat(got(client)).isEmpty();
    answers("client-event", failing(away()));
    asked.getFirst().complete(Payload.of(true));
    assertThat(got(client)).hasSize(4_000).allMatch(frame -> frame.contains("could not decide"));
    assertThat(client.connection.reading).isTrue();
    client.says(PING);
    assertThat(got(client)).singleElement().asString().contains("pong");
  }

  @Test
  void anAnswerThatCannotBeReadIsAFailure() {
    answers("subscribe", CompletableFuture.completedFuture(json("no")));
    answers("connect", CompletableFuture.completedFuture(json("{")));
    Simulation.Client turnedAway = app.connect(0);
    assertThat(got(turnedAway)).singleElement().asString().contains("4100");
    assertThat(turnedAway.connection.closeCode).isEqualTo(4100);
    assertThat(app.apps.size()).isZero();
    app.simulation.gate.actions.remove("$hooks-1/connect");
    Simulation.Client client = app.connect(0);
    assertThat(got(client)).hasSize(1);
    client.says(subscribing("a"), PING);
    assertThat(got(client))
        .satisfiesExactly(
            first -> assertThat(first).contains("503"),
            second -> assertThat(second).contains("pong"));
    assertThat(client.connection.reading).isTrue();
    assertThat(count("connect", "failed")).isEqualTo(1);
    assertThat(count("subscribe", "failed")).isEqualTo(1);
  }

  @Test
  void onlyWhatTheHookItselfThrowsIsARefusal() {
    var own = new RunarException(Code.PERMISSION_DENIED, "members only");
    var nested = new RunarException(Code.PERMISSION_DENIED, "action rooms/all is private");
    Simulation.Client client = app.connect(0);
    assertThat(got(client)).hasSize(1);
    answers("subscribe", failing(own.at("default/1", "$hooks-1/subscribe")));
    client.says(subscribing("a"));
    assertThat(got(client)).singleElement().asString().contains("members only").contains("403");
    answers("subscribe", failing(nested.at("default/1", "rooms/all")));
    client.says(subscribing("a"));
    assertThat(got(client)).singleElement().asString().doesNotContain("rooms").contains("503");
    assertThat(count("subscribe", "refused")).isEqualTo(1);
    assertThat(count("subscribe", "failed")).isEqualTo(1);
  }

  @Test
  void hooksThatFailCloseNobody() {
    Simulation.Client client = onPrivateChannel();
    answers("subscribe", failing(away()));
    answers("client-event", failing(away()));
    for (int i = 0; i < 100; i++) {
      client.says(subscribing("a"));
    }
    assertThat(got(client)).hasSize(100).allMatch(frame -> frame.contains("503"));
    for (int i = 0; i < 1_000; i++) {
      client.says(EVENT);
    }
    assertThat(got(client)).hasSize(1_000);
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void whoGoesWhileItsConnectionIsAskedGivesItsPlaceBackAtOnce() {
    hook("connect");
    Simulation.Client client = app.connect(0);
    Simulation.Client other = app.connect(0);
    app.simulation.settle();
    assertThat(app.state().connections()).isEqualTo(2);
    app.lose(client);
    app.simulation.settle();
    assertThat(app.state().connections()).as("before the hook has answered").isEqualTo(1);
    asked.forEach(answer -> answer.complete(Payload.of(true)));
    assertThat(got(other)).singleElement().asString().contains("connection_established");
    assertThat(app.state().connections()).as("given back once").isEqualTo(1);
    app.lose(other);
    app.simulation.settle();
    assertThat(app.apps.size()).isZero();
  }

  @Test
  void whoIsTurnedAwayGivesItsPlaceBackOnce() {
    hook("connect");
    Simulation.Client first = app.connect(0);
    Simulation.Client second = app.connect(0);
    asked.getFirst().complete(Payload.of(false));
    assertThat(got(first)).singleElement().asString().contains("4009");
    assertThat(app.state().connections()).isEqualTo(1);
    asked.getLast().complete(Payload.of(true));
    assertThat(got(second)).hasSize(1);
    assertThat(app.state().connections()).isEqualTo(1);
  }

  @Test
  void whoTalksWithoutEndBeforeItsConnectionIsThereIsClosed() {
    hook("connect");
    Simulation.Client client = app.connect(0);
    for (int i = 0; i < 100; i++) {
      client.says(PING);
    }
    assertThat(got(client)).hasSize(100).allMatch(frame -> frame.contains("not established yet"));
    assertThat(client.connection.closeCode).isZero();
    client.says(PING);
    app.simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(4301);
    assertThat(app.apps.size()).isZero();
    asked.getFirst().complete(Payload.of(true));
    app.simulation.settle();
    assertThat(app.apps.size()).isZero();
  }

  @Test
  void anAnswerThatCannotBeActedOnIsToldAsAnyOther() {
    hook("client-event");
    Simulation.Client client = onPrivateChannel();
    client.says(EVENT, PING);
    var _ =
        app.simulation.gate.addSink(
            event -> {
              throw new RunarException(Code.SHUTDOWN, "the node has stopped");
            });
    asked.getFirst().complete(Payload.of(true));
    assertThat(got(client))
        .satisfiesExactly(
            first -> assertThat(first).contains("4200").contains("the node has stopped"),
            second -> assertThat(second).contains("pong"));
    assertThat(client.connection.closeCode).isZero();
    assertThat(client.connection.reading).isTrue();
  }

  @Test
  void whoGoesLeavesEverythingEvenIfItsEndCannotBeTold() {
    app.simulation.gate.actions.put(
        "$hooks-1/disconnect",
        subject -> {
          throw new IllegalStateException("broken");
        });
    Simulation.Client client = onPrivateChannel();
    app.lose(client);
    app.simulation.settle();
    assertThat(app.apps.size()).isZero();
    assertThat(app.simulation.broker.stats().snapshot().subscriptions()).isZero();
  }
}
