package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.broker.BrokerStats.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BrokerTest {
  private final Simulation simulation = Simulation.of(2);

  private final InMemoryGate gate = simulation.gate;

  @Test
  void aPublicationReachesSubscribersOnEveryLaneWithTheSameOffset() {
    var a = simulation.connect(0);
    var b = simulation.connect(1);
    a.says("{\"subscribe\":\"t/x\",\"id\":1}");
    b.says("{\"subscribe\":\"default:t/x\"}");
    assertThat(gate.publish("t/x", Payload.json("1")).clients()).isEqualTo(2);
    a.says("{\"publish\":\"t/x\",\"data\":2,\"id\":9}");
    simulation.settle();
    assertThat(a.got())
        .satisfies(
            got -> assertThat(got.get(0)).startsWith("{\"subscribed\":\"t/x\",\"offset\":0,"))
        .satisfies(got -> assertThat(got.get(0)).endsWith(",\"id\":1}"))
        .filteredOn(frame -> !frame.contains("subscribed"))
        .containsExactly(
            "{\"topic\":\"t/x\",\"data\":1,\"offset\":1}",
            "{\"topic\":\"t/x\",\"data\":2,\"offset\":2}",
            "{\"published\":\"t/x\",\"id\":9,\"matched\":0,\"queued\":0,\"refused\":0,\"clients\":2}");
    assertThat(b.got())
        .filteredOn(frame -> frame.contains("\"topic\""))
        .containsExactly(
            "{\"topic\":\"t/x\",\"data\":1,\"offset\":1}",
            "{\"topic\":\"t/x\",\"data\":2,\"offset\":2}");
  }

  /** Fails on its lane, and takes as much room as half of what may wait there. */
  private static final class Faulty implements Lane.Item {
    @Override
    public void arrive(Lane lane) {
      throw new IllegalStateException("a fault of one");
    }

    @Override
    public int cost() {
      return 60_000;
    }
  }

  @Test
  void whatFailsOnALaneTakesNothingElseAlongAndLeavesItsRoom() {
    var client = simulation.connect(0);
    client.says("{\"subscribe\":\"t\"}");
    client.got();
    for (int i = 1; i <= 3; i++) {
      simulation.lanes.get(0).post(new Faulty());
      gate.publish("t", Payload.json("" + i)); // waits behind it
      simulation.settle();
      assertThat(client.got())
          .containsExactly("{\"topic\":\"t\",\"data\":" + i + ",\"offset\":" + i + "}");
    }
    assertThat(simulation.refusals(Refusal.LANE_FULL)).isZero();
  }

  @Test
  void aPublicationIsEncodedOnceForAllLanesAndSubscribers() {
    var a = simulation.connect(0);
    var b = simulation.connect(0);
    var c = simulation.connect(1);
    List.of(a, b, c).forEach(client -> client.says("{\"subscribe\":\"t\"}"));
    gate.publish("t", Payload.json("1"));
    simulation.settle();
    byte[] bytes = a.connection.bursts.get(0);
    assertThat(b.connection.bursts.get(0)).isSameAs(bytes);
    assertThat(c.connection.bursts.get(0)).isSameAs(bytes);
  }

  @Test
  void aBurstIsOneWriteAndOneFlushPerSubscriber() {
    var publisher = simulation.connect(0);
    var subscriber = simulation.connect(0);
    subscriber.says("{\"subscribe\":\"t\"}");
    subscriber.connection.writes = 0;
    subscriber.connection.flushes = 0;
    String[] frames = new String[100];
    Arrays.fill(frames, "{\"publish\":\"t\",\"data\":1}");
    publisher.says(frames);
    assertThat(subscriber.connection.bursts).hasSize(100);
    assertThat(subscriber.connection.writes).isEqualTo(1);
    assertThat(subscriber.connection.flushes).isEqualTo(1);
  }

  @Test
  void whatWasPublishedBeforeTheSubscriptionIsNotDeliveredAfterIt() {
    var early = simulation.connect(1);
    early.says("{\"subscribe\":\"t\"}");
    early.got();
    gate.publish("t", Payload.json("1")); // waits in the inbox of lane 1
    var late = simulation.connect(1);
    late.connection.received.clear();
    gate.publish("t", Payload.json("2"));
    var alsoLate = simulation.connect(0);
    alsoLate.says("{\"subscribe\":\"t\"}");
    simulation.settle();
    assertThat(early.got()).hasSize(2);
    assertThat(late.got()).isEmpty();
    assertThat(alsoLate.got()).hasSize(1).first().asString().contains("\"offset\":2");
  }

  @Test
  void aSubscriberInTheMiddleOfTheInboxGetsWhatFollowsItsOffsetOnly() {
    var early = simulation.connect(0);
    var late = simulation.connect(0);
    early.says("{\"subscribe\":\"t\"}");
    early.got();
    simulation.on(
        0,
        () -> {
          // From here on another thread publishes, as the inbox is not empty any more.
          simulation.on(1, () -> gate.publish("t", Payload.json("1")));
          byte[] text = "{\"subscribe\":\"t\"}".getBytes(UTF_8);
          late.session.receiveText(text, 0, text.length);
          simulation.on(1, () -> gate.publish("t", Payload.json("2")));
        });
    simulation.settle();
    gate.publish("t", Payload.json("3"));
    simulation.settle();
    assertThat(early.got()).hasSize(3);
    assertThat(late.got())
        .hasSize(2)
        .satisfies(got -> assertThat(got.get(0)).contains("\"subscribed\":\"t\",\"offset\":2"))
        .satisfies(got -> assertThat(got.get(1)).contains("\"data\":3,\"offset\":3"));
  }

  @Test
  void aReplyStaysBehindThePublishThatCameBeforeIt() {
    var client = simulation.connect(0);
    var answer = new CompletableFuture<Payload>();
    gate.actions.put("s/act", payload -> answer);
    client.says("{\"subscribe\":\"t\"}", "{\"request\":\"s/act\",\"data\":1,\"id\":\"r\"}");
    client.got();
    gate.publish("t", Payload.json("1"));
    answer.complete(Payload.json("8"));
    gate.publish("t", Payload.json("2"));
    simulation.settle();
    assertThat(client.got())
        .containsExactly(
            "{\"topic\":\"t\",\"data\":1,\"offset\":1}",
            "{\"id\":\"r\",\"result\":8}",
            "{\"topic\":\"t\",\"data\":2,\"offset\":2}");
  }

  @Test
  void aWildcardSeesRealTopicsAndEachPublicationOnce() {
    var client = simulation.connect(0);
    client.says("{\"subscribe\":\"a/*\"}", "{\"subscribe\":\"a/>\"}", "{\"subscribe\":\"a/b\"}");
    client.got();
    gate.publish("a/b", Payload.json("1"));
    gate.publish("a/c/d", Payload.json("2"));
    gate.publish("b/c", Payload.json("3"));
    simulation.settle();
    assertThat(client.got())
        .containsExactly(
            "{\"topic\":\"a/b\",\"data\":1,\"offset\":1}",
            "{\"topic\":\"a/c/d\",\"data\":2,\"offset\":1}");
    client.says("{\"unsubscribe\":\"a/>\"}", "{\"unsubscribe\":\"a/*\"}");
    client.got();
    gate.publish("a/c/d", Payload.json("4"));
    gate.publish("a/b", Payload.json("5"));
    simulation.settle();
    assertThat(client.got()).containsExactly("{\"topic\":\"a/b\",\"data\":5,\"offset\":2}");
  }

  @Test
  void wildcardsInTheFirstPlaceDoNotSeeTheNodesOwnTopics() {
    var client = simulation.connect(0);
    client.says("{\"subscribe\":\">\"}");
    client.got();
    assertThat(gate.publish("$registry/x", Payload.json("1")).clients()).isZero();
    simulation.settle();
    assertThat(client.got()).isEmpty();
  }

  @Test
  void clientsMayNotTouchTheNodesOwnPathsHoweverTheySpellThem() {
    var client = simulation.connect(0);
    for (String path : List.of("$registry/x", "default:$registry/x")) {
      client.says(
          "{\"publish\":\"" + path + "\",\"data\":1}",
          "{\"subscribe\":\"" + path + "\"}",
          "{\"request\":\"" + path + "\",\"id\":1}");
      assertThat(client.got()).hasSize(3).allMatch(frame -> frame.contains("PERMISSION_DENIED"));
    }
    assertThat(simulation.refusals(Refusal.DENIED)).isEqualTo(6);
  }

  @Test
  void badFramesAreAnsweredAndTheSessionLives() {
    var client = simulation.connect(0);
    client.says("nonsense", "{\"publish\":\"a//b\",\"id\":4}", "{\"ping\":{\"n\":1}}");
    assertThat(client.got())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("{\"error\":{\"code\":\"PROTOCOL\""),
            second ->
                assertThat(second)
                    .startsWith("{\"error\":{\"code\":\"INVALID_PATH\"")
                    .endsWith("\"id\":4}"),
            third -> assertThat(third).isEqualTo("{\"pong\":{\"n\":1}}"));
  }

  @Test
  void aChannelEndsWithItsLastSubscriberAndTheNextHasAnotherEpoch() {
    var client = simulation.connect(0);
    client.says("{\"subscribe\":\"t\"}");
    String first = client.got().get(0);
    gate.publish("t", Payload.json("1"));
    client.says("{\"list\":true}", "{\"unsubscribe\":\"t\"}", "{\"list\":true}");
    assertThat(client.got())
        .containsExactly(
            "{\"topic\":\"t\",\"data\":1,\"offset\":1}",
            "{\"topics\":[\"t\"]}",
            "{\"unsubscribed\":\"t\"}",
            "{\"topics\":[]}");
    client.says("{\"subscribe\":\"t\"}");
    assertThat(client.got().get(0)).contains("\"offset\":0").isNotEqualTo(first);
  }

  @Test
  void sentMessagesArriveInOrderAndBeforeTheClose() {
    var client = simulation.connect(0);
    assertThat(client.session.send(Payload.of("text"))).isEqualTo(Delivery.QUEUED);
    assertThat(client.session.send(Payload.bytes(new byte[] {1}))).isEqualTo(Delivery.QUEUED);
    assertThat(client.session.send(Payload.json("{}"))).isEqualTo(Delivery.QUEUED);
    client.session.close(1000, "done");
    assertThat(client.session.send(Payload.of("late"))).isEqualTo(Delivery.CLOSED);
    simulation.settle();
    assertThat(client.got()).containsExactly("text", "[1]", "{}");
    assertThat(client.connection.closeCode).isEqualTo(1000);
  }

  @Test
  void groupsReachTheirMembersAndForgetThoseWhoLeft() {
    var a = simulation.connect(0);
    var b = simulation.connect(1);
    var groups = simulation.broker.groups();
    List.of(a, b).forEach(client -> simulation.broker.join(client.session.id(), "room"));
    assertThat(groups.send("room", Payload.of("hi"))).isEqualTo(2);
    simulation.settle();
    assertThat(a.got()).containsExactly("hi");
    assertThat(b.got()).containsExactly("hi");
    simulation.broker.leave(a.session.id(), "room");
    b.session.close(1000, "");
    simulation.settle();
    assertThat(groups.send("room", Payload.of("hi"))).isZero();
    assertThat(simulation.broker.join(b.session.id(), "room")).isEqualTo(Delivery.CLOSED);
    simulation.broker.join(a.session.id(), "1");
    simulation.broker.join(a.session.id(), "2");
    assertThatThrownBy(() -> simulation.broker.join(a.session.id(), "3"))
        .isInstanceOf(RunarException.class);
  }

  @Test
  void theQueryIsDecoded() {
    assertThat(simulation.connect(0).session.query())
        .containsEntry("a", "1")
        .containsEntry("b", " ");
  }
}
