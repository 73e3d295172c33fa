package dev.runar.internal.http;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-encoded text: paths, queries and forms. Strict where browsers are. Stateless. */
public final class FormText {
  /** Names and values of one query or form. */
  static final int MAX_PAIRS = 1_000;

  private FormText() {}

  /**
   * The segments of a path, decoded; the slash that an escape stands for is part of a segment.
   *
   * @throws RunarException {@code INVALID_INPUT} for a malformed escape or what is not UTF-8
   */
  public static List<String> segments(String path) {
    if (path.equals("/")) {
      return List.of();
    }
    var segments = new ArrayList<String>();
    for (String segment : List.of(path.substring(1).split("/", -1))) {
      segments.add(decode(segment, false, "the path"));
    }
    return segments;
  }

  /**
   * Names to their values, in order.
   *
   * @param what it is, for the error
   * @throws RunarException {@code INVALID_INPUT} for a malformed escape, for what is not UTF-8 and
   *     for more than {@link #MAX_PAIRS}
   */
  public static Map<String, List<String>> pairs(String text, String what) {
    var pairs = new LinkedHashMap<String, List<String>>();
    int count = 0;
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('&', from);
      int to = end < 0 ? text.length() : end;
      if (to > from) {
        if (++count > MAX_PAIRS) {
          throw wrong(what + " has more than " + MAX_PAIRS + " values");
        }
        int equals = text.indexOf('=', from);
        int nameEnd = equals < 0 || equals > to ? to : equals;
        String name = decode(text.substring(from, nameEnd), true, what);
        String value = nameEnd == to ? "" : decode(text.substring(nameEnd + 1, to), true, what);
        pairs.computeIfAbsent(name, first -> new ArrayList<>(1)).add(value);
      }
      from = to + 1;
    }
    return pairs;
  }

  private static String decode(String text, boolean plusIsSpace, String what) {
    boolean plain = true;
    for (int i = 0; i < text.length() && plain; i++) {
      char c = text.charAt(i);
      plain = c != '%' && c < 0x80 && (c != '+' || !plusIsSpace);
    }
    return plain ? text : decoded(text, plusIsSpace, what);
  }

  /** A byte of the request line that is not ASCII came as one character. */
  private static String decoded(String text, boolean plusIsSpace, String what) {
    var bytes = new byte[text.length()];
    int size = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < text.length();
        int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw wrong(what + " has a malformed % escape");
        }
        bytes[size++] = (byte) (high * 16 + low);
        i += 2;
      } else if (c > 0xff) {
        throw wrong(what + " is not UTF-8");
      } else {
        bytes[size++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Arrays.copyOf(bytes, size)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RunarException(Code.INVALID_INPUT, what + " is not UTF-8", e);
    }
  }

  private static RunarException wrong(String message) {
    return new RunarException(Code.INVALID_INPUT, message);
  }
}
