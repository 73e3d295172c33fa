package dev.runar.internal.protocol;

import static dev.runar.internal.protocol.ClientFrames.close;
import static dev.runar.internal.protocol.ClientFrames.frame;
import static dev.runar.internal.protocol.ClientFrames.head;
import static dev.runar.internal.protocol.ClientFrames.join;
import static dev.runar.internal.protocol.ClientFrames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class WebSocketReaderTest {
  private static final int MAX = 100_000;
  private static final byte[] NONE = {};

  @Test
  void readsMessagesAndControlFrames() {
    byte[] input =
        join(
            text("hällo"),
            frame(0x01, "a".getBytes(UTF_8)),
            frame(0x89, "p".getBytes(UTF_8)),
            frame(0x80, "b".getBytes(UTF_8)),
            frame(0x82, new byte[] {1, 2}),
            frame(0x8a, NONE),
            frame(0x81, NONE),
            close(1000, "bye".getBytes(UTF_8)),
            text("never read"));
    assertThat(read(input, input.length))
        .containsExactly(
            "text hällo", "ping p", "text ab", "binary [1, 2]", "pong", "text ", "close 1000 bye");
  }

  @Test
  void aCloseWithoutACodeHasNone() {
    assertThat(read(frame(0x88, NONE), 1)).containsExactly("close 1005 ");
  }

  @Test
  void howTheBytesAreCutMakesNoDifference() {
    var random = new Random(7);
    for (int size : new int[] {0, 1, 7, 8, 125, 126, 1_000, 65_535, 65_536, 99_999}) {
      String big = "x".repeat(size);
      byte[] input =
          join(
              text(big),
              frame(0x01, "ä".substring(0, 1).getBytes(UTF_8)),
              frame(0x00, big.substring(0, Math.min(size, 500)).getBytes(UTF_8)),
              frame(0x89, NONE),
              frame(0x80, "end".getBytes(UTF_8)),
              text("after"));
      List<String> whole = read(input, input.length);
      assertThat(whole).hasSize(4);
      for (int i = 0; i < 5; i++) {
        assertThat(read(input, 1 + random.nextInt(3_000))).isEqualTo(whole);
      }
    }
  }

  static Stream<Arguments> violations() {
    byte[] unmasked = {(byte) 0x81, 1, 'a'};
    byte[] longForm = {(byte) 0x81, (byte) 0xfe, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5};
    byte[] longerForm = {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    byte[] negative = {(byte) 0x82, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    byte[] bad = {(byte) 0xc3, (byte) 0x28};
    return Stream.of(
        Arguments.of("not masked", unmasked, 1002),
        Arguments.of("RSV1", frame(0xc1, NONE), 1002),
        Arguments.of("RSV2", frame(0xa1, NONE), 1002),
        Arguments.of("RSV3", frame(0x91, NONE), 1002),
        Arguments.of("RSV1 on a continuation", join(frame(0x01, NONE), frame(0xc0, NONE)), 1002),
        Arguments.of("opcode 3", frame(0x83, NONE), 1002),
        Arguments.of("opcode 7", frame(0x87, NONE), 1002),
        Arguments.of("opcode 11", frame(0x8b, NONE), 1002),
        Arguments.of("opcode 15", frame(0x8f, NONE), 1002),
        Arguments.of("a fragmented ping", frame(0x09, NONE), 1002),
        Arguments.of("a ping of 126 bytes", frame(0x89, new byte[126]), 1002),
        Arguments.of("nothing to continue", frame(0x80, NONE), 1002),
        Arguments.of("a new message in another", join(frame(0x01, NONE), text("x")), 1002),
        Arguments.of("length 5 in two bytes", longForm, 1002),
        Arguments.of("length 256 in eight bytes", longerForm, 1002),
        Arguments.of("length 2^63", negative, 1002),
        Arguments.of("length 2^63-1", head(0x82, Long.MAX_VALUE), 1009),
        Arguments.of("100 MB announced", head(0x82, 100 << 20), 1009),
        Arguments.of("one byte too many", head(0x82, MAX + 1), 1009),
        Arguments.of(
            "too many in fragments", join(frame(0x02, new byte[MAX]), head(0x80, 1)), 1009),
        Arguments.of(
            "a sum beyond 2^63", join(frame(0x02, new byte[9]), head(0x80, Long.MAX_VALUE)), 1009),
        Arguments.of("half a close code", frame(0x88, new byte[1]), 1002),
        Arguments.of("close 999", close(999, NONE), 1002),
        Arguments.of("close 1004", close(1004, NONE), 1002),
        Arguments.of("close 1005", close(1005, NONE), 1002),
        Arguments.of("close 1006", close(1006, NONE), 1002),
        Arguments.of("close 1016", close(1016, NONE), 1002),
        Arguments.of("close 2999", close(2999, NONE), 1002),
        Arguments.of("close 5000", close(5000, NONE), 1002),
        Arguments.of("close 65535", close(65535, NONE), 1002),
        Arguments.of("a close reason that is not UTF-8", close(1000, bad), 1007),
        Arguments.of("text that is not UTF-8", frame(0x81, bad), 1007),
        Arguments.of(
            "text cut in a character for good",
            join(frame(0x01, new byte[] {(byte) 0xc3}), frame(0x80, new byte[] {0x28})),
            1007),
        Arguments.of(
            "the first bad byte of an unfinished text",
            join(frame(0x01, new byte[] {(byte) 0xc3}), frame(0x00, new byte[] {0x28})),
            1007),
        Arguments.of(
            "the first bad byte of an unfinished frame",
            join(head(0x81, 100), new byte[] {(byte) (0xff ^ 0x11)}),
            1007),
        Arguments.of("a surrogate", frame(0x81, bytes(0xed, 0xa0, 0x80)), 1007),
        Arguments.of("an overlong slash", frame(0x81, bytes(0xc0, 0xaf)), 1007),
        Arguments.of("beyond U+10FFFF", frame(0x81, bytes(0xf4, 0x90, 0x80, 0x80)), 1007));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("violations")
  void aViolationHasItsCloseCode(String what, byte[] input, int code) {
    assertThat(read(input, input.length)).last().asString().startsWith("violation " + code);
    assertThat(read(input, 1)).last().asString().startsWith("violation " + code);
  }

  @Test
  void endlessEmptyFragmentsAreRefused() {
    byte[][] parts = new byte[WebSocketReader.MAX_FRAGMENTS + 1][];
    Arrays.fill(parts, frame(0x00, NONE));
    parts[0] = frame(0x01, NONE);
    assertThat(read(join(parts), 64)).containsExactly("violation 1009");
  }

  @Test
  void randomBytesNeverThrowAnythingElse() {
    var random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] input = new byte[random.nextInt(60)];
      random.nextBytes(input);
      if (input.length > 1 && random.nextBoolean()) {
        input[0] = (byte) 0x81;
        input[1] |= (byte) 0x80;
      }
      read(input, 1 + random.nextInt(20));
    }
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** What a reader makes of the input when it comes in pieces of this size. */
  private static List<String> read(byte[] input, int piece) {
    var seen = new ArrayList<String>();
    var reader = new WebSocketReader(MAX, new Recorder(seen), null);
    byte[] scratch = new byte[70_000];
    try {
      for (int at = 0; at < input.length; at += piece) {
        reader.read(new Piece(input, at, Math.min(input.length, at + piece)), scratch);
      }
    } catch (WebSocketReader.Violation violation) {
      seen.add("violation " + violation.code());
    }
    return seen;
  }

  private record Recorder(List<String> seen) implements WebSocketReader.Listener {
    @Override
    public void text(byte[] utf8, int from, int length) {
      seen.add("text " + new String(utf8, from, length, UTF_8));
    }

    @Override
    public void binary(byte[] bytes, int from, int length) {
      seen.add("binary " + Arrays.toString(Arrays.copyOfRange(bytes, from, from + length)));
    }

    @Override
    public void ping(byte[] bytes, int from, int length) {
      seen.add("ping " + new String(bytes, from, length, UTF_8));
    }

    @Override
    public void pong() {
      seen.add("pong");
    }

    @Override
    public void close(int code, String reason) {
      seen.add("close " + code + " " + reason);
    }
  }

  private static final class Piece implements WebSocketReader.Source {
    private final byte[] bytes;
    private final int end;
    private int at;

    Piece(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    @Override
    public int available() {
      return end - at;
    }

    @Override
    public byte next() {
      return bytes[at++];
    }

    @Override
    public void take(byte[] into, int to, int length) {
      System.arraycopy(bytes, at, into, to, length);
      at += length;
    }
  }
}
