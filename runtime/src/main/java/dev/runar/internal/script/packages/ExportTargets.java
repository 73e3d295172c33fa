package dev.runar.internal.script.packages;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The maps that {@code exports} and {@code imports} of a package.json are: keys, which may have one
 * {@code *}, to targets, which may depend on conditions. Pure; any thread.
 */
final class ExportTargets {
  private ExportTargets() {}

  /** The target of a key as the package writes it, {@code *} filled in; null if there is none. */
  static @Nullable String find(Map<?, ?> map, String key, Conditions conditions) {
    if (map.containsKey(key) && key.indexOf('*') < 0) {
      return target(map.get(key), "", conditions);
    }
    String best = null;
    for (Object candidate : map.keySet()) {
      if (candidate instanceof String pattern && matches(pattern, key) && isLonger(pattern, best)) {
        best = pattern;
      }
    }
    if (best == null) {
      return null;
    }
    int star = best.indexOf('*');
    String filled = key.substring(star, key.length() - (best.length() - star - 1));
    return target(map.get(best), filled, conditions);
  }

  private static boolean matches(String pattern, String key) {
    int star = pattern.indexOf('*');
    return star >= 0
        && key.length() >= pattern.length()
        && key.startsWith(pattern.substring(0, star))
        && key.endsWith(pattern.substring(star + 1));
  }

  /** The longer text before the star wins, then the longer pattern. */
  private static boolean isLonger(String pattern, @Nullable String than) {
    if (than == null) {
      return true;
    }
    int before = Integer.compare(pattern.indexOf('*'), than.indexOf('*'));
    return before > 0 || (before == 0 && pattern.length() > than.length());
  }

  private static @Nullable String target(
      @Nullable Object target, String filled, Conditions conditions) {
    return switch (target) {
      case String text -> text.replace("*", filled);
      case List<?> list -> {
        for (Object one : list) {
          String found = target(one, filled, conditions);
          if (found != null) {
            yield found;
          }
        }
        yield null;
      }
      case Map<?, ?> map -> {
        for (var entry : map.entrySet()) {
          if (entry.getKey() instanceof String condition && conditions.has(condition)) {
            String found = target(entry.getValue(), filled, conditions);
            if (found != null || entry.getValue() == null) {
              yield found;
            }
          }
        }
        yield null;
      }
      case null, default -> null;
    };
  }

  /** The map of subpaths that any form of {@code exports} stands for. */
  static Map<?, ?> subpaths(Object exports) {
    boolean isMap =
        exports instanceof Map<?, ?> map
            && map.keySet().stream().allMatch(key -> String.valueOf(key).startsWith("."));
    return isMap && exports instanceof Map<?, ?> map ? map : Map.of(".", exports);
  }
}
