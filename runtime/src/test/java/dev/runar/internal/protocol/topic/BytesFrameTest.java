package dev.runar.internal.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesFrameTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "0, 0, 01 00 00 aa bb",
    "1, 127, 01 01 7f aa bb",
    "128, 300, 01 80 01 ac 02 aa bb",
    "16384, 9223372036854775807, 01 80 80 01 ff ff ff ff ff ff ff ff 7f aa bb"
  })
  void anEventIsItsNumberItsOffsetAndThePacket(long number, long offset, String frame) {
    byte[] packet = {(byte) 0xaa, (byte) 0xbb};
    assertThat(HEX.formatHex(BytesFrame.event(BytesFrame.head(number), offset, packet)))
        .isEqualTo(frame.replace(" ", ""));
  }

  @Test
  void aPublishIsReadWhereItStands() {
    byte[] bytes = HEX.parseHex("ffff02ac02aabbff");
    BytesFrame.Publish publish = BytesFrame.publish(bytes, 2, 5);
    assertThat(publish.number()).isEqualTo(300);
    assertThat(publish.packet()).containsExactly(0xaa, 0xbb);
  }

  @Test
  void aPacketMayBeEmpty() {
    assertThat(BytesFrame.publish(HEX.parseHex("0205"), 0, 2).packet()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "02", "0105aa", "1205aa", "0280", "0280808080808080808001"})
  void whatIsNoPublishIsNone(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThat(BytesFrame.publish(bytes, 0, bytes.length)).isNull();
  }
}
