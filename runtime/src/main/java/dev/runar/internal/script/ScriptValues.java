package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * Payloads to what a script sees and back. A scalar crosses as it is; everything else crosses as
 * JSON text or bytes, so that the script gets real objects of its own. Owner thread only.
 */
final class ScriptValues {
  /** Beyond it a long is a BigInt, since a number would be rounded. */
  private static final long MAX_SAFE = (1L << 53) - 1;

  private static final Payload NULL = Payload.of(null);
  private static final Payload TRUE = Payload.of(true);
  private static final Payload FALSE = Payload.of(false);

  private final ScriptFunctions functions;

  ScriptValues(ScriptFunctions functions) {
    this.functions = functions;
  }

  /** What {@code decode(kind, data)} in the script takes. */
  record Crossing(String kind, @Nullable Object data) {}

  static Crossing crossing(Payload payload) {
    if (payload.kind() == Payload.Kind.BYTES) {
      return new Crossing("bytes", ByteBuffer.wrap(payload.encoded()).asReadOnlyBuffer());
    }
    if (payload.isDecoded() && isScalar(payload.value())) {
      return new Crossing("value", scalar(payload.value()));
    }
    return new Crossing(
        payload.kind() == Payload.Kind.JSON ? "json" : "rich",
        new String(payload.encoded(), StandardCharsets.UTF_8));
  }

  /** A Java value, or a part of one, as the script's own value. */
  @Nullable Object toScript(@Nullable Object value) {
    if (isScalar(value)) {
      return scalar(value);
    }
    Crossing crossing = crossing(Payload.of(value));
    return functions.decode.execute(crossing.kind(), crossing.data());
  }

  Value toScript(Payload payload) {
    Crossing crossing = crossing(payload);
    return functions.decode.execute(crossing.kind(), crossing.data());
  }

  /** A scalar that a handler returned as it is, or null when the call settles itself. */
  static @Nullable Payload scalar(Value value) {
    if (value.isNumber()) {
      return Payload.of(value.fitsInInt() ? (Object) value.asInt() : (Object) value.asDouble());
    }
    if (value.isString()) {
      return Payload.of(value.asString());
    }
    if (value.isBoolean()) {
      return value.asBoolean() ? TRUE : FALSE;
    }
    return null;
  }

  /** What a script gave as (kind, data, offset, length). */
  static Payload payload(String kind, @Nullable Value data, int offset, int length) {
    return switch (kind) {
      case "json" -> encoded(Payload.Kind.JSON, data);
      case "rich" -> encoded(Payload.Kind.RICH, data);
      case "value" -> {
        Payload scalar = data == null || data.isNull() ? NULL : scalar(data);
        if (scalar == null) {
          throw new RunarException(Code.UNSUPPORTED_VALUE, "kind \"value\" needs a scalar");
        }
        yield scalar;
      }
      case "bytes" -> {
        byte[] bytes = new byte[length];
        if (data != null && length > 0) {
          data.readBuffer(offset, bytes, 0, length);
        }
        yield Payload.encoded(Payload.Kind.BYTES, bytes);
      }
      default -> throw new RunarException(Code.UNSUPPORTED_VALUE, "unknown kind \"" + kind + "\"");
    };
  }

  private static Payload encoded(Payload.Kind kind, @Nullable Value text) {
    if (text == null || !text.isString()) {
      throw new RunarException(Code.UNSUPPORTED_VALUE, "kind \"" + kind + "\" needs a text");
    }
    return Payload.encoded(kind, text.asString().getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isScalar(@Nullable Object value) {
    return value == null
        || value instanceof Integer
        || value instanceof String
        || value instanceof Double
        || value instanceof Boolean
        || (value instanceof Long number && -MAX_SAFE <= number && number <= MAX_SAFE);
  }

  /** A long within the safe range is a number in a script, not a BigInt. */
  private static @Nullable Object scalar(@Nullable Object value) {
    return value instanceof Long number ? (Object) number.doubleValue() : value;
  }

  /**
   * The arguments of a positional handler.
   *
   * @param params the names, in order
   * @param into where they go, from {@code first} on
   * @throws RunarException {@code INVALID_INPUT}
   */
  void arguments(
      String path, List<String> params, Payload payload, @Nullable Object[] into, int first) {
    Object value = payload.value();
    switch (value) {
      case null -> {}
      case Map<?, ?> map -> byName(path, params, map, into, first);
      case List<?> list -> byPosition(path, params, list, into, first);
      default -> {
        if (params.size() != 1) {
          throw misfit(path, params, "the payload is a single value");
        }
        into[first] = toScript(value);
      }
    }
  }

  private void byName(
      String path, List<String> params, Map<?, ?> map, @Nullable Object[] into, int first) {
    int found = 0;
    for (int i = 0; i < params.size(); i++) {
      String name = params.get(i);
      Object value = map.get(name);
      if (value != null || map.containsKey(name)) {
        into[first + i] = toScript(value);
        found++;
      }
    }
    if (found < map.size()) {
      var unknown = map.keySet().stream().filter(key -> !params.contains(key)).toList();
      throw misfit(path, params, "the payload has " + unknown);
    }
  }

  private void byPosition(
      String path, List<String> params, List<?> list, @Nullable Object[] into, int first) {
    if (list.size() > params.size()) {
      throw misfit(path, params, "the payload has " + list.size() + " elements");
    }
    for (int i = 0; i < list.size(); i++) {
      into[first + i] = toScript(list.get(i));
    }
  }

  private static RunarException misfit(String path, List<String> params, String why) {
    return new RunarException(
        Code.INVALID_INPUT, path + " takes (" + String.join(", ", params) + "), but " + why);
  }
}
