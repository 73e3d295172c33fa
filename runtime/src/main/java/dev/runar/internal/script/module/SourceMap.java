package dev.runar.internal.script.module;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where each part of one compiled file came from: the {@code mappings} of a source map, version 3,
 * with one source. Immutable; any thread.
 *
 * <p>Segments are kept in parallel arrays sorted by generated place, so that a lookup is a binary
 * search: four ints a segment, no objects.
 */
final class SourceMap {
  private static final int CONTINUES = 0b10_0000;
  private static final int DIGIT = 0b01_1111;

  private final int[] lines;
  private final int[] columns;
  private final int[] originalLines;
  private final int[] originalColumns;
  private final int size;

  /** An original place, line and column counted from 1. */
  record Place(int line, int column) {}

  private SourceMap(Segments segments) {
    lines = segments.lines;
    columns = segments.columns;
    originalLines = segments.originalLines;
    originalColumns = segments.originalColumns;
    size = segments.size;
  }

  /**
   * Decodes the value of {@code "mappings"}.
   *
   * @throws IllegalArgumentException if the text is not Base64 VLQ
   */
  static SourceMap decode(String mappings) {
    return new SourceMap(new Segments(mappings));
  }

  /**
   * The text of {@code "mappings"} in a source map; its alphabet has no quote and no backslash, so
   * that no JSON parser is needed.
   *
   * @throws IllegalArgumentException if there is none
   */
  static String mappingsIn(String json) {
    String key = "\"mappings\":\"";
    int from = json.indexOf(key);
    int to = from < 0 ? -1 : json.indexOf('"', from + key.length());
    if (to < 0) {
      throw new IllegalArgumentException("no mappings in the source map");
    }
    return json.substring(from + key.length(), to);
  }

  /** The origin of a generated place (counted from 1), or null if the line has none. */
  @Nullable Place original(int line, int column) {
    int low = 0;
    int high = size - 1;
    int best = -1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (isAfter(middle, line - 1, column - 1)) {
        high = middle - 1;
      } else {
        best = middle;
        low = middle + 1;
      }
    }
    if (best < 0 || lines[best] != line - 1) {
      return null;
    }
    return new Place(originalLines[best] + 1, originalColumns[best] + 1);
  }

  private boolean isAfter(int segment, int line, int column) {
    return lines[segment] > line || (lines[segment] == line && columns[segment] > column);
  }

  /** The decoder and what it decoded. */
  private static final class Segments {
    private final String text;
    private int next;
    private int size;
    private int[] lines = new int[64];
    private int[] columns = new int[64];
    private int[] originalLines = new int[64];
    private int[] originalColumns = new int[64];

    Segments(String text) {
      this.text = text;
      int line = 0;
      int column = 0;
      int originalLine = 0;
      int originalColumn = 0;
      while (next < text.length()) {
        char c = text.charAt(next);
        if (c == ';') {
          line++;
          column = 0;
          next++;
        } else if (c == ',') {
          next++;
        } else {
          column += number();
          if (inSegment()) {
            number(); // the source: there is only one
            originalLine += number();
            originalColumn += number();
            add(line, column, originalLine, originalColumn);
          }
          if (inSegment()) {
            number(); // the name
          }
        }
      }
    }

    private boolean inSegment() {
      return next < text.length() && text.charAt(next) != ',' && text.charAt(next) != ';';
    }

    private int number() {
      int value = 0;
      for (int shift = 0; shift <= 30; shift += 5) {
        int digit = next < text.length() ? digit(text.charAt(next++)) : -1;
        if (digit < 0) {
          break;
        }
        value |= (digit & DIGIT) << shift;
        if ((digit & CONTINUES) == 0) {
          return (value & 1) == 0 ? value >>> 1 : -(value >>> 1);
        }
      }
      throw new IllegalArgumentException("bad mapping at character " + next);
    }

    private static int digit(char c) {
      if (c >= 'A' && c <= 'Z') {
        return c - 'A';
      }
      if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
      }
      if (c >= '0' && c <= '9') {
        return c - '0' + 52;
      }
      return c == '+' ? 62 : c == '/' ? 63 : -1;
    }

    private void add(int line, int column, int originalLine, int originalColumn) {
      if (size == lines.length) {
        int larger = size * 2;
        lines = Arrays.copyOf(lines, larger);
        columns = Arrays.copyOf(columns, larger);
        originalLines = Arrays.copyOf(originalLines, larger);
        originalColumns = Arrays.copyOf(originalColumns, larger);
      }
      lines[size] = line;
      columns[size] = column;
      originalLines[size] = originalLine;
      originalColumns[size++] = originalColumn;
    }
  }
}
