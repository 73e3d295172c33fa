package dev.runar.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class Utf8Test {

  @Test
  void agreesWithTheJdkOnManyThreeByteSequences() {
    byte[] bytes = new byte[3];
    for (int value = 0; value < 1 << 24; value += value < 1 << 16 ? 1 : 97) {
      bytes[0] = (byte) (value >> 16);
      bytes[1] = (byte) (value >> 8);
      bytes[2] = (byte) value;
      if (Utf8.isValid(bytes, 0, 3) != isValidForTheJdk(bytes)) {
        assertThat(bytes).as("differs").isEmpty();
      }
    }
  }

  @Test
  void agreesWithTheJdkOnRandomText() {
    var random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = (byte) (random.nextInt(3) == 0 ? 0x80 + random.nextInt(128) : 'a');
      }
      assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(isValidForTheJdk(bytes));
    }
  }

  @Test
  void agreesWithTheJdkOnWhatMoreBytesCouldComplete() {
    for (int size = 1; size <= 3; size++) {
      byte[] bytes = new byte[size];
      for (int value = 0; value < 1 << (8 * size); value += size < 3 ? 1 : 211) {
        for (int i = 0; i < size; i++) {
          bytes[i] = (byte) (value >> (8 * (size - 1 - i)));
        }
        int valid = Utf8.valid(bytes, 0, size);
        if (Utf8.isBeginning(bytes, valid, size - valid) != isOpenForTheJdk(bytes)) {
          assertThat(bytes).as("differs").isEmpty();
        }
      }
    }
  }

  /** Whether it is valid with none to three bytes more, of those at the bounds of any range. */
  private static boolean isOpenForTheJdk(byte[] bytes) {
    if (isValidForTheJdk(bytes)) {
      return true;
    }
    for (int more = 1; more <= 3; more++) {
      byte[] whole = Arrays.copyOf(bytes, bytes.length + more);
      for (byte first : new byte[] {(byte) 0x80, (byte) 0xa0}) {
        Arrays.fill(whole, bytes.length, whole.length, (byte) 0x80);
        whole[bytes.length] = first;
        if (isValidForTheJdk(whole)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isValidForTheJdk(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
