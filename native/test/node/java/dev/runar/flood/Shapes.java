package dev.runar.flood;

import dev.runar.Payload;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One payload of each kind that crosses; the program expects the same. Stateless. */
final class Shapes {
  private static final int LARGE = 70_000;

  private Shapes() {}

  static Map<String, Payload> all() {
    var all = new LinkedHashMap<String, Payload>();
    all.put("object", Payload.object("type", "Connected", "id", 7));
    all.put("empty-object", Payload.object());
    all.put("array", Payload.of(List.of(1, "two", false)));
    all.put("empty-array", Payload.of(List.of()));
    all.put("text", Payload.of("é😀\0"));
    all.put("empty-text", Payload.of(""));
    all.put("number", Payload.of(0));
    all.put("fraction", Payload.of(-1.5));
    all.put("true", Payload.of(true));
    all.put("false", Payload.of(false));
    all.put("large-number", Payload.of(BigInteger.TWO.pow(100)));
    all.put("date", Payload.of(Instant.EPOCH));
    all.put("set", Payload.of(Set.of(1)));
    all.put("bytes", Payload.bytes(new byte[] {0, 1, -1}));
    all.put("empty-bytes", Payload.bytes(new byte[0]));
    all.put("large-bytes", Payload.bytes(new byte[LARGE]));
    return all;
  }
}
