package dev.runar.internal.codec;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Makes an immutable copy of a Java value, and says what is in it. */
final class ValueCopier {
  /** The largest integer that a JavaScript number holds exactly. */
  static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private ValueCopier() {}

  static @Nullable Object copy(Object value) {
    return copy(value, "value", 0);
  }

  private static @Nullable Object copy(@Nullable Object value, String path, int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw unsupported(path, "it is nested more than " + Json.MAX_DEPTH + " deep, or cyclic");
    }
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean bool -> bool;
      case Integer number -> number;
      case Long number -> number;
      case Double number -> number;
      case BigInteger number -> number;
      case Instant instant -> instant;
      case byte[] bytes -> bytes.clone();
      case Short number -> number.intValue();
      case Byte number -> number.intValue();
      case Float number -> number.doubleValue();
      case Enum<?> constant -> constant.name();
      case Map<?, ?> map -> copyMap(map, path, depth);
      case Set<?> set ->
          Collections.unmodifiableSet(new LinkedHashSet<>(copyAll(List.copyOf(set), path, depth)));
      case List<?> list -> Collections.unmodifiableList(copyAll(list, path, depth));
      default -> copyObject(value, path, depth);
    };
  }

  /** What is of another class, such as a record, is sent as the value that it stands for. */
  private static @Nullable Object copyObject(Object value, String path, int depth) {
    if (value.getClass().isHidden()) { // a lambda, which Jackson takes for an empty object
      throw unsupported(path, "it is a function");
    }
    try {
      return copy(ObjectBinder.plain(value), path, depth + 1);
    } catch (JacksonException e) {
      throw unsupported(
          path + ObjectBinder.path(e), "it is a " + ObjectBinder.culprit(e, value).getName());
    }
  }

  private static List<@Nullable Object> copyAll(List<?> list, String path, int depth) {
    var copy = new ArrayList<@Nullable Object>(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      copy.add(isScalar(element) ? element : copy(element, path + "[" + i + "]", depth + 1));
    }
    return copy;
  }

  private static Map<?, ?> copyMap(Map<?, ?> map, String path, int depth) {
    var copy = LinkedHashMap.<Object, @Nullable Object>newLinkedHashMap(map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object key = entry.getKey();
      if (key == null) {
        throw unsupported(path, "it has a null key");
      }
      Object element = entry.getValue();
      copy.put(
          isScalar(key) ? key : copy(key),
          isScalar(element) ? element : copy(element, path + "." + key, depth + 1));
    }
    return Collections.unmodifiableMap(copy);
  }

  private static boolean isScalar(@Nullable Object value) {
    return value == null
        || value instanceof String
        || value instanceof Integer
        || value instanceof Boolean
        || value instanceof Double;
  }

  private static RunarException unsupported(String path, String why) {
    return new RunarException(Code.UNSUPPORTED_VALUE, "cannot send " + path + ": " + why);
  }

  /** Every part of a copied value is plain JSON and survives a JavaScript number. */
  static boolean isPlain(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Double number -> isPlain(number.doubleValue());
      case Long number -> isSafe(number);
      case BigInteger _ -> false;
      case Instant _ -> false;
      case byte[] _ -> false;
      case Set<?> _ -> false;
      case List<?> list -> arePlain(list);
      case Map<?, ?> map -> arePlain(map);
      default -> true;
    };
  }

  static boolean isPlain(double number) {
    return Double.isFinite(number) && !(number == 0 && 1 / number < 0);
  }

  private static boolean arePlain(Iterable<?> elements) {
    for (Object element : elements) {
      if (!isPlain(element)) {
        return false;
      }
    }
    return true;
  }

  private static boolean arePlain(Map<?, ?> map) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String) || !isPlain(entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  /** About how many bytes the value takes as JSON. */
  static int estimate(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length() + 2;
      case byte[] bytes -> bytes.length;
      case List<?> list -> {
        int sum = 2;
        for (Object element : list) {
          sum += estimate(element) + 1;
        }
        yield sum;
      }
      case Set<?> set -> 16 + estimate(List.copyOf(set));
      case Map<?, ?> map -> {
        int sum = 2;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          sum += estimate(entry.getKey()) + estimate(entry.getValue()) + 2;
        }
        yield sum;
      }
      case null, default -> 8;
    };
  }

  /** A script's number holds it exactly. Not by its absolute value: the smallest long has none. */
  static boolean isSafe(long number) {
    return -MAX_SAFE_INTEGER <= number && number <= MAX_SAFE_INTEGER;
  }
}
