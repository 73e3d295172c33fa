package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.Inlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written on a topic past the node's events. */
@Timeout(20)
class ChannelInletTest {
  private final Simulation simulation = Simulation.of(2);
  private final Inlet inlet =
      simulation.broker.inlet("t", (topic, payload) -> new Event(1, topic, payload, 0));

  @Test
  void whatALaneHasNoRoomForIsToldAndTheOtherLaneGetsIt() {
    var a = simulation.connect(0);
    var b = simulation.connect(1);
    a.says("{\"subscribe\":\"t\"}");
    b.says("{\"subscribe\":\"t\"}");
    a.got();
    Payload packet = Payload.bytes(new byte[1_000]);
    int whole = 0;
    for (int i = 0; i < 200; i++) {
      whole += inlet.write(packet) ? 1 : 0;
      simulation.step(0);
    }
    assertThat(whole).isBetween(90, 100);
    assertThat(simulation.refusals(Refusal.LANE_FULL)).isEqualTo(200 - whole);
    assertThat(a.got()).hasSize(200);
    simulation.settle();
    assertThat(inlet.write(packet)).isTrue();
  }

  @Test
  void theChannelIsFoundAgainWhenAnotherHasItsPlace() {
    var client = simulation.connect(0);
    assertThat(inlet.write(Payload.json("1"))).isTrue();
    for (int i = 0; i < 3; i++) {
      client.says("{\"subscribe\":\"t\"}");
      client.got();
      assertThat(inlet.write(Payload.json("2"))).isTrue();
      simulation.settle();
      assertThat(client.got()).containsExactly("{\"topic\":\"t\",\"data\":2,\"offset\":1}");
      client.says("{\"unsubscribe\":\"t\"}");
    }
  }
}
