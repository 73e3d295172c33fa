package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.protocol.CloseCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sessions, lanes and channels may hold, and who is told at the bound. */
@Timeout(20)
class BrokerLimitsTest {
  private final Simulation simulation = Simulation.of(2);
  private final InMemoryGate gate = simulation.gate;

  @Test
  void theBoundsOfASessionAreKeptAndCounted() {
    var client = simulation.connect(0);
    for (int i = 0; i < 5; i++) {
      client.says("{\"subscribe\":\"t/" + i + "\"}");
    }
    client.got();
    client.says("{\"subscribe\":\"t/6\"}");
    assertThat(client.got()).singleElement().asString().contains("OVERLOADED");
    gate.actions.put("s/never", payload -> new CompletableFuture<>());
    for (int i = 0; i < 4; i++) {
      client.says("{\"request\":\"s/never\",\"id\":" + i + "}");
    }
    assertThat(client.got())
        .singleElement()
        .asString()
        .contains("OVERLOADED")
        .endsWith("\"id\":3}");
    assertThat(simulation.refusals(Refusal.SUBSCRIPTION_LIMIT)).isEqualTo(1);
    assertThat(simulation.refusals(Refusal.REQUEST_LIMIT)).isEqualTo(1);
  }

  @Test
  void aSlowClientIsDisconnectedAndTheOthersGoOn() {
    var slow = simulation.connect(0);
    var quick = simulation.connect(0);
    slow.says("{\"subscribe\":\"t\"}");
    quick.says("{\"subscribe\":\"t\"}");
    slow.connection.slow = true;
    String kilobyte = "\"" + "x".repeat(1_000) + "\"";
    for (int i = 0; i < 20; i++) {
      gate.publish("t", Payload.json(kilobyte));
      simulation.settle();
    }
    assertThat(slow.connection.closeCode).isEqualTo(CloseCode.SLOW);
    assertThat(slow.connection.pendingBytes()).isLessThanOrEqualTo(10_000);
    assertThat(quick.got()).hasSize(21);
    assertThat(simulation.broker.stats().snapshot().slowDisconnects()).isEqualTo(1);
    assertThat(simulation.broker.session(slow.session.id())).isEmpty();
    assertThat(gate.publish("t", Payload.json("1")).clients()).isEqualTo(1);
  }

  @Test
  void channelsThatOnlyAWildcardSawAreBounded() {
    var client = simulation.connect(0);
    client.says("{\"subscribe\":\">\"}", "{\"subscribe\":\"kept\"}");
    for (int i = 0; i < 100; i++) {
      gate.publish("t/" + i, Payload.json("1"));
      simulation.settle();
    }
    assertThat(client.got()).hasSize(102);
    assertThat(simulation.broker.topics(Optional.empty(), 1_000))
        .hasSizeLessThanOrEqualTo(5)
        .contains("kept");
  }

  @Test
  void aFullLaneRefusesAndSaysSo() {
    var client = simulation.connect(1);
    client.says("{\"subscribe\":\"t\"}");
    String big = "\"" + "x".repeat(1_000) + "\"";
    int taken = 0;
    for (int i = 0; i < 200; i++) {
      taken += gate.publish("t", Payload.json(big)).clients();
    }
    assertThat(taken).isBetween(90, 100);
    assertThat(simulation.refusals(Refusal.LANE_FULL)).isEqualTo(200 - taken);
  }

  @Test
  void aClientThatPublishesIsNotReadWhileALaneCannotKeepUp() {
    var publisher = simulation.connect(0);
    var subscriber = simulation.connect(1);
    subscriber.says("{\"subscribe\":\"t\"}");
    String frame = "{\"publish\":\"t\",\"data\":\"" + "x".repeat(1_000) + "\"}";
    for (int i = 0; i < 60; i++) {
      publisher.says(frame);
    }
    assertThat(publisher.connection.reading).isFalse();
    simulation.settle();
    assertThat(publisher.connection.reading).isTrue();
    assertThat(subscriber.got()).hasSize(61);
    assertThat(simulation.refusals(Refusal.LANE_FULL)).isZero();
  }

  @Test
  void aSenderIsToldThatTheBudgetIsUsedUp() {
    var client = simulation.connect(0);
    Payload kilobyte = Payload.of("x".repeat(1_000));
    for (int i = 0; i < 10; i++) {
      assertThat(client.session.send(kilobyte)).isEqualTo(Delivery.QUEUED);
    }
    assertThat(client.session.send(kilobyte)).isEqualTo(Delivery.FULL);
    assertThat(client.session.send(kilobyte)).isEqualTo(Delivery.CLOSED);
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.SLOW);
  }

  @Test
  void silentClientsArePingedThenClosed() {
    var client = simulation.connect(0);
    simulation.nanos = 26_000_000_000L;
    simulation.on(0, simulation.lanes.get(0)::sweep);
    assertThat(client.connection.pings).isEqualTo(1);
    client.session.heard();
    simulation.nanos = 80_000_000_000L;
    simulation.on(0, simulation.lanes.get(0)::sweep);
    assertThat(client.connection.pings).isEqualTo(2);
    simulation.nanos = 120_000_000_000L;
    simulation.on(0, simulation.lanes.get(0)::sweep);
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.IDLE);
    assertThat(simulation.broker.stats().snapshot().idleDisconnects()).isEqualTo(1);
  }

  /** What it said last is behind more than the lane takes in one burst. */
  @Test
  void aSessionThatHasEndedDoesNothingMore() {
    var client = simulation.connect(0);
    Lane lane = simulation.lanes.get(0);
    for (int i = 0; i < 10_000; i++) {
      lane.run(() -> {});
    }
    simulation.on(
        0,
        () -> {
          for (String frame : List.of("{\"subscribe\":\"t\"}", "{\"watch\":\"topics\"}")) {
            byte[] text = frame.getBytes(UTF_8);
            client.session.receiveText(text, 0, text.length);
          }
          client.session.closedByPeer(1006, "");
        });
    assertThat(simulation.broker.session(client.session.id())).isEmpty();
    simulation.settle();
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
    assertThat(gate.publish("t", Payload.json("1")).clients()).isZero();
    assertThat(simulation.broker.stats().snapshot().subscriptions()).isZero();
  }

  @Test
  void sessionsAreBounded() {
    Simulation.Client first = simulation.connect(0);
    for (int i = 1; i < 100; i++) {
      assertThat(simulation.broker.admit()).isTrue();
    }
    assertThat(simulation.broker.admit()).isFalse();
    first.session.close(1000, "");
    simulation.settle();
    assertThat(simulation.broker.admit()).isTrue();
    assertThat(simulation.refusals(Refusal.SESSION_LIMIT)).isEqualTo(1);
  }
}
