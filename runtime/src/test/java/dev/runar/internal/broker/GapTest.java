package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.Inlet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a full lane refuses is told to those who miss it, where it is missing. */
@Timeout(20)
class GapTest {
  /** Three publications of one byte fit: 65 each, and one more when 200 are taken at most. */
  private final Simulation simulation = new Simulation(RecoveryTest.options(1 << 20, 200), 2);

  private final InMemoryGate gate = simulation.gate;

  private void publish(int from, int to) {
    for (int i = from; i <= to; i++) {
      gate.publish("chat/1", Payload.json(Integer.toString(i)));
    }
  }

  private static String event(int n) {
    return "{\"topic\":\"chat/1\",\"data\":" + n + ",\"offset\":" + n + "}";
  }

  private static String gap(int from, int to) {
    return "{\"gap\":{\"topic\":\"chat/1\",\"from\":" + from + ",\"to\":" + to + "}}";
  }

  private Simulation.Client subscriber(int lane, String topic) {
    var client = simulation.connect(lane);
    client.says("{\"subscribe\":\"" + topic + "\"}");
    client.got();
    return client;
  }

  @Test
  void aRefusedRunIsToldOnceAlsoWhenNothingFollows() {
    var client = subscriber(0, "chat/1");
    var other = subscriber(1, "chat/1");
    publish(1, 2);
    simulation.step(1);
    publish(3, 4);
    simulation.step(1);
    publish(5, 7);
    simulation.settle();
    assertThat(client.got()).containsExactly(event(1), event(2), event(3), event(4), gap(5, 7));
    assertThat(other.got()).hasSize(7).doesNotContain(gap(5, 7));
    publish(8, 8);
    simulation.settle();
    assertThat(client.got()).containsExactly(event(8));
    assertThat(simulation.refusals(Refusal.LANE_FULL)).isEqualTo(3);
    assertThat(simulation.broker.stats().snapshot().gaps()).isEqualTo(1);
  }

  @Test
  void eachIsToldWhatItMissedItself() {
    var early = subscriber(0, "chat/1");
    var pattern = subscriber(0, "chat/*");
    var both = subscriber(0, "chat/1");
    both.says("{\"subscribe\":\"chat/>\"}");
    both.got();
    publish(1, 6); // 5 and 6 are refused
    var late = simulation.connect(0);
    simulation.settle();
    assertThat(early.got()).hasSize(5).last().isEqualTo(gap(5, 6));
    assertThat(pattern.got()).hasSize(5).last().isEqualTo(gap(5, 6));
    assertThat(both.got()).hasSize(5).last().isEqualTo(gap(5, 6));
    assertThat(late.got()).isEmpty();
  }

  @Test
  void whatIsRememberedCanBeFetchedAfterAGap() {
    var client = subscriber(0, "chat/1");
    publish(1, 6);
    simulation.settle();
    assertThat(client.got()).last().isEqualTo(gap(5, 6));
    client.says("{\"history\":\"chat/1\",\"limit\":0,\"id\":1}");
    String epoch = RecoveryTest.epochOf(client.got().getLast());
    client.says("{\"subscribe\":\"chat/1\",\"since\":{\"offset\":4,\"epoch\":\"" + epoch + "\"}}");
    assertThat(client.got())
        .containsExactly(
            "{\"subscribed\":\"chat/1\",\"offset\":6,\"epoch\":\""
                + epoch
                + "\",\"recovered\":true}",
            event(5),
            event(6));
    publish(7, 7);
    simulation.settle();
    assertThat(client.got()).containsExactly(event(7));
    assertThat(simulation.broker.stats().snapshot().subscriptions()).isEqualTo(1);
    client.says("{\"unsubscribe\":\"chat/1\"}");
    assertThat(gate.publish("chat/1", Payload.json("8")).clients()).isZero();
  }

  @Test
  void whatAWriterDropsIsToldToo() {
    var client = subscriber(0, "chat/1");
    publish(1, 4);
    Inlet inlet =
        simulation.broker.inlet("chat/1", (topic, payload) -> new Event(1, topic, payload, 0));
    assertThat(inlet.write(Payload.json("5"))).isFalse();
    simulation.settle();
    assertThat(client.got()).last().isEqualTo(gap(5, 5));
    assertThat(inlet.write(Payload.json("6"))).isTrue();
    simulation.settle();
    assertThat(client.got()).containsExactly(event(6));
  }

  @Test
  void whoLeavesBecauseOfItDoesNotDisturbTheOthers() {
    var clients =
        List.of(subscriber(0, "chat/1"), subscriber(0, "chat/1"), subscriber(0, "chat/1"));
    for (Simulation.Client client : clients) {
      client.session.begin(new Leaving(client.session, simulation.broker));
    }
    publish(1, 6);
    simulation.settle();
    assertThat(simulation.broker.stats().snapshot().gaps()).isEqualTo(3);
    assertThat(gate.publish("chat/1", Payload.json("7")).clients()).isZero();
  }

  /** Ends its subscription as soon as it misses something. */
  private record Leaving(ClientSession session, Broker broker) implements Conversation {
    @Override
    public void text(byte[] utf8, int from, int length) {}

    @Override
    public void binary(byte[] bytes, int from, int length) {}

    @Override
    public void endpointGone(dev.runar.internal.node.SocketEndpoint endpoint) {}

    @Override
    public void endpointReplaced(
        dev.runar.internal.node.SocketEndpoint endpoint,
        dev.runar.internal.node.SocketEndpoint successor) {}

    @Override
    public void gap(String topic, long from, long to) {
      broker.unsubscribe(session, topic);
    }

    @Override
    public void closed(int code, String reason) {}
  }
}
