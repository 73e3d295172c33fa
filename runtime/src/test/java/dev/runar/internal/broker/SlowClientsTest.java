package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of channels for clients that read too slowly; the budget of each is 10,000 bytes.
 */
@Timeout(20)
class SlowClientsTest {
  private static final String KILOBYTE = "x".repeat(1_000);

  private final Simulation simulation =
      Simulation.of(
          2,
          List.of(
              ChannelRule.of("gap/*").withSlow(SlowPolicy.GAP),
              ChannelRule.of("latest/*").withSlow(SlowPolicy.LATEST)));
  private final InMemoryGate gate = simulation.gate;

  private Simulation.Client subscriber(String query, String... topics) {
    var arrival = new Arrival("/topics", query, null, false);
    var client = simulation.connect(0, new Broker.Route.Topics(), arrival);
    for (String topic : topics) {
      client.says("{\"subscribe\":\"" + topic + "\"}");
    }
    client.got();
    return client;
  }

  private void publish(String topic, int from, int to) {
    for (int i = from; i <= to; i++) {
      gate.publish(topic, Payload.json("\"" + i + KILOBYTE + "\""));
      simulation.settle();
    }
  }

  private static List<String> brief(List<String> frames) {
    return frames.stream().map(frame -> frame.replace(KILOBYTE, "")).toList();
  }

  private static String event(String topic, int n) {
    return "{\"topic\":\"" + topic + "\",\"data\":\"" + n + "\",\"offset\":" + n + "}";
  }

  private static List<String> events(String topic, int from, int to) {
    var events = new ArrayList<String>();
    for (int i = from; i <= to; i++) {
      events.add(event(topic, i));
    }
    return events;
  }

  private void read(Simulation.Client client) {
    simulation.on(client.lane, client.connection::read);
    simulation.settle();
  }

  private long dropped() {
    return simulation.broker.stats().snapshot().droppedForSlow();
  }

  @Test
  void nothingIsWrittenBehindWhatHadNoRoom() {
    var client = subscriber("", "plain");
    client.connection.slow = true;
    publish("plain", 1, 8);
    gate.publish("plain", Payload.json("\"9" + KILOBYTE.repeat(3) + "\""));
    client.session.post(() -> client.session.reply("{\"pong\":1}".getBytes(UTF_8)));
    gate.publish("plain", Payload.json("\"10" + KILOBYTE + "\"")); // for this there would be room
    simulation.settle();
    assertThat(brief(client.got())).isEqualTo(events("plain", 1, 8));
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.SLOW);
    assertThat(simulation.broker.stats().snapshot().slowDisconnects()).isEqualTo(1);
  }

  @Test
  void s4_7_aGapKeepsTheNewestAndTellsWhatIsMissing() {
    var slow = subscriber("", "gap/a");
    var quick = subscriber("", "gap/a");
    slow.connection.slow = true;
    publish("gap/a", 1, 100);

    assertThat(brief(quick.got())).isEqualTo(events("gap/a", 1, 100));
    assertThat(slow.connection.closeCode).isZero();
    assertThat(slow.connection.pendingBytes()).isLessThanOrEqualTo(5_000);
    assertThat(brief(slow.got())).isEqualTo(events("gap/a", 1, 4)); // half of the budget
    assertThat(dropped()).isEqualTo(91);

    slow.connection.slow = false;
    read(slow);
    var expected = new ArrayList<String>();
    expected.add("{\"gap\":{\"topic\":\"gap/a\",\"from\":5,\"to\":95}}");
    expected.addAll(events("gap/a", 96, 100));
    assertThat(brief(slow.got())).isEqualTo(expected);

    publish("gap/a", 101, 101);
    assertThat(brief(slow.got())).containsExactly(event("gap/a", 101));
  }

  @Test
  void theLatestIsAllThatWaits() {
    var slow = subscriber("", "latest/a", "latest/b");
    slow.connection.slow = true;
    publish("latest/a", 1, 20);
    publish("latest/b", 1, 3);
    slow.got();
    slow.connection.slow = false;
    read(slow);
    assertThat(brief(slow.got()))
        .containsExactly(
            "{\"gap\":{\"topic\":\"latest/a\",\"from\":5,\"to\":19}}",
            event("latest/a", 20),
            "{\"gap\":{\"topic\":\"latest/b\",\"from\":1,\"to\":2}}",
            event("latest/b", 3));
  }

  @Test
  void aChannelThatDropsNothingStillDisconnects() {
    var slow = subscriber("", "gap/a", "t");
    slow.connection.slow = true;
    publish("gap/a", 1, 20);
    assertThat(slow.connection.closeCode).isZero();
    publish("t", 1, 4);
    assertThat(slow.connection.closeCode).isZero(); // they took the room of the others
    publish("t", 5, 10);
    assertThat(slow.connection.closeCode).isEqualTo(CloseCode.SLOW);
    assertThat(simulation.broker.session(slow.session.id())).isEmpty();
  }

  @Test
  void whatWasSaidKeepsItsPlaceAmongWhatIsLeft() {
    var slow = subscriber("", "gap/a", "t");
    slow.connection.slow = true;
    publish("gap/a", 1, 5);
    slow.says("{\"ping\":1}");
    publish("t", 1, 1);
    assertThat(slow.session.send(Payload.of("said"))).isEqualTo(Delivery.QUEUED);
    publish("gap/a", 6, 12);
    slow.got();
    slow.connection.slow = false;
    read(slow);
    assertThat(brief(slow.got()))
        .containsExactly(
            "{\"gap\":{\"topic\":\"gap/a\",\"from\":5,\"to\":8}}",
            "{\"pong\":1}",
            event("t", 1),
            "said",
            event("gap/a", 9),
            event("gap/a", 10),
            event("gap/a", 11),
            event("gap/a", 12));
  }

  @Test
  void aSubscriptionThatIsMadeMeanwhileComesBeforeItsEvents() {
    var slow = subscriber("", "gap/a");
    slow.connection.slow = true;
    publish("gap/a", 1, 5);
    slow.says("{\"subscribe\":\"gap/b\"}");
    slow.got();
    publish("gap/b", 1, 20);
    slow.connection.slow = false;
    read(slow);
    assertThat(brief(slow.got()))
        .hasSize(8)
        .satisfies(got -> assertThat(got.get(0)).contains("\"gap\"", "\"from\":5,\"to\":5"))
        .satisfies(got -> assertThat(got.get(1)).startsWith("{\"subscribed\":\"gap/b\""))
        .satisfies(got -> assertThat(got.get(2)).contains("\"gap/b\",\"from\":1,\"to\":15"))
        .satisfies(got -> assertThat(got.get(7)).isEqualTo(event("gap/b", 20)));
  }

  @Test
  void whatWaitsOfATopicIsForgottenWhenTheClientLeavesIt() {
    var slow = subscriber("", "gap/a", "gap/b", "latest/a");
    var other = subscriber("", "gap/a");
    slow.connection.slow = true;
    publish("gap/b", 1, 6);
    publish("latest/a", 1, 2);
    publish("gap/a", 1, 10);
    slow.says("{\"unsubscribe\":\"gap/a\"}", "{\"unsubscribe\":\"latest/a\"}");
    slow.says("{\"subscribe\":\"gap/a\"}");
    publish("gap/a", 11, 12);
    slow.got();
    slow.connection.slow = false;
    read(slow);
    assertThat(brief(slow.got()))
        .satisfiesExactly(
            gap -> assertThat(gap).isEqualTo("{\"gap\":{\"topic\":\"gap/b\",\"from\":5,\"to\":6}}"),
            left -> assertThat(left).isEqualTo("{\"unsubscribed\":\"gap/a\"}"),
            left -> assertThat(left).isEqualTo("{\"unsubscribed\":\"latest/a\"}"),
            again -> assertThat(again).contains("\"subscribed\":\"gap/a\"", "\"offset\":10"),
            first -> assertThat(first).isEqualTo(event("gap/a", 11)),
            second -> assertThat(second).isEqualTo(event("gap/a", 12)));
    publish("gap/a", 13, 13);
    assertThat(brief(slow.got())).containsExactly(event("gap/a", 13));
    assertThat(brief(other.got())).isEqualTo(events("gap/a", 1, 13));
  }

  @Test
  void aFramedClientIsToldTheNumberAgain() {
    var slow = subscriber("bytes=framed", "gap/*");
    slow.connection.slow = true;
    for (int i = 0; i < 20; i++) {
      gate.publish("gap/a", Payload.bytes(new byte[1_000]));
      simulation.settle();
    }
    slow.got();
    slow.connection.slow = false;
    read(slow);
    assertThat(slow.got().subList(0, 2))
        .containsExactly(
            "{\"gap\":{\"topic\":\"gap/a\",\"from\":5,\"to\":15}}",
            "{\"topic\":\"gap/a\",\"number\":1}");
  }

  @Test
  void aFramedClientIsToldTheNumberOfATopicOfWhichEverythingWasDropped() {
    var slow = subscriber("bytes=framed", "gap/*");
    slow.connection.slow = true;
    packets("gap/a", 5);
    packets("gap/b", 1);
    packets("gap/a", 15);
    slow.got();
    slow.connection.slow = false;
    read(slow);
    assertThat(slow.got())
        .contains(
            "{\"gap\":{\"topic\":\"gap/b\",\"from\":1,\"to\":1}}",
            "{\"topic\":\"gap/b\",\"number\":2}");
    packets("gap/b", 1);
    assertThat(slow.got()).singleElement().asString().startsWith("\u0001\u0002\u0002");
  }

  private void packets(String topic, int count) {
    for (int i = 0; i < count; i++) {
      gate.publish(topic, Payload.bytes(new byte[1_000]));
      simulation.settle();
    }
  }

  @Test
  void aFaultWhileWhatWaitedIsWrittenEndsTheSessionAndNoMore() {
    var slow = subscriber("", "gap/a");
    var other = subscriber("", "gap/a");
    slow.session.begin(new Failing());
    slow.connection.slow = true;
    publish("gap/a", 1, 20);
    slow.connection.slow = false;
    assertThatThrownBy(() -> read(slow)).hasMessage("a fault");
    simulation.settle();
    assertThat(slow.connection.closeCode).isEqualTo(CloseCode.INTERNAL);
    assertThat(simulation.broker.session(slow.session.id())).isEmpty();
    other.got();
    publish("gap/a", 21, 21);
    assertThat(brief(other.got())).containsExactly(event("gap/a", 21));
  }

  private static final class Failing implements Conversation {
    @Override
    public void text(byte[] utf8, int from, int length) {}

    @Override
    public void binary(byte[] bytes, int from, int length) {}

    @Override
    public void endpointGone(SocketEndpoint endpoint) {}

    @Override
    public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

    @Override
    public void gap(String topic, long from, long to) {
      throw new IllegalStateException("a fault");
    }

    @Override
    public void closed(int code, String reason) {}
  }

  @Test
  void whatIsSentBeforeTheCloseStillArrives() {
    var slow = subscriber("", "gap/a");
    slow.connection.slow = true;
    publish("gap/a", 1, 20);
    slow.got();
    slow.session.send(Payload.of("last words"));
    slow.session.close(1000, "done");
    simulation.settle();
    assertThat(slow.got()).containsExactly("last words");
    assertThat(slow.connection.closeCode).isEqualTo(1000);
    read(slow);
    assertThat(slow.got()).isEmpty();
  }

  /** Whatever comes, what a client gets of a channel and what it is told to miss is everything. */
  @Test
  void everyOffsetIsGotOrToldToBeMissing() {
    for (int seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var client = subscriber("", "gap/a", "gap/b", "latest/a");
      var topics = List.of("gap/a", "gap/b", "latest/a");
      var top = new int[topics.size()];
      for (int step = 0; step < 300; step++) {
        int which = random.nextInt(topics.size());
        client.connection.slow = random.nextInt(10) < 8;
        int burst = random.nextInt(8);
        simulation.on(
            1,
            () -> {
              for (int i = 0; i < burst; i++) {
                gate.publish(
                    topics.get(which), Payload.json("\"" + "y".repeat(random.nextInt(900)) + "\""));
              }
            });
        simulation.settle();
        top[which] += burst;
        if (random.nextInt(4) == 0) {
          read(client);
        }
        assertThat(client.connection.pendingBytes()).isLessThanOrEqualTo(10_000);
      }
      client.connection.slow = false;
      while (client.connection.isAwaited()) {
        read(client);
      }
      List<String> got = client.got();
      for (int i = 0; i < topics.size(); i++) {
        assertWhole(got, topics.get(i), top[i], seed);
      }
      client.says(
          "{\"unsubscribe\":\"gap/a\"}",
          "{\"unsubscribe\":\"gap/b\"}",
          "{\"unsubscribe\":\"latest/a\"}");
    }
    assertThat(dropped()).isPositive();
  }

  private static void assertWhole(List<String> frames, String topic, int top, int seed) {
    int next = 1;
    for (String frame : frames) {
      if (frame.startsWith("{\"gap\":{\"topic\":\"" + topic + "\"")) {
        assertThat(number(frame, "from")).as("seed %d", seed).isEqualTo(next);
        next = number(frame, "to") + 1;
      } else if (frame.startsWith("{\"topic\":\"" + topic + "\"")) {
        assertThat(number(frame, "offset")).as("seed %d", seed).isEqualTo(next);
        next++;
      }
    }
    assertThat(next - 1).as("seed %d", seed).isEqualTo(top);
  }

  private static int number(String frame, String key) {
    return Integer.parseInt(frame.replaceAll(".*\"" + key + "\":(\\d+).*", "$1"));
  }
}
