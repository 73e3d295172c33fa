package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames as bytes: the same vectors as the TypeScript side, and bytes that are none. */
class FrameCodecTest {
  private static final HexFormat HEX = HexFormat.of();

  /** One row of the vectors, by its names. */
  record Vector(Map<String, Object> row) {
    @Override
    public String toString() {
      return text("name");
    }

    String text(String key) {
      return (String) row.get(key);
    }

    long number(String key) {
      return ((Number) row.get(key)).longValue();
    }

    byte[] hex(String key) {
      return HEX.parseHex(text(key));
    }
  }

  @ParameterizedTest
  @MethodSource("frames")
  void aFrameIsTheBytesOfTheVectorAndBack(Vector vector) {
    Frame frame = readOne(vector.hex("hex"));

    assertThat(frame.kind().number()).isEqualTo((int) vector.number("kind"));
    assertThat(frame.flags()).isEqualTo((int) vector.number("flags"));
    assertThat(Integer.toUnsignedLong(frame.target())).isEqualTo(vector.number("target"));
    assertThat(Integer.toUnsignedLong(frame.remainingMs())).isEqualTo(vector.number("remainingMs"));
    assertThat(frame.id()).isEqualTo(vector.number("id"));
    assertThat(frame.head() == null ? "" : frame.head().text()).isEqualTo(vector.text("head"));
    Payload payload = frame.payload();
    assertThat(payload == null ? new byte[0] : payload.encoded())
        .isEqualTo(vector.hex("payloadHex"));
    assertThat(HEX.formatHex(FrameCodec.encode(frame))).isEqualTo(vector.text("hex"));
    assertThat(frame.size()).isEqualTo(vector.hex("hex").length);
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void aKindOfAnotherVersionIsAFrameOfUnknownKind(Vector vector) {
    Frame frame = readOne(vector.hex("hex"));

    assertThat(frame.kind()).isEqualTo(FrameKind.UNKNOWN);
    assertThat(frame.id()).isBetween(11L, 15L);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void whatIsNoFrameBreaksTheStream(Vector vector) {
    assertThatThrownBy(() -> read(vector.hex("hex"), Integer.MAX_VALUE))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.PROTOCOL));
  }

  @Test
  void framesAreTheSameWhereverTheStreamIsCut() {
    var all = new ByteArrayOutputStream();
    frames().forEach(vector -> all.writeBytes(vector.hex("hex")));
    List<Frame> whole = read(all.toByteArray(), Integer.MAX_VALUE);

    assertThat(whole).hasSize(frames().size());
    for (int piece : new int[] {1, 2, 3, 5, 27, 28, 29, 64, 1_000}) {
      assertThat(read(all.toByteArray(), piece)).as("pieces of " + piece).isEqualTo(whole);
    }
  }

  @Test
  void aFrameThatIsCutOffIsNotHandedOver() {
    byte[] frame = FrameCodec.encode(Frame.of(FrameKind.RESULT, 2, Payload.of("hello")));
    var seen = new ArrayList<Frame>();
    var reader = new FrameReader(seen::add);

    reader.read(frame, 0, frame.length - 1);

    assertThat(seen).isEmpty();
    assertThat(reader.isPartial()).isTrue();
    reader.read(frame, frame.length - 1, 1);
    assertThat(seen).hasSize(1);
    assertThat(reader.isPartial()).isFalse();
  }

  @Test
  void aLengthFieldAloneTakesNoMemory() {
    var reader = new FrameReader(frame -> {});
    byte[] field = {(byte) 0xfc, (byte) 0xff, (byte) 0xff, 0x03}; // the largest: 64 MiB

    for (int i = 0; i < 4; i++) {
      reader.read(field, i, 1);
    }

    assertThat(reader.isPartial()).isTrue();
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsWritten() {
    Payload large = Payload.encoded(Payload.Kind.BYTES, new byte[FrameCodec.MAX_FRAME]);
    Payload longHead = Payload.json("\"" + "x".repeat(FrameCodec.MAX_HEAD) + "\"");

    for (Frame frame :
        List.of(Frame.of(FrameKind.RESULT, 2, large), Frame.headed(FrameKind.LOG, 0, longHead))) {
      assertThatThrownBy(() -> FrameCodec.checkedSize(frame))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.TOO_LARGE));
    }
  }

  /** Either frames or one PROTOCOL error: nothing else comes out of any bytes. */
  @Test
  void randomBytesAreFramesOrAnError() {
    var random = new Random(20_261_122);
    List<Vector> vectors = frames();
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = vectors.get(random.nextInt(vectors.size())).hex("hex");
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        read(bytes, 1 + random.nextInt(40));
      } catch (RunarException e) {
        assertThat(e.code()).as(HEX.formatHex(bytes)).isEqualTo(Code.PROTOCOL);
      }
    }
  }

  private static Frame readOne(byte[] bytes) {
    List<Frame> frames = read(bytes, Integer.MAX_VALUE);
    assertThat(frames).hasSize(1);
    return frames.getFirst();
  }

  private static List<Frame> read(byte[] bytes, int piece) {
    var frames = new ArrayList<Frame>();
    var reader = new FrameReader(frames::add);
    for (int at = 0; at < bytes.length; at += Math.min(piece, bytes.length - at)) {
      reader.read(bytes, at, Math.min(piece, bytes.length - at));
    }
    return frames;
  }

  static List<Vector> frames() {
    return vectors("frames");
  }

  static List<Vector> unknown() {
    return vectors("unknown");
  }

  static List<Vector> broken() {
    return vectors("broken");
  }

  @SuppressWarnings("unchecked")
  private static List<Vector> vectors(String name) {
    try {
      Path file =
          Path.of(System.getProperty("basedir", "")).resolve("../native/vectors/frames.json");
      var all = Payload.json(Files.readString(file, StandardCharsets.UTF_8)).asMap();
      return ((List<Map<String, Object>>) java.util.Objects.requireNonNull(all.get(name)))
          .stream().map(Vector::new).toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
