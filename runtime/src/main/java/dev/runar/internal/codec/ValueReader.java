package dev.runar.internal.codec;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads JSON, plain or rich, into an immutable Java value. */
final class ValueReader {
  private final JsonParser in;
  private final boolean rich;

  private ValueReader(JsonParser in, boolean rich) {
    this.in = in;
    this.rich = rich;
  }

  static @Nullable Object read(byte[] encoded, boolean rich) {
    try (var in = Json.FACTORY.createParser(ObjectReadContext.empty(), encoded)) {
      var reader = new ValueReader(in, rich);
      Object value = reader.read(in.nextToken());
      if (in.nextToken() != null) {
        throw malformed("there is more after the value");
      }
      return value;
    }
  }

  private @Nullable Object read(@Nullable JsonToken token) {
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT -> readInteger();
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case START_ARRAY -> Collections.unmodifiableList(readArray());
      case START_OBJECT -> readObject();
      case null -> throw malformed("it is empty");
      default -> throw malformed("unexpected " + token);
    };
  }

  /** JavaScript has one number type: what an int or a long cannot hold becomes a double. */
  private Number readInteger() {
    return switch (in.getNumberType()) {
      case INT -> readInt();
      case LONG -> in.getLongValue();
      default -> in.getDoubleValue();
    };
  }

  private Number readInt() {
    int value = in.getIntValue();
    if (value == 0 && in.getString().charAt(0) == '-') {
      return -0.0;
    }
    return value;
  }

  private List<@Nullable Object> readArray() {
    var list = new ArrayList<@Nullable Object>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      list.add(read(token));
    }
    return list;
  }

  private @Nullable Object readObject() {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      JsonToken token = in.nextToken();
      if (rich && map.isEmpty() && name.equals("$")) {
        return readSpecial(token);
      }
      map.put(name, read(token));
    }
    return Collections.unmodifiableMap(map);
  }

  /** After the key {@code $}, with its value as the current token. */
  private @Nullable Object readSpecial(JsonToken token) {
    if (token != JsonToken.VALUE_STRING) {
      throw malformed("\"$\" must name a kind");
    }
    String kind = in.getString();
    Object value = null;
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      JsonToken next = in.nextToken();
      if (!name.equals("v")) {
        in.skipChildren();
      } else {
        value = read(next);
      }
    }
    return special(kind, value);
  }

  private static @Nullable Object special(String kind, @Nullable Object value) {
    try {
      return switch (kind) {
        case "undefined" -> null;
        case "number" -> value instanceof String text ? parseNumber(text) : failKind(kind);
        case "bigint" -> value instanceof String text ? new BigInteger(text) : failKind(kind);
        case "date" -> value instanceof String text ? Instant.parse(text) : null;
        case "bytes" ->
            value instanceof String text ? Base64.getDecoder().decode(text) : failKind(kind);
        case "set" ->
            value instanceof List<?> list
                ? Collections.unmodifiableSet(new LinkedHashSet<@Nullable Object>(list))
                : failKind(kind);
        case "map" -> value instanceof List<?> list ? readPairs(list) : failKind(kind);
        case "regexp" ->
            value instanceof List<?> list && list.size() == 2
                ? "/" + list.get(0) + "/" + list.get(1)
                : failKind(kind);
        case "object" -> value instanceof List<?> list ? readEntries(list) : failKind(kind);
        case "error" -> value;
        default -> throw malformed("unknown kind \"" + kind + "\"");
      };
    } catch (java.time.DateTimeException | IllegalArgumentException e) {
      throw malformed("bad \"" + kind + "\": " + e.getMessage());
    }
  }

  private static double parseNumber(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      case "-0" -> -0.0;
      default -> throw malformed("bad \"number\": " + text);
    };
  }

  /** An ordinary object that has a key {@code $}. */
  private static Map<String, @Nullable Object> readEntries(List<?> entries) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (Object each : entries) {
      if (!(each instanceof List<?> entry)
          || entry.size() != 2
          || !(entry.get(0) instanceof String name)) {
        throw malformed("\"object\" needs entries");
      }
      map.put(name, entry.get(1));
    }
    return Collections.unmodifiableMap(map);
  }

  private static Map<?, ?> readPairs(List<?> pairs) {
    var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    for (Object pair : pairs) {
      if (!(pair instanceof List<?> entry) || entry.size() != 2) {
        throw malformed("\"map\" needs pairs");
      }
      map.put(entry.get(0), entry.get(1));
    }
    return Collections.unmodifiableMap(map);
  }

  private static Object failKind(String kind) {
    throw malformed("bad \"" + kind + "\"");
  }

  private static RunarException malformed(String why) {
    return new RunarException(Code.UNSUPPORTED_VALUE, "the payload cannot be read: " + why);
  }
}
