package dev.runar.internal.script.module;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The source maps of one script context, by file. Any thread.
 *
 * <p>A map is decoded when the first error asks for it. Holds one entry for each compiled module,
 * so its bound is the number of modules that a context may load.
 */
public final class SourceMaps {
  private final Map<String, String> mappings = new ConcurrentHashMap<>();
  private final Map<String, SourceMap> decoded = new ConcurrentHashMap<>();
  private final Map<String, Integer> prefixes = new ConcurrentHashMap<>();

  /** Remembers how many characters the loader put in front of the first line of a file. */
  void prefixed(String file, int characters) {
    prefixes.put(file, characters);
  }

  /** Remembers the {@code mappings} of a compiled file. */
  void add(String file, String fileMappings) {
    mappings.put(file, fileMappings);
    decoded.remove(file);
  }

  /**
   * Where a place in the running code was written. Line and column count from 1. A place in a file
   * that was not compiled, or that the compiler added, is its own origin.
   */
  public Position original(String file, int line, int column) {
    int prefix = line == 1 ? prefixes.getOrDefault(file, 0) : 0;
    return written(file, line, Math.max(1, column - prefix));
  }

  private Position written(String file, int line, int column) {
    String text = mappings.get(file);
    if (text == null) {
      return new Position(file, line, column);
    }
    SourceMap map = decoded.computeIfAbsent(file, any -> SourceMap.decode(text));
    SourceMap.Place place = map.original(line, column);
    return place == null
        ? new Position(file, line, column)
        : new Position(file, place.line(), place.column());
  }
}
