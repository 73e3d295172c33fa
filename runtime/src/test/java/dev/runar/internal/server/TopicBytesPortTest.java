package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Packets of bytes on real sockets. */
@Timeout(30)
class TopicBytesPortTest {
  @Test
  void s4_5_s4_6_everySubscriberGetsEveryPacketByteForByteInOrder() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var raw = RawClient.webSocket(node.port(), "/topics");
        var framed = RawClient.webSocket(node.port(), "/topics?bytes=framed");
        var old = RawClient.webSocket(node.port(), "/topics?bytes=base64")) {
      List<RawClient> all = List.of(raw, framed, old);
      for (RawClient client : all) {
        client.say("{\"subscribe\":\"eeg\"}");
        client.next();
      }
      byte[] every = new byte[256];
      for (int i = 0; i < 256; i++) {
        every[i] = (byte) i;
      }
      for (int i = 1; i <= 3; i++) {
        node.gate.publish("eeg", Payload.encoded(Kind.BYTES, every));
        node.gate.publish("eeg", Payload.json("" + i));
      }
      for (int i = 1; i <= 3; i++) {
        assertThat(raw.nextBytes()).isEqualTo(every);
        assertThat(framed.nextBytes()).startsWith(1, 1, 2 * i - 1).hasSize(259).endsWith(every);
        assertThat(old.next()).startsWith("{\"topic\":\"eeg\",\"bytes\":\"AAECAwQ");
        String json = "{\"topic\":\"eeg\",\"data\":" + i + ",\"offset\":" + 2 * i + "}";
        for (RawClient client : all) {
          assertThat(client.next()).isEqualTo(json);
        }
      }
    }
  }

  @Test
  void anUnknownFormIsRefusedBeforeTheUpgradeWithTheReason() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write(RawClient.handshake("/topics?bytes=hex").getBytes(ISO_8859_1));
      assertThat(client.response()).isEqualTo("400 bytes=hex is none of raw, framed, base64");
      assertThat(node.broker.sessionCount()).isZero();
    }
  }
}
