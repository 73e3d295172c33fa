package dev.runar.internal.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PumpTest {
  private final TestLinks links = new TestLinks();
  private final List<String> told = new ArrayList<>();

  /** Writes down what it is given. */
  private class Sink implements FrameSink {
    @Override
    public void frames(long handle, byte[] frames, int offset) {
      int length = frames.length - offset;
      told.add(
          "frames " + handle + " " + new String(frames, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void room(long handle) {
      told.add("room " + handle);
    }

    @Override
    public void closed(long handle) {
      told.add("closed " + handle);
    }

    @Override
    public void ended() {
      told.add("ended");
    }

    @Override
    public void failed(String why) {
      told.add("failed " + why);
    }
  }

  /** As the addon tells: a handle of 8 bytes, what it is, and the frames. */
  private static byte[] told(long handle, int what, String frames) {
    byte[] text = frames.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(9 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(handle)
        .put((byte) what)
        .put(text)
        .array();
  }

  @Test
  void whatTheLinksSendIsHandedOnInOrderUntilTheProcessEnds() {
    long large = (1L << 47) | 3;
    links.taken.add(told(65_536, 0, "abc"));
    links.taken.add(told(large, 2, ""));
    links.taken.add(told(65_536, 1, ""));

    Pump.run(links, all -> new Sink());

    assertThat(told).containsExactly("frames 65536 abc", "room " + large, "closed 65536", "ended");
  }

  @Test
  void anAddonOfAnotherVersionIsNotGuessedAt() {
    links.taken.add(told(65_536, 9, ""));

    Pump.run(links, all -> new Sink());

    assertThat(links.died)
        .containsExactly(
            "java.lang.IllegalStateException:"
                + " the addon tells 9: it is not of the version of this jar");
  }

  @Test
  void whenThePumpDiesBothSidesAreTold() {
    links.taken.add(told(65_536, 0, "abc"));
    var sink =
        new Sink() {
          @Override
          public void frames(long handle, byte[] frames, int offset) {
            throw new OutOfMemoryError("Java heap space");
          }
        };

    Pump.run(links, all -> sink);

    assertThat(links.died).containsExactly("java.lang.OutOfMemoryError: Java heap space");
    assertThat(told).containsExactly("failed java.lang.OutOfMemoryError: Java heap space");
  }

  @Test
  void itDiesWithoutMemoryForWordsToo() {
    Pump.run(
        links,
        all -> {
          throw new Unspeakable();
        });

    assertThat(links.died).containsExactly(LastWords.NO_MEMORY);
  }

  @Test
  void whatCannotEvenBeginIsToldToTheAddon() {
    Pump.run(
        links,
        all -> {
          throw new IllegalStateException("broken");
        });

    assertThat(links.died).containsExactly("java.lang.IllegalStateException: broken");
  }
}
