package dev.runar.internal.codec;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes a copied value as JSON; as rich JSON with {@code {"$": kind, "v": …}} where needed. */
final class ValueWriter {
  /** As JavaScript's {@code toISOString}: always three digits of milliseconds. */
  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final JsonGenerator out;
  private final boolean rich;

  private ValueWriter(JsonGenerator out, boolean rich) {
    this.out = out;
    this.rich = rich;
  }

  static byte[] write(@Nullable Object value, boolean rich) {
    var bytes = new ByteArrayOutputStream(64);
    try (var out = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      new ValueWriter(out, rich).write(value);
    }
    return bytes.toByteArray();
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> out.writeNull();
      case String text -> out.writeString(text);
      case Boolean bool -> out.writeBoolean(bool);
      case Integer number -> out.writeNumber(number);
      case Long number -> writeLong(number);
      case Double number -> writeDouble(number);
      case BigInteger number -> special("bigint", number.toString());
      case Instant instant -> special("date", DATE.format(instant));
      case byte[] bytes -> special("bytes", Base64.getEncoder().encodeToString(bytes));
      case Set<?> set -> writeSet(set);
      case List<?> list -> writeList(list);
      case Map<?, ?> map -> writeMap(map);
      default -> throw new IllegalStateException("not a copied value: " + value.getClass());
    }
  }

  private void writeLong(long number) {
    if (rich && !ValueCopier.isSafe(number)) {
      special("bigint", Long.toString(number));
    } else {
      out.writeNumber(number);
    }
  }

  private void writeDouble(double number) {
    if (rich && !ValueCopier.isPlain(number)) {
      special(
          "number", Double.isNaN(number) ? "NaN" : number == 0 ? "-0" : Double.toString(number));
    } else if (number == (long) number && Math.abs(number) <= ValueCopier.MAX_SAFE_INTEGER) {
      out.writeNumber((long) number); // 3, not 3.0: as JavaScript writes it
    } else {
      out.writeNumber(number);
    }
  }

  private void writeList(Iterable<?> list) {
    out.writeStartArray();
    for (Object element : list) {
      write(element);
    }
    out.writeEndArray();
  }

  private void writeSet(Set<?> set) {
    startSpecial("set");
    writeList(set);
    out.writeEndObject();
  }

  private void writeMap(Map<?, ?> map) {
    if (rich && !map.keySet().stream().allMatch(String.class::isInstance)) {
      writePairs("map", map);
    } else if (rich && map.containsKey("$")) {
      writePairs("object", map);
    } else {
      writeEntries(map);
    }
  }

  private void writePairs(String kind, Map<?, ?> map) {
    startSpecial(kind);
    out.writeStartArray();
    map.forEach((key, element) -> writeList(java.util.Arrays.asList(key, element)));
    out.writeEndArray();
    out.writeEndObject();
  }

  private void writeEntries(Map<?, ?> map) {
    out.writeStartObject();
    map.forEach(
        (key, element) -> {
          out.writeName((String) key);
          write(element);
        });
    out.writeEndObject();
  }

  private void special(String kind, String text) {
    startSpecial(kind);
    out.writeString(text);
    out.writeEndObject();
  }

  private void startSpecial(String kind) {
    out.writeStartObject();
    out.writeStringProperty("$", kind);
    out.writeName("v");
  }
}
