package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.internal.broker.BrokerStats.Refusal;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Packets of bytes on {@code /topics}, in its three forms. */
@Timeout(20)
class TopicBytesTest {
  private static final HexFormat HEX = HexFormat.of();

  private final Simulation simulation = Simulation.of(2);
  private final InMemoryGate gate = simulation.gate;

  private Simulation.Client connect(int lane, String query) {
    return simulation.connect(
        lane, new Broker.Route.Topics(), new Arrival("/topics", query, null, false));
  }

  private void publish(String topic, String hex) {
    gate.publish(topic, Payload.encoded(Kind.BYTES, HEX.parseHex(hex)));
    simulation.settle();
  }

  /** The last messages of bursts, as hex. */
  private static List<String> packets(Simulation.Client client) {
    List<String> packets = client.connection.bursts.stream().map(HEX::formatHex).toList();
    client.connection.bursts.clear();
    return packets;
  }

  @Test
  void s4_5_rawPacketsAreThePublishersOwnBytesOnEveryLane() {
    var a = connect(0, "");
    var b = connect(1, "bytes=raw");
    a.says("{\"subscribe\":\"eeg\"}");
    b.says("{\"subscribe\":\"eeg\"}");
    byte[] packet = {1, 2, (byte) 0xff};
    gate.publish("eeg", Payload.encoded(Kind.BYTES, packet));
    simulation.settle();
    assertThat(a.connection.bursts).singleElement().isSameAs(packet);
    assertThat(b.connection.bursts).singleElement().isSameAs(packet);
    assertThat(a.connection.binaries).isEqualTo(1);
  }

  @Test
  void base64IsTheFormOfOldAndForThoseWhoAskForIt() {
    var client = connect(0, "bytes=base64");
    client.says("{\"subscribe\":\"eeg\"}");
    client.got();
    publish("eeg", "010203");
    assertThat(client.got()).containsExactly("{\"topic\":\"eeg\",\"bytes\":\"AQID\",\"offset\":1}");
  }

  @Test
  void aFramedPacketSaysItsTopicByTheNumberThatTheSubscriberWasTold() {
    var a = connect(0, "bytes=framed");
    var b = connect(1, "bytes=framed");
    a.says("{\"subscribe\":\"first\"}", "{\"subscribe\":\"eeg\",\"id\":7}");
    b.says("{\"subscribe\":\"eeg\"}");
    assertThat(a.got().get(1))
        .matches(
            "\\{\"subscribed\":\"eeg\",\"offset\":0,\"epoch\":\"[^\"]+\",\"number\":2,\"id\":7}");
    assertThat(b.got().get(0)).contains("\"number\":2}");
    publish("eeg", "aabb");
    publish("eeg", "cc");
    assertThat(packets(a)).containsExactly("010201aabb", "010202cc");
    assertThat(packets(b)).containsExactly("010201aabb", "010202cc");
  }

  @Test
  void whoSeesATopicByAPatternIsToldItsNumberBeforeItsFirstPacket() {
    var early = connect(0, "bytes=framed");
    early.says("{\"subscribe\":\"eeg/*\"}");
    assertThat(early.got()).containsExactly("{\"subscribed\":\"eeg/*\"}");
    publish("eeg/raw", "aa");
    publish("eeg/raw", "bb");
    String name = HEX.formatHex("{\"topic\":\"eeg/raw\",\"number\":1}".getBytes());
    assertThat(packets(early)).containsExactly(name, "010101aa", "010102bb");

    var late = connect(0, "bytes=framed");
    late.says("{\"subscribe\":\"eeg/>\"}");
    publish("eeg/raw", "cc");
    assertThat(packets(late)).containsExactly(name, "010103cc");
  }

  @Test
  void jsonIsTheSameInEveryFormAndWrittenOnce() {
    var clients =
        List.of(connect(0, "bytes=raw"), connect(0, "bytes=framed"), connect(1, "bytes=base64"));
    clients.forEach(client -> client.says("{\"subscribe\":\"t\"}"));
    clients.forEach(Simulation.Client::got);
    gate.publish("t", Payload.json("{\"x\":1}"));
    simulation.settle();
    byte[] bytes = clients.get(0).connection.bursts.get(0);
    assertThat(clients)
        .allSatisfy(client -> assertThat(client.connection.bursts.get(0)).isSameAs(bytes))
        .allSatisfy(client -> assertThat(client.connection.binaries).isZero());
  }

  @Test
  void aClientPublishesBytesUnderANumberThatItAskedFor() {
    var client = connect(0, "bytes=framed");
    var reader = connect(1, "");
    reader.says("{\"subscribe\":\"b\"}");
    client.says("{\"produce\":\"a\",\"id\":1}", "{\"produce\":\"b\"}", "{\"produce\":\"a\"}");
    assertThat(client.got())
        .containsExactly(
            "{\"producing\":\"a\",\"number\":1,\"id\":1}",
            "{\"producing\":\"b\",\"number\":2}",
            "{\"producing\":\"a\",\"number\":1}");
    client.says(HEX.parseHex("0202aabb"));
    simulation.settle();
    assertThat(packets(reader)).containsExactly("aabb");
    assertThat(client.got()).isEmpty();
  }

  @Test
  void binaryMessagesThatAreNoPublishAreAnsweredAndTheSessionLives() {
    var framed = connect(0, "bytes=framed");
    framed.says(HEX.parseHex("0201aa"));
    framed.says("{\"produce\":\"$registry/x\"}", "{\"produce\":\"a//b\"}", "{\"produce\":\"a\"}");
    framed.says(HEX.parseHex("0202aa"));
    framed.says(HEX.parseHex("0101aa"));
    assertThat(framed.got())
        .satisfiesExactly(
            first -> assertThat(first).contains("PROTOCOL", "ask for a number first"),
            second -> assertThat(second).contains("PERMISSION_DENIED"),
            third -> assertThat(third).contains("INVALID_PATH"),
            fourth -> assertThat(fourth).isEqualTo("{\"producing\":\"a\",\"number\":1}"),
            fifth -> assertThat(fifth).contains("PROTOCOL", "2 is not the number of a topic"),
            sixth -> assertThat(sixth).contains("PROTOCOL", "0x02"));
    var raw = connect(0, "");
    raw.says(new byte[] {1});
    raw.says("{\"produce\":\"a\"}");
    assertThat(raw.got())
        .hasSize(2)
        .allMatch(frame -> frame.contains("PROTOCOL") && frame.contains("bytes=framed"));
    assertThat(simulation.refusals(Refusal.BAD_FRAME)).isEqualTo(5);
  }

  @Test
  void theTopicsThatAClientPublishesBytesOnAreBounded() {
    var client = connect(0, "bytes=framed");
    for (int i = 0; i < 5; i++) {
      client.says("{\"produce\":\"t/" + i + "\"}");
    }
    client.got();
    client.says("{\"produce\":\"t/6\",\"id\":1}");
    assertThat(client.got())
        .singleElement()
        .asString()
        .contains("OVERLOADED")
        .endsWith("\"id\":1}");
  }

  @Test
  void anUnknownFormIsAProblemOfTopicsOnly() {
    var topics = new Broker.Route.Topics();
    assertThat(TopicForms.problem(topics, "bytes=hex"))
        .contains("bytes=hex is none of raw, framed, base64");
    assertThat(TopicForms.problem(topics, "a=b&bytes=framed")).isEmpty();
    assertThat(TopicForms.problem(new Broker.Route.Socket(null), "bytes=hex")).isEmpty();
  }
}
