package dev.runar.internal.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.protocol.WebSocketReader.Violation;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MessageInflaterTest {
  private static final int MAX = 1 << 20;

  private final MessageInflater inflater = new MessageInflater();

  @AfterEach
  void close() {
    inflater.close();
  }

  /** With a block that says that it is the last, as RFC 7692, 7.2.3.4 allows. */
  private static byte[] finished(byte[] message) {
    try (var deflater = new Deflater(9, true)) {
      deflater.setInput(message);
      deflater.finish();
      byte[] out = new byte[message.length + 100];
      int size = deflater.deflate(out);
      return Arrays.copyOf(out, size + 1); // a byte of 0 behind it, as the RFC says
    }
  }

  private byte[] inflate(byte[] bytes, int max) throws Violation {
    int size = inflater.inflate(bytes, 0, bytes.length, max);
    return Arrays.copyOf(inflater.output(), size);
  }

  @Test
  void givesBackWhatWasDeflated() throws Violation {
    var random = new Random(1);
    for (int size : new int[] {0, 1, 100, 4_095, 4_096, 4_097, 65_536, 200_000, MAX}) {
      byte[] message = new byte[size];
      for (int i = 0; i < size; i++) {
        message[i] = (byte) random.nextInt(i % 1_000 < 500 ? 2 : 256);
      }
      assertThat(inflate(ClientFrames.deflated(message), MAX)).isEqualTo(message);
      assertThat(inflate(finished(message), MAX)).isEqualTo(message);
    }
  }

  /** The examples of RFC 7692, 7.2.3. */
  @Test
  void theExamplesOfTheRfc() throws Violation {
    assertThat(inflate(bytes("f2 48 cd c9 c9 07 00"), MAX)).isEqualTo("Hello".getBytes(UTF_8));
    assertThat(inflate(bytes("00 05 00 fa ff 48 65 6c 6c 6f 00"), MAX))
        .as("a block that is not compressed")
        .isEqualTo("Hello".getBytes(UTF_8));
    assertThat(inflate(bytes("f3 48 cd c9 c9 07 00 00"), MAX))
        .as("a last block")
        .isEqualTo("Hello".getBytes(UTF_8));
    assertThat(inflate(bytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), MAX))
        .as("two blocks")
        .isEqualTo("Hello".getBytes(UTF_8));
    assertThat(inflate(bytes("00"), MAX)).as("empty").isEmpty();
  }

  @Test
  void aBombIsNotInflatedBeyondTheBound() throws Violation {
    byte[] bomb = ClientFrames.deflated(new byte[64 << 20]);
    assertThat(bomb.length).isLessThan(70_000);
    assertThatThrownBy(() -> inflate(bomb, MAX))
        .isInstanceOfSatisfying(
            Violation.class, violation -> assertThat(violation.code()).isEqualTo(1009));
    assertThat(inflater.output().length).isLessThanOrEqualTo(MAX + 1);
    assertThat(inflate(ClientFrames.deflated(new byte[MAX]), MAX)).hasSize(MAX);
    assertThatThrownBy(() -> inflate(ClientFrames.deflated(new byte[MAX + 1]), MAX))
        .isInstanceOf(Violation.class);
    assertThat(inflate(ClientFrames.deflated("after".getBytes(UTF_8)), MAX))
        .isEqualTo("after".getBytes(UTF_8));
  }

  @Test
  void whatALargeMessageNeededIsGivenBack() throws Violation {
    var _ = inflate(ClientFrames.deflated(new byte[MAX]), MAX);
    var _ = inflate(ClientFrames.deflated(new byte[10]), MAX);
    assertThat(inflater.output().length).isLessThanOrEqualTo(64 << 10);
  }

  @Test
  void damagedOnesAreRefusedAndHarmNothing() throws Violation {
    var random = new Random(2);
    byte[] message = "{\"some\":\"text of a message\"}".repeat(40).getBytes(UTF_8);
    byte[] good = ClientFrames.deflated(message);
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = good.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        var _ = inflate(damaged, MAX);
      } catch (Violation violation) {
        assertThat(violation.code()).isIn(1007, 1009);
        refused++;
      }
    }
    assertThat(refused).isPositive();
    assertThat(inflate(good, MAX)).isEqualTo(message);
    assertThatThrownBy(() -> inflate(bytes("f3 48 cd c9 c9 07 00 00 00 00 00 00 00 00"), MAX))
        .as("bytes behind the last block")
        .isInstanceOf(Violation.class);
    assertThatThrownBy(() -> inflate(bytes("07"), MAX))
        .as("a kind of block that there is not")
        .isInstanceOf(Violation.class);
  }

  /** What is cut off is not taken for a shorter message. */
  @Test
  void aMessageThatIsCutOffIsRefusedWhereverItIsCut() throws Violation {
    var random = new Random(3);
    byte[] message = new byte[3_000];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) ('a' + random.nextInt(i % 100 < 50 ? 2 : 26));
    }
    byte[] whole = ClientFrames.deflated(message);
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> inflate(cut, MAX))
          .as("%s of %s bytes", length, whole.length)
          .isInstanceOf(Violation.class);
    }
    assertThat(inflate(whole, MAX)).isEqualTo(message);
    assertThat(inflate(new byte[0], MAX)).as("no byte at all").isEmpty();
  }

  private static byte[] bytes(String hex) {
    return java.util.HexFormat.ofDelimiter(" ").parseHex(hex);
  }
}
