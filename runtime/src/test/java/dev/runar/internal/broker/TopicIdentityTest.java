package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.internal.broker.BrokerStats.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who clients of {@code /topics} are, on lanes that a test steps. */
@Timeout(60)
class TopicIdentityTest {
  private final HeldTokens tokens = new HeldTokens();
  private final StoppedTime time = new StoppedTime();
  private final Simulation simulation =
      new Simulation(
          Simulation.OPTIONS, 1, gate -> DialectPaths.NONE, new ClientSetting(tokens, time, time));

  @AfterEach
  void theDialectHasNoTokensOfSubscriptions() {
    assertThat(tokens.subscribing).isEmpty();
  }

  private Simulation.Client client() {
    return simulation.connect(0);
  }

  private List<String> got(Simulation.Client client) {
    simulation.settle();
    return client.got();
  }

  private static ClientTokens.Connecting of(String user, long expiresAt) {
    return new ClientTokens.Connecting.Allowed(
        user, Payload.json("{\"n\":1}"), expiresAt, List.of());
  }

  private void answers(ClientTokens.Connecting verdict) {
    tokens.connecting.getLast().complete(verdict);
    simulation.settle();
  }

  private static String connected(Simulation.Client client, String user, String name, String more) {
    return "{\"connected\":{\"session\":\"%s\",\"user\":\"%s\",\"client\":\"%s\"%s"
        .formatted(client.session.id(), user, name, more);
  }

  @Test
  void whatFollowsAConnectWaitsInOrderUntilTheTokenWasLookedAt() {
    Simulation.Client client = client();
    client.says(
        "{\"connect\":{\"token\":\"t\",\"client\":\"phone\"},\"id\":1}",
        "{\"subscribe\":\"a\",\"id\":2}",
        "{\"publish\":\"a\",\"data\":1}",
        "{\"ping\":3}");
    assertThat(got(client)).isEmpty();
    assertThat(client.connection.reading).isFalse();
    answers(of("ada", 0));
    assertThat(client.connection.reading).isTrue();
    assertThat(client.got())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo(connected(client, "ada", "phone", "},\"id\":1}")),
            second -> assertThat(second).startsWith("{\"subscribed\":\"a\",\"offset\":0,"),
            third -> assertThat(third).isEqualTo("{\"topic\":\"a\",\"data\":1,\"offset\":1}"),
            fourth -> assertThat(fourth).isEqualTo("{\"pong\":3}"));
    assertThat(tokens.shown).containsExactly("t");
  }

  @Test
  void whoHasShownNoTokenMayOnlyConnectAndPing() {
    Simulation.Client client = client();
    client.says(
        "{\"subscribe\":\"a\",\"id\":1}",
        "{\"publish\":\"a\",\"id\":2}",
        "{\"request\":\"a/b\",\"id\":3}",
        "{\"list\":true,\"id\":4}",
        "{\"watch\":\"topics\",\"id\":5}",
        "{\"history\":\"a\",\"id\":6}",
        "{\"unsubscribe\":\"a\",\"id\":7}",
        "{\"produce\":\"a\",\"id\":8}",
        "{\"ping\":9}");
    List<String> got = got(client);
    assertThat(got).hasSize(9).endsWith("{\"pong\":9}");
    for (int id = 1; id <= 8; id++) {
      assertThat(got.get(id - 1))
          .isEqualTo(
              "{\"error\":{\"code\":\"PERMISSION_DENIED\",\"message\":\"connect with a token first:"
                  + " {\\\"connect\\\":{\\\"token\\\":\\\"…\\\"}}\"},\"id\":"
                  + id
                  + "}");
    }
    assertThat(simulation.refusals(Refusal.TOKEN)).isEqualTo(8);
    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aWrongTokenIsAnsweredAndTheNextOneCounts() {
    Simulation.Client client = client();
    client.says("{\"connect\":{\"token\":\"x\"},\"id\":1}");
    answers(new ClientTokens.Connecting.Refused(3500, "invalid token"));
    client.says("{\"connect\":{\"token\":\"old\"},\"id\":2}");
    answers(new ClientTokens.Connecting.Refused(109, "token expired"));
    client.says("{\"connect\":{\"token\":\"old\"},\"id\":3}");
    answers(of("ada", StoppedTime.NOW)); // the session's own time is over
    client.says("{\"connect\":{\"token\":\"t\"},\"id\":4}", "{\"subscribe\":\"a\",\"id\":5}");
    tokens.connecting.getLast().completeExceptionally(new IllegalStateException("no keys"));
    simulation.settle();
    client.says("{\"connect\":{\"token\":\"t\"},\"id\":6}");
    answers(of("ada", 0));
    String expired =
        "{\"error\":{\"code\":\"PERMISSION_DENIED\",\"message\":\"the token has expired\","
            + "\"name\":\"TokenExpired\"},\"id\":%d}";
    assertThat(client.got())
        .containsExactly(
            "{\"error\":{\"code\":\"PERMISSION_DENIED\",\"message\":\"invalid token\"},\"id\":1}",
            expired.formatted(2),
            expired.formatted(3),
            "{\"error\":{\"code\":\"INTERNAL\","
                + "\"message\":\"the token could not be checked; try again\"},\"id\":4}",
            "{\"error\":{\"code\":\"PERMISSION_DENIED\",\"message\":\"connect with a token first:"
                + " {\\\"connect\\\":{\\\"token\\\":\\\"…\\\"}}\"},\"id\":5}",
            connected(client, "ada", client.session.id(), "},\"id\":6}"));
    assertThat(simulation.refusals(Refusal.TOKEN)).isEqualTo(5);
  }

  @Test
  void aSessionEndsAWhileAfterItsTokenUnlessANewerOneIsShown() {
    Simulation.Client client = client();
    client.says("{\"connect\":{\"token\":\"t\",\"client\":\"phone\"}}");
    answers(of("ada", StoppedTime.NOW + 60));
    assertThat(client.got())
        .containsExactly(connected(client, "ada", "phone", ",\"expires\":60}}"));
    assertThat(time.delays)
        .singleElement()
        .extracting(StoppedTime.Waiting::nanos)
        .isEqualTo(85_000_000_000L);

    client.says("{\"connect\":{\"token\":\"newer\"}}");
    answers(of("ada", StoppedTime.NOW + 90));
    assertThat(client.got())
        .containsExactly(connected(client, "ada", "phone", ",\"expires\":90}}"));
    assertThat(time.delays)
        .singleElement()
        .extracting(StoppedTime.Waiting::nanos)
        .isEqualTo(115_000_000_000L);

    time.delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(4001);
  }

  @Test
  void whoShowsNoRightTokenInTimeGivesItsPlaceBack() {
    Simulation.Client silent = client();
    Simulation.Client wrong = client();
    Simulation.Client right = client();
    assertThat(time.delays)
        .extracting(StoppedTime.Waiting::nanos)
        .containsOnly(10_000_000_000L)
        .hasSize(3);
    wrong.says("{\"connect\":{\"token\":\"x\"}}");
    answers(new ClientTokens.Connecting.Refused(3500, "invalid token"));
    right.says("{\"connect\":{\"token\":\"t\"}}");
    answers(of("ada", 0));
    assertThat(time.delays).hasSize(2);
    List.copyOf(time.delays).forEach(waiting -> waiting.task().run());
    simulation.settle();
    assertThat(silent.connection.closeCode).isEqualTo(4002);
    assertThat(wrong.connection.closeCode).isEqualTo(4002);
    assertThat(right.session.isOpen()).isTrue();
    assertThat(simulation.refusals(Refusal.TOKEN)).isEqualTo(3);
    Simulation.Client gone = client();
    gone.session.close(1000, "");
    simulation.settle();
    assertThat(time.delays).isEmpty();
  }

  @Test
  void aSessionStaysThatOfItsUserAndItsClient() {
    Simulation.Client client = client();
    client.says("{\"connect\":{\"token\":\"t\",\"client\":\"phone\"}}");
    answers(of("ada", 0));
    client.got();
    client.says("{\"connect\":{\"token\":\"bobs\"},\"id\":2}");
    answers(of("bob", 0));
    client.says("{\"connect\":{\"token\":\"t\",\"client\":\"laptop\"},\"id\":3}");
    client.says("{\"subscribe\":\"a/*\",\"id\":4}"); // it is still ada's
    assertThat(got(client))
        .containsExactly(
            "{\"error\":{\"code\":\"PERMISSION_DENIED\","
                + "\"message\":\"the new token is of another user\"},\"id\":2}",
            "{\"error\":{\"code\":\"PROTOCOL\","
                + "\"message\":\"the session is of the client \\\"phone\\\" already\"},\"id\":3}",
            "{\"subscribed\":\"a/*\",\"id\":4}");
  }

  @Test
  void aSessionThatEndsWhileItsTokenIsLookedAtLeavesNothing() {
    Simulation.Client client = client();
    client.says("{\"connect\":{\"token\":\"t\"}}", "{\"subscribe\":\"a\"}");
    client.session.close(1000, "");
    simulation.settle();
    assertThat(tokens.connecting.getLast()).isCancelled(); // nobody works on it any more
    assertThat(time.delays).isEmpty();
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void whoSendsMoreThanMayWaitIsClosed() {
    Simulation.Client client = client();
    client.says("{\"connect\":{\"token\":\"t\"}}");
    for (int i = 0; i <= CommandQueue.MOST_WAITING; i++) {
      client.says("{\"ping\":1}");
    }
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(1013);
  }

  @Test
  void withoutKeysAConnectGivesTheClientItsName() {
    Simulation without = Simulation.of(1);
    Simulation.Client client = without.connect(0);
    client.says(
        "{\"connect\":{},\"id\":1}",
        "{\"connect\":{\"token\":\"t\"},\"id\":2}",
        "{\"subscribe\":\"a/*\",\"id\":3}");
    without.settle();
    assertThat(client.got())
        .containsExactly(
            connected(client, "", client.session.id(), "},\"id\":1}"),
            "{\"error\":{\"code\":\"PERMISSION_DENIED\","
                + "\"message\":\"this node takes no tokens\"},\"id\":2}",
            "{\"subscribed\":\"a/*\",\"id\":3}");
  }
}
